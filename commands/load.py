"""Load a file of items, stores, stock or movements."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from commands.opening import Opening
from common import errors
from common.database import again
from common.errors import FieldError
from common.tabular import Table
from models.importing import KINDS, Import, Options, Problem, Tally

MODES = ("create", "update", "both")
DOCUMENTS = {"stock", "movements"}


def _mapping(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """A column's own name may hold an equals sign, our fields' names never do."""
    return tuple(_pair(value, *value.rpartition("=")[::2]) for value in values)


def _constants(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    return dict(_pair(value, *value.partition("=")[::2]) for value in values)


def _pair(value: str, left: str, right: str) -> tuple[str, str]:
    if not left.strip() or not right.strip():
        raise click.BadParameter(f"{value!r} does not have something on both sides of an equals sign.")
    return left.strip(), right.strip()


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(sorted(KINDS)), required=True, help="What the rows are.")
@click.option("--store", metavar="CODE", help="The store of every row that names none.")
@click.option("--map", "mapping", multiple=True, callback=_mapping, metavar='"COLUMN=FIELD"', help="May be repeated.")
@click.option(
    "--set", "constants", multiple=True, callback=_constants, metavar='"FIELD=VALUE"', help="For blank cells."
)
@click.option("--mode", type=click.Choice(MODES), default="both", help="Make new ones, change known ones, or both.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.option("--partial", is_flag=True, help="Load what is right even where other rows are refused.")
@click.pass_obj
def load(opening: Opening, /, file: Path, **given: Any) -> int:
    """Load a CSV file. Without --partial one refused row refuses all."""
    options = _options(opening, **given)
    with file.open("rb") as stream, _progress(file.stat().st_size) as progress, opening.session() as session:
        try:
            incoming = Import(Table(stream), options, report=_report, progress=progress)
            for title in incoming.columns.unknown:
                click.echo(f"The column {title} is not known and was not read.", err=True)
            tally = incoming.run(lambda work: again(session, work))
        except errors.Invalid as error:
            raise _as_typed(error, options, given["store"]) from None
    return _tell(tally, options)


def _options(opening: Opening, *, kind: str, store: str | None, mode: str, **given: Any) -> Options:
    if store is not None and kind not in DOCUMENTS:
        raise click.UsageError(f"--store does not go with --kind {kind}.")
    if mode != "both" and kind in DOCUMENTS:
        raise click.UsageError(f"--mode does not go with --kind {kind}: a document is always new.")
    constants = given.pop("constants") | ({"store": store} if store else {})
    timezone = opening.settings.shop.timezone
    return Options(kind, mode, constants=constants, timezone=timezone, **given)


def _as_typed(error: errors.Invalid, options: Options, store: str | None) -> Exception:
    """Return what is wrong with the options as wrong usage, in their words; what is wrong with the file as it is."""
    place, _, name = error.errors[0].field.partition("/") if error.errors else ("", "", "")
    if place == "mapping":
        return click.UsageError(error.detail + _hint(error.errors[0]))
    if place == "constants":
        typed = f"--store {store}" if name == "store" and store else f"--set {name}={options.constants[name]}"
        return click.UsageError(f"{typed}: {error.detail}")
    return error


def _hint(error: FieldError) -> str:
    fields = (error.extra or {}).get("fields", ())
    if not fields:
        return ""
    way = f'--map "Their column={fields[0]}"'
    return f" Name one with {way}" + (", or the store of all rows with --store CODE." if "store" in fields else ".")


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """Show how much of the file is read, on a terminal alone."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=size, label="Loading", file=sys.stderr) as bar:
        yield lambda position: bar.update(position - bar.pos)


def _report(problem: Problem) -> None:
    place = f"{problem.row}, {problem.column}" if problem.column else str(problem.row)
    click.echo(f"{place}: {problem.message}", err=True)


def _tell(tally: Tally, options: Options) -> int:
    click.echo(str(tally))
    for note, count in tally.notes.items():
        if count:
            click.echo(f"Note: {note}: {count:,}. Was this file loaded before?", err=True)
    if options.dry_run:
        click.echo("A dry run: nothing was written.")
    elif not tally.stands:
        click.echo("Nothing was loaded, for rows were refused. --partial loads the others.", err=True)
    return 1 if tally.refused else 0
