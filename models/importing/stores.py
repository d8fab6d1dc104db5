"""Stores from a file: few, so each is made and revised as anywhere else. A row's code says which store it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from common import errors
from models import rules
from models.importing.batches import chunks
from models.importing.columns import Columns, Options, Readers
from models.importing.tally import Entry, Tally
from models.store import Store
from models.text import key


class Stores:
    """How a file of stores is taken in."""

    readers: ClassVar[Readers] = {name: rule.from_text for name, rule in rules.STORE.items()}

    def __init__(self, columns: Columns, options: Options) -> None:
        columns.require("code")
        self._columns, self._mode, self._timezone = columns, options.mode, options.timezone

    def prepare(self, session: Session) -> None:
        """Nothing that a store says depends on others."""

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[Entry]]:
        """Cut the rows into what is taken together."""
        return chunks(entries)

    def take(self, session: Session, batch: list[Entry], tally: Tally) -> None:
        """Open and revise the stores of a batch."""
        for entry in batch:
            refusal = self._refusal(session, entry, tally)
            if refusal:
                tally.refuse([self._columns.problem(entry, *refusal)])

    def _refusal(self, session: Session, entry: Entry, tally: Tally) -> tuple[str, str, str] | None:
        values = dict(entry.values)
        code = values.pop("code", None)
        if code is None:
            return "code", "required", "Is required."
        store: Store | None = session.scalar(select(Store).where(Store.code_key == key(code)))
        if store is None and self._mode == "update":
            return "code", "unknown", "There is no such store to update."
        if store is not None and self._mode == "create":
            return "code", "duplicate", "Another store has this code already."
        if store is None and "name" not in values:
            return "name", "required", "Is required."
        if store is None:
            Store.create(session, code=code, **{"timezone": self._timezone} | values)
            tally.new += 1
        else:
            changes = {name: value for name, value in values.items() if getattr(store, name) != value}
            try:
                store.revise(**changes)
            except errors.StorekeeperError as error:
                session.refresh(store)
                return "code", error.slug.replace("-", "_"), error.detail
            tally.changed += bool(changes)
            tally.unchanged += not changes
        session.flush()
        return None
