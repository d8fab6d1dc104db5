"""load"""

import click


@click.command()
def load() -> None:
    """Soon."""
