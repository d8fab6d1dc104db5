"""An import from the first row to the last: in one transaction, or with `partial` in many.

The transactions are the caller's: it hands in how a unit of work is run, and this decides only what stands in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol

from sqlalchemy.orm import Session

from common.tabular import Table
from models.importing.columns import Columns, Options, Readers
from models.importing.documents import Movements, Stock
from models.importing.items import Items
from models.importing.stores import Stores
from models.importing.tally import Entry, Problem, Tally

Unit = Callable[[Callable[[Session], Tally]], Tally]
_ALIVE = 5000


class Kind(Protocol):
    """One kind of file."""

    readers: ClassVar[Readers]

    def __init__(self, columns: Columns, options: Options) -> None:
        """Raise Invalid where the file lacks a column that this kind cannot do without."""

    def prepare(self, session: Session) -> None:
        """Raise Invalid where a constant is wrong as things stand."""

    def batches(self, entries: Iterator[Entry]) -> Iterator[list[Any]]:
        """Cut the rows into what is taken together."""

    def take(self, session: Session, batch: list[Any], tally: Tally) -> None:
        """Do what a batch says, and count what became of its rows."""


KINDS: dict[str, type[Kind]] = {"items": Items, "stores": Stores, "stock": Stock, "movements": Movements}


class Import:
    """One file on its way in; raises Invalid for a file that cannot be read as this kind."""

    def __init__(
        self,
        table: Table,
        options: Options,
        *,
        report: Callable[[Problem], None],
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._table, self._options, self._report, self._progress = table, options, report, progress
        self.columns = Columns(table, KINDS[options.kind].readers, options)
        self._kind = KINDS[options.kind](self.columns, options)

    def run(self, unit: Unit) -> Tally:
        """Take the file in; `stands` of the tally tells whether anything was written."""
        if self._options.partial and not self._options.dry_run:
            return self._piecemeal(unit)
        try:
            return unit(self._whole)
        except _Undone as undone:
            undone.tally.stands = False
            return undone.tally

    def _whole(self, session: Session) -> Tally:
        tally = self._prepared(session)
        for batch in self._kind.batches(self._entries(tally)):
            self._kind.take(session, batch, tally)
            self._tell(tally)
        self._tell(tally)
        if self._options.dry_run or tally.refused:
            raise _Undone(tally)
        return tally

    def _piecemeal(self, unit: Unit) -> Tally:
        tally = unit(self._prepared)
        for batch in self._kind.batches(self._entries(tally)):
            taken = unit(lambda session, batch=batch: self._taken(session, batch))
            tally.add(taken)
            tally.problems += taken.problems
            self._tell(tally)
        self._tell(tally)
        return tally

    def _prepared(self, session: Session) -> Tally:
        self._kind.prepare(session)
        return Tally()

    def _taken(self, session: Session, batch: list[Any]) -> Tally:
        tally = Tally()
        self._kind.take(session, batch, tally)
        return tally

    def _entries(self, tally: Tally) -> Iterator[Entry]:
        for row in self._table.rows():
            tally.rows += 1
            entry, problems = self.columns.read(row)
            if problems:
                tally.refuse(problems)
            else:
                yield entry
            if tally.rows % _ALIVE == 0:
                self._tell(tally)

    def _tell(self, tally: Tally) -> None:
        """Problems are handed on as they come: a million of them are not kept."""
        for problem in sorted(tally.problems, key=lambda problem: problem.row):
            self._report(problem)
        tally.problems.clear()
        self._progress(self._table.position)


class _Undone(Exception):
    """Takes the tally out of a transaction that is not to stand."""

    def __init__(self, tally: Tally) -> None:
        super().__init__("undone")
        self.tally = tally
