"""Stock and movements from a file: rows become documents, and each is posted as anybody's is (models/ledger.py).

1. Neighbouring rows that agree in all that a document says once are one document, of at most MOST_LINES lines.
2. A row that is wrong by itself is left out and refused; a document that the state of things refuses is refused whole.
3. Documents have no key of their own: the same file again moves the stock again. The tally's notes say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common import errors
from common.access import Caller, Role
from common.fields import FieldProblem
from common.gtin import lookup_keys
from models import document_lines, ledger, rules
from models.importing.batches import SIZE, chunks
from models.importing.cells import ANY_QUANTITY, KIND, lower, moment, quantity_rule
from models.importing.columns import Columns, Options, Readers
from models.importing.tally import Entry, Problem, Tally
from models.item import PIECES
from models.level import Level
from models.movement import Movement
from models.store import Store
from models.text import key

OPENING = "opening stock"
REASON = "import"
AGAIN = "documents have the kind, store, reference and time of one recorded before: was this file loaded already?"
ADDED = "rows were added to stock that was there already"
_CALLER = Caller(username="import", role=Role.ADMIN)
_ONCE = ("kind", "store", "reference", "occurred_at", "to_store", "reason", "note")
_LINE: Readers = {
    "store": rules.STORE["code"].from_text,
    "sku": rules.LINE["sku"].from_text,
    "barcode": rules.LINE["barcode"].from_text,
    "quantity": ANY_QUANTITY.from_text,
    "unit_cost": rules.LINE["unit_cost"].from_text,
    "occurred_at": str,
}


@dataclass(frozen=True, slots=True)
class Document:
    """Neighbouring rows and what they agree in."""

    once: dict[str, Any]
    entries: list[Entry]


class Movements:
    """How a file of movements is taken in."""

    readers: Readers = {
        "kind": lower(KIND),
        **_LINE,
        "reference": rules.DOCUMENT["reference"].from_text,
        "unit_price": rules.LINE["unit_price"].from_text,
        "reason": rules.DOCUMENT["reason"].from_text,
        "note": rules.DOCUMENT["note"].from_text,
        "to_store": rules.STORE["code"].from_text,
    }
    required: tuple[tuple[str, ...], ...] = (("kind",), ("store",), ("sku", "barcode"), ("quantity",))

    def __init__(self, columns: Columns, options: Options) -> None:
        del options
        for alternatives in self.required:
            columns.require(*alternatives)
        self._columns = columns
        self._before: int | None = None

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[Document]]:
        """Gather rows into documents, and documents until they have some hundred rows."""
        batch: list[Document] = []
        for once, neighbours in groupby(entries, lambda entry: tuple(entry.values.get(name) for name in _ONCE)):
            for rows in chunks(neighbours, rules.MOST_LINES):
                batch.append(Document(dict(zip(_ONCE, once, strict=True)), rows))
                if sum(len(document.entries) for document in batch) >= SIZE:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def take(self, session: Session, batch: list[Document], tally: Tally) -> None:
        """Post the documents of a batch."""
        self._note(session, batch, tally)
        names = _Names(session, batch)
        for document in batch:
            _Posting(session, self._columns, names, document, tally).run()

    def _note(self, session: Session, batch: list[Document], tally: Tally) -> None:
        """Only what was there before this file counts: a file may return to a reference."""
        if self._before is None:
            self._before = session.scalar(select(func.coalesce(func.max(Movement.id), 0)))
        references = {document.once["reference"] for document in batch} - {None}
        known = select(Movement.kind, Store.code_key, Movement.reference, Movement.occurred_at).join(
            Store, Store.id == Movement.store_id
        )
        rows = session.execute(known.where(Movement.reference.in_(references), Movement.id <= self._before))
        tally.recorded = {tuple(row) for row in rows}


class Stock(Movements):
    """How a file of opening stock is taken in: each store's rows are receipts."""

    readers = _LINE
    required = (("store",), ("sku", "barcode"), ("quantity",))

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[Document]]:
        """Say what a row of stock leaves unsaid."""
        return super().batches(map(_as_opening, entries))
