"""Prove that the ledger and what is derived from it are right."""

from __future__ import annotations

from collections.abc import Iterator

import click
from sqlalchemy.exc import DBAPIError

from commands.opening import Opening
from common import soundness
from common.database import db, unit_of_work
from models import checking


@click.command()
@click.pass_obj
def check(opening: Opening) -> int:
    """Prove every invariant of the ledger and of the record; a line each, and the first offenders of what is wrong."""
    wrong = 0
    for finding in _findings(opening):
        click.echo(f"{'ok' if finding.holds else 'WRONG':6}{finding.title}")
        for offender in finding.offenders:
            click.echo(f"      - {offender}")
        if finding.unseen:
            click.echo(f"      ({finding.unseen})")
        if finding.more:
            click.echo("      - and more")
        wrong += not finding.holds
    return 1 if wrong else 0


def _findings(opening: Opening) -> Iterator[checking.Finding]:
    """A file that cannot even be opened has nothing to ask it further."""
    try:
        with opening.session() as session, unit_of_work(session, write=False):
            checking.hold_still(session.connection())
            yield from checking.prove(session.connection(), db.engine.anchors)  # type: ignore[attr-defined]
    except DBAPIError as error:
        words = soundness.damage(error)
        if not words:
            raise
        yield checking.Finding(checking.SOUND, (words,), more=False)
