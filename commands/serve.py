"""Serve with waitress until told to stop."""

from __future__ import annotations

import click

from commands.opening import Opening
from common import soundness
from common.database import again, db
from common.http.server import serve as serve_until_told
from models import chain
from models.deployment import offer_setup


@click.command()
@click.pass_obj
def serve(opening: Opening) -> int:
    """Serve; drains on SIGTERM, SIGINT and SIGBREAK."""
    with opening.app.app_context():
        soundness.refuse_damaged(db.engine)
    with opening.session() as session:
        code = again(session, offer_setup)
        db.session.remove()
        chain.catch_up(db.engine)

    def announce(urls: list[str]) -> None:
        for url in urls:
            click.echo(f"Storekeeper serves at {url}")
        if code is not None:
            click.echo(f"Nobody can sign in yet. Make the first administrator: {urls[0]}/app/setup#code={code}")

    try:
        return serve_until_told(opening.app, opening.settings, announce)
    finally:
        with opening.app.app_context():
            db.engine.dispose()  # the last connection to close empties the embedded database's log into its file
