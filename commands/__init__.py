"""What an administrator types. `wsgi.py` hands in how the app is made; each command is as thin as a resource."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from commands import check, copy, demo, load, migrate, serve, settings, user
from commands.opening import Opening, told
from common import acting, errors
from common.settings import Settings

Factory = Callable[[Settings], Flask]
INTERRUPTED = 130
"""What a shell says of a command that Ctrl+C ended."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), help="A settings file that goes over settings.ini.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(context: click.Context, config: Path | None, *, debug: bool) -> None:
    """Storekeeper: the catalogue and the stock of a small chain of shops. Without a command it serves."""
    opening: Opening = context.obj
    opening.config, opening.debug = config, debug
    acting.act_from(f"wsgi.py {context.invoked_subcommand or 'serve'}")
    if context.invoked_subcommand is None:
        context.invoke(serve.serve)


_COMMANDS = (serve.serve, migrate.migrate, user.user, load.load, demo.demo, check.check, copy.copy, settings.settings)
for command in _COMMANDS:
    cli.add_command(command)


def main(factory: Factory, root: Path) -> int:
    """Run the command line; return its exit code: 0 done, 1 refused or found wrong, 2 wrong usage or settings."""
    opening = Opening(factory, root)
    try:
        return int(cli.main(obj=opening, prog_name="wsgi.py", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        return _wrong_usage(error)
    except click.Abort:
        return _say("Stopped.", INTERRUPTED)
    except errors.StorekeeperError as error:
        return _fail(opening, error, error.detail, 2 if isinstance(error, errors.SettingsInvalid) else 1)
    except Exception as error:  # noqa: BLE001 - the last line of defence: one line, and --debug shows the rest
        known = told(error, opening.settings) if isinstance(error, DBAPIError) else ""
        return _fail(
            opening, error, known or f"Something went wrong ({type(error).__name__}). --debug shows the rest.", 1
        )


def _wrong_usage(error: click.ClickException) -> int:
    """One line, as any error; click's own three would be told apart from ours by nobody."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return 2
    context: click.Context | None = getattr(error, "ctx", None)
    ours = type(error) is click.UsageError  # it says by itself what to do
    help_ = "" if ours or context is None else f" See {context.command_path} --help."
    return _say(error.format_message() + help_, 2)


def _fail(opening: Opening, error: Exception, sentence: str, code: int) -> int:
    if opening.debug:
        raise error
    return _say(sentence, code)


def _say(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
