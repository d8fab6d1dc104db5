"""Bring the schema up to date."""

from __future__ import annotations

import click

from commands.opening import Opening, bring_up_to_date
from common.database import db


@click.command()
@click.pass_obj
def migrate(opening: Opening) -> None:
    """Bring the schema up to date."""
    with opening.app.app_context():
        try:
            done = bring_up_to_date(opening.settings, asked=True)
        finally:
            db.engine.dispose()
    click.echo("The schema is up to date now." if done else "The schema is up to date already.")
