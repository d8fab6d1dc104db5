"""Users, for whoever set the service up or is locked out of it."""

from __future__ import annotations

import os

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.opening import Opening
from common import errors
from common.access import LABELS
from common.database import again, unit_of_work
from common.fields import FieldProblem, Password, Username
from models import password as passwords
from models.store import Store
from models.text import key
from models.user import User


@click.group()
def user() -> None:
    """Add users, list them, change a password, deactivate."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(LABELS), required=True, help="What they may do.")
@click.option("--store", "stores", multiple=True, metavar="CODE", help="Limit the role to this store; may be repeated.")
@click.pass_obj
def add(opening: Opening, name: str, role: str, stores: tuple[str, ...]) -> None:
    """Add a user; the password is asked for, or taken from STOREKEEPER_PASSWORD."""
    username = _checked(Username(), name)
    hashed = _new_password(opening, username)

    def work(session: Session) -> None:
        ids = [_store(session, code).id for code in stores]
        User.create(session, password_hash=hashed, username=username, role=role, store_ids=ids)

    with opening.session() as session:
        again(session, work)
    click.echo(f"{username} can sign in as {role}.")


@user.command()
@click.argument("name")
@click.pass_obj
def password(opening: Opening, name: str) -> None:
    """Change a user's password; all their sessions end."""
    hashed = _new_password(opening, name)
    with opening.session() as session:
        again(session, lambda s: _user(s, name).change_password(hashed))
    click.echo(f"{name} has a new password; all their sessions ended.")


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


def _new_password(opening: Opening, username: str) -> str:
    given = os.environ.get("STOREKEEPER_PASSWORD")
    if given is None:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    given = _checked(Password(), given)
    passwords.refuse_weak(given, minimum=opening.settings.security.password_minimum, username=username)
    return passwords.make(given)


def _checked(rule: Username | Password, text: str) -> str:
    try:
        return rule(text)
    except FieldProblem as problem:
        raise errors.Invalid(problem.message) from None


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
