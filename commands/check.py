"""Prove that the ledger and what is derived from it are right."""

from __future__ import annotations

import click

from commands.opening import Opening
from common.database import unit_of_work
from models import checking


@click.command()
@click.pass_obj
def check(opening: Opening) -> int:
    """Prove every invariant of the ledger; a line each, and the first offenders of what is wrong."""
    wrong = 0
    with opening.session() as session, unit_of_work(session, write=False):
        checking.hold_still(session.connection())
        for finding in checking.prove(session.connection()):
            click.echo(f"{'ok' if finding.holds else 'WRONG':6}{finding.title}")
            for offender in finding.offenders:
                click.echo(f"      - {offender}")
            if finding.more:
                click.echo("      - and more")
            wrong += not finding.holds
    return 1 if wrong else 0
