"""What an administrator types. `wsgi.py` hands in how the app is made; each command is as thin as a resource."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from commands import check, demo, load, migrate, serve, settings, user
from commands.opening import Opening
from common import errors
from common.settings import Settings

Factory = Callable[[Settings], Flask]


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), help="A settings file that goes over settings.ini.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(context: click.Context, config: Path | None, *, debug: bool) -> None:
    """Storekeeper: the catalogue and the stock of a small chain of shops. Without a command it serves."""
    opening: Opening = context.obj
    opening.config, opening.debug = config, debug
    if context.invoked_subcommand is None:
        context.invoke(serve.serve)


for command in (serve.serve, migrate.migrate, user.user, load.load, demo.demo, check.check, settings.settings):
    cli.add_command(command)


def main(factory: Factory, root: Path) -> int:
    """Run the command line; return its exit code: 0 done, 1 refused or found wrong, 2 wrong usage or settings."""
    opening = Opening(factory, root)
    try:
        return int(cli.main(obj=opening, prog_name="wsgi.py", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return _say("Stopped.", 1)
    except errors.StorekeeperError as error:
        return _fail(opening, error, error.detail, 2 if isinstance(error, errors.SettingsInvalid) else 1)
    except Exception as error:  # noqa: BLE001 - the last line of defence: one line, and --debug shows the rest
        return _fail(opening, error, f"Something went wrong ({type(error).__name__}). --debug shows the rest.", 1)


def _fail(opening: Opening, error: Exception, sentence: str, code: int) -> int:
    if opening.debug:
        raise error
    return _say(sentence, code)


def _say(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
