"""Stock and movements from a file: rows become documents, and each is posted as anybody's is (models/ledger.py).

1. Neighbouring rows that agree in all that a document says once are one document, of at most MOST_LINES lines.
2. A row that is wrong by itself is left out and refused; a document that the state of things refuses is refused whole.
3. Documents have no key of their own: the same file again moves the stock again. The tally's notes say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import rules
from models.importing.batches import SIZE, chunks
from models.importing.cells import ANY_QUANTITY, KIND, day, lower, moment, uncut
from models.importing.columns import Columns, Options, Readers
from models.importing.posting import Document, Names, Posting, Signature
from models.importing.tally import Entry, Tally
from models.movement import Movement

OPENING = "opening stock"
_FURTHEST_AHEAD = "Etc/GMT-14"  # what is in the future by this zone's clocks is so by every store's
_ONCE = ("kind", "store", "reference", "occurred_at", "to_store", "reverses", "reason", "note")
_LINE: Readers = {
    "store": rules.STORE["code"].from_text,
    "sku": uncut(rules.LINE["sku"]),
    "barcode": uncut(rules.LINE["barcode"]),
    "quantity": ANY_QUANTITY.from_text,
    "unit_cost": rules.LINE["unit_cost"].from_text,
    "lot": uncut(rules.LINE["lot"]),
    "expires_on": day,
    "occurred_at": str,
}


class Movements:
    """How a file of movements is taken in."""

    readers: ClassVar[Readers] = {
        "kind": lower(KIND),
        **_LINE,
        "reference": rules.DOCUMENT["reference"].from_text,
        "unit_price": rules.LINE["unit_price"].from_text,
        "reason": rules.DOCUMENT["reason"].from_text,
        "note": rules.DOCUMENT["note"].from_text,
        "to_store": rules.STORE["code"].from_text,
        "reverses": rules.DOCUMENT["reference"].from_text,
    }
    required: ClassVar[tuple[tuple[str, ...], ...]] = (("kind",), ("store",), ("sku", "barcode"), ("quantity",))
    repeated = "documents like one recorded before (the same kind, store, reference and time)"

    def __init__(self, columns: Columns, options: Options) -> None:
        del options
        for alternatives in self.required:
            columns.require(*alternatives)
        columns.refuse_constant("occurred_at", lambda text: moment(text, _FURTHEST_AHEAD))
        self._columns = columns
        self._before: int | None = None

    def prepare(self, session: Session) -> None:
        """Refuse a store that is none, where it holds for all rows."""
        names = Names(session, [])
        self._columns.refuse_constant("store", lambda code: names.store("store", code))
        self._columns.refuse_constant("to_store", lambda code: names.store("to_store", code))

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[Document]]:
        """Gather rows into documents, and documents until they have some hundred rows."""
        batch: list[Document] = []
        for once, neighbours in groupby(entries, lambda entry: tuple(entry.values.get(name) for name in _ONCE)):
            for rows in chunks(neighbours, rules.MOST_LINES):
                batch.append(self.document(dict(zip(_ONCE, once, strict=True)), rows))
                if sum(len(document.entries) for document in batch) >= SIZE:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def take(self, session: Session, batch: list[Document], tally: Tally) -> None:
        """Post the documents of a batch."""
        known, names = self._known(session, batch), Names(session, batch)
        for document in batch:
            posted = Posting(session, self._columns, names, document).run(tally)
            tally.notes[self.repeated] += self.signature(posted) in known if posted else 0

    def document(self, once: dict[str, str | None], entries: list[Entry]) -> Document:
        """Return the document that rows make."""
        return Document(once, entries, quantity="adjustment" if once["kind"] == "adjustment" else "")

    def signature(self, posted: Signature) -> Signature:
        """Return what two documents share when one is probably the other, loaded again."""
        return posted

    def _known(self, session: Session, batch: list[Document]) -> set[Signature]:
        """Only what was recorded before this file counts: a file may come back to a reference."""
        if self._before is None:
            self._before = session.scalar(select(func.coalesce(func.max(Movement.id), 0)))
        references = {document.once["reference"] for document in batch} - {None}
        known = select(Movement.kind, Movement.store_id, Movement.reference, Movement.occurred_at)
        rows = session.execute(known.where(Movement.reference.in_(references), Movement.id <= self._before))
        return {self.signature((kind, store, reference, at)) for kind, store, reference, at in rows}


class Stock(Movements):
    """How a file of opening stock is taken in: each store's rows are receipts."""

    readers: ClassVar[Readers] = _LINE
    required = (("store",), ("sku", "barcode"), ("quantity",))
    repeated = "receipts of opening stock for a store that had one before"

    def document(self, once: dict[str, str | None], entries: list[Entry]) -> Document:
        """Return the receipt that rows make."""
        return Document(once | {"kind": "receipt", "reference": OPENING}, entries, quantity="stock")

    def signature(self, posted: Signature) -> Signature:
        """The time is no part of it: it is mostly that of the loading."""
        return (*posted[:3], None)
