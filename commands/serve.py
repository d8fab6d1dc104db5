"""Serve with waitress until told to stop."""

from __future__ import annotations

import click

from commands.opening import Opening
from common.database import again, db
from common.http.server import serve as serve_until_told
from models.deployment import offer_setup


@click.command()
@click.pass_obj
def serve(opening: Opening) -> int:
    """Serve; drains on SIGTERM, SIGINT and SIGBREAK."""
    with opening.session() as session:
        code = again(session, offer_setup)
        db.session.remove()

    def announce(urls: list[str]) -> None:
        for url in urls:
            click.echo(f"Storekeeper serves at {url}")
        if code is not None:
            click.echo(f"Nobody can sign in yet. Make the first administrator: {urls[0]}/app/setup#code={code}")

    return serve_until_told(opening.app, opening.settings, announce)
