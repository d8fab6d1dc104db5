"""Bring the schema up to date."""

from __future__ import annotations

import click

from commands.opening import Opening, bring_up_to_date
from common.database import db


@click.command()
@click.option("--backed-up", is_flag=True, help="Say that a dump was taken; MariaDB undoes no half step.")
@click.pass_obj
def migrate(opening: Opening, *, backed_up: bool) -> None:
    """Bring the schema up to date."""
    with opening.app.app_context():
        try:
            done = bring_up_to_date(opening.settings, asked=True, backed_up=backed_up)
        finally:
            db.engine.dispose()
    click.echo("The schema is up to date now." if done else "The schema is up to date already.")
