"""Users, for whoever set the service up or is locked out of it."""

from __future__ import annotations

import os
import warnings
from getpass import GetPassWarning, getpass

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.opening import Opening
from common import errors
from common.access import LABELS
from common.database import again, unit_of_work
from common.fields import Email, FieldProblem, Password, Username
from models import password as passwords
from models import second_factor
from models.identity import Identity
from models.row import duplicate
from models.store import Store
from models.text import key
from models.user import User


@click.group()
def user() -> None:
    """Add users, list them, change a password, remove second factors, deactivate."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(LABELS), required=True, help="What they may do.")
@click.option("--email", metavar="ADDRESS", help="By which single sign-on finds them.")
@click.option("--store", "stores", multiple=True, metavar="CODE", help="Limit the role to this store; may be repeated.")
@click.pass_obj
def add(opening: Opening, name: str, role: str, email: str | None, stores: tuple[str, ...]) -> None:
    """Add a user; the password is asked for, or taken from STOREKEEPER_PASSWORD."""
    username = _checked("username", Username(), name)
    address = email and _checked("address", Email(), email)
    with opening.session() as session:
        with unit_of_work(session, write=False):  # whoever types a password twice is not to hear of something else then
            ids = [_store(session, code).id for code in stores]
            if User.named(session, username) is not None:
                raise duplicate("user", "username")
        hashed = _new_password(opening, username)
        fields = {"username": username, "role": role, "email": address, "store_ids": ids}
        again(session, lambda s: User.create(s, password_hash=hashed, **fields))
    click.echo(f"{username} can sign in as {role}.")


@user.command()
@click.argument("name")
@click.pass_obj
def password(opening: Opening, name: str) -> None:
    """Change a user's password; all their sessions end."""
    with opening.session() as session:
        with unit_of_work(session, write=False):
            username = _user(session, name).username
        hashed = _new_password(opening, username)
        again(session, lambda s: _user(s, name).change_password(hashed))
    click.echo(f"{name} has a new password; all their sessions ended.")


@user.command()
@click.argument("name")
@click.argument("address")
@click.pass_obj
def email(opening: Opening, name: str, address: str) -> None:
    """Set a user's address, by which single sign-on finds them."""
    checked = _checked("address", Email(), address)
    with opening.session() as session:
        again(session, lambda s: _user(s, name).revise(email=checked))
    click.echo(f"{name} has the address {checked}.")


@user.command()
@click.argument("name")
@click.pass_obj
def forget(opening: Opening, name: str) -> None:
    """Forget who a user is at the OpenID provider: their address finds them anew; their sessions end."""
    with opening.session() as session:
        again(session, lambda s: Identity.forget(s, _user(s, name)))
    click.echo(f"{name} is found by the address at the next single sign-on.")


@user.command(name="list")
@click.pass_obj
def list_(opening: Opening) -> None:
    """List all users."""
    with opening.session() as session, unit_of_work(session, write=False):
        for row in session.scalars(select(User).order_by(User.username_key)):
            click.echo(f"{row.username}\t{row.role}\t{'active' if row.active else 'deactivated'}\t{row.name}")


@user.command()
@click.argument("name")
@click.pass_obj
def deactivate(opening: Opening, name: str) -> None:
    """Let a user sign in no more; their sessions end at once."""
    with opening.session() as session:
        again(session, lambda s: _user(s, name).deactivate())
    click.echo(f"{name} can sign in no more.")


@user.command()
@click.argument("name")
@click.pass_obj
def unlock(opening: Opening, name: str) -> None:
    """Remove a user's second factors, for who has lost the phone; all their sessions end."""
    with opening.session() as session:
        again(session, lambda s: second_factor.remove_all(_user(s, name)))
    click.echo(f"{name} signs in by the password alone; all their sessions ended.")


def _new_password(opening: Opening, username: str) -> str:
    given = os.environ.get("STOREKEEPER_PASSWORD")
    if given is None:
        given = _asked()
    given = _checked("password", Password(), given)
    passwords.refuse_weak(given, minimum=opening.settings.security.password_minimum, username=username)
    return passwords.make(given)


def _asked() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)  # it would go on, and show what is typed
        try:
            while (given := getpass("Password: ")) != getpass("Once more: "):
                click.echo("The two are not the same.", err=True)
        except (GetPassWarning, EOFError):
            raise click.UsageError(
                "There is no terminal to ask for the password on. Give it in STOREKEEPER_PASSWORD."
            ) from None
    return given


def _checked(noun: str, rule: Username | Password | Email, text: str) -> str:
    try:
        return rule(text)
    except FieldProblem as problem:
        raise errors.Invalid(f"The {noun} {problem.message[0].lower()}{problem.message[1:]}") from None


def _user(session: Session, name: str) -> User:
    found = User.named(session, name)
    if found is None:
        raise errors.NotFound(f"There is no user {name}.")
    return found


def _store(session: Session, code: str) -> Store:
    found: Store | None = session.scalar(select(Store).where(Store.code_key == key(code)))
    if found is None:
        raise errors.NotFound(f"There is no store {code}.")
    return found
