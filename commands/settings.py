"""Show the settings in force."""

from __future__ import annotations

import click

from commands.opening import Opening


@click.command()
@click.pass_obj
def settings(opening: Opening) -> None:
    """Show every setting in force and where it came from; secrets are hidden."""
    rows = opening.settings.describe()
    width = max(len(f"[{section}] {key}") for section, key, _, _ in rows)
    for section, key, value, source in rows:
        click.echo(f"{f'[{section}] {key}':{width}} = {value}  ({source})")
