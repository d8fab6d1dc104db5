"""Copy the shop into another database."""

from __future__ import annotations

import logging
from dataclasses import replace

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from commands.opening import Opening, told
from common import errors, settings_values
from common.database import db, open_engine
from common.settings import Settings
from models import chain, copying


def _target(_context: click.Context, _option: click.Parameter, text: str) -> str:
    try:
        return settings_values.database(text)
    except ValueError as error:
        raise click.BadParameter(f"It {error}.") from None


@click.command()
@click.option("--to", required=True, metavar="URL", callback=_target, help="As in [database] url; it must be empty.")
@click.pass_obj
def copy(opening: Opening, /, *, to: str) -> None:
    """Copy the whole shop, as it is now, into another database, and prove the copy. Nothing here is changed."""
    there = replace(opening.settings, database=replace(opening.settings.database, url=to))
    if there.database_url == opening.settings.database_url:
        raise errors.Refused("This is the database that the shop is in. Name another one.")
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of what follows from the error that is told here
    with opening.session():
        chain.catch_up(db.engine)
        before = _head(db.engine)
        target = open_engine(there.database_url)
        try:
            sums = copying.copy(db.engine, target, db.engine.anchors)  # type: ignore[attr-defined]
        except DBAPIError as error:
            raise _meant(error, opening.settings, there) from error
        finally:
            target.dispose()
        missed = _head(db.engine) - before
    rows, tables = sum(found.rows for found in sums.values()), sum(found.rows > 0 for found in sums.values())
    place = settings_values.masked(there.database_url)
    click.echo(f"Copied {rows:,} rows of {tables} tables to {place}, and proved them.")
    click.echo("The shop goes on here until [database] url in the settings names the copy.")
    if missed:
        click.echo(f"Note: {missed:,} changes were made meanwhile; some are not in the copy.", err=True)


def _head(engine: Engine) -> int:
    with engine.reading() as connection:  # type: ignore[attr-defined]
        return chain.head(connection).position


def _meant(error: DBAPIError, here: Settings, there: Settings) -> Exception:
    """Return what a database's error means, which of the two it ever was."""
    sentence = told(error, there if there.database_url.get_backend_name() != "sqlite" else here)
    return errors.Refused(f"{sentence} Nothing was copied.") if sentence else error
