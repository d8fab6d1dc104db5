"""One document of an import: what is wrong by itself is told by row, the rest is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common import errors
from common.access import Caller, Role
from common.fields import FieldProblem
from common.gtin import lookup_keys
from models import document_lines, ledger
from models.barcode import in_units
from models.importing.cells import REVERSAL, moment, quantity
from models.importing.columns import Columns
from models.importing.tally import Entry, Problem, Tally
from models.item import NOT_WHOLE, is_fraction
from models.ledger_batches import misnamed
from models.movement import REVERSED_BY, Movement, MovementLine
from models.store import Store
from models.text import key

REASON = "import"
REASONED = {"adjustment", "write_off"}
Signature = tuple[str, int, str | None, datetime | None]
_CALLER = Caller(username="import", role=Role.ADMIN)
_TOLD_OF_LINE = ("unit_cost", "unit_price", "lot", "expires_on")
_ITEM_FIELDS = {"item_id", "sku", "barcode"}


@dataclass(frozen=True, slots=True)
class Document:
    """Neighbouring rows and what they agree in; `quantity` names the rule that their quantities keep."""

    once: dict[str, str | None]
    entries: list[Entry]
    quantity: str


class _Wrong(FieldProblem):
    """A field is wrong, by its name."""

    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(code, message)
        self.name = name


class Names:
    """The stores, and the items that a batch names by SKU or barcode."""

    def __init__(self, session: Session, documents: Iterable[Document]) -> None:
        self._stores = {store.code_key: store for store in session.scalars(select(Store))}
        entries = [entry for document in documents for entry in document.entries]
        self._items = document_lines.find(session, [name for entry in entries for name in _names(entry)])

    def store(self, name: str, code: str | None) -> Store:
        """Return the live store of a code."""
        if code is None:
            raise _Wrong(name, "required", "Is required.")
        store = self._stores.get(key(code))
        if store is None:
            raise _Wrong(name, "unknown", "There is no such store.")
        if store.archived_at is not None:
            raise _Wrong(name, "archived", "This store is archived. Restore it first.")
        return store

    def item(self, entry: Entry) -> Any:
        """Return the live item that a row names: by its SKU or, where that is blank, by its barcode."""
        names = _names(entry)
        if not names:
            raise _Wrong("sku", "required", "Is required, or a barcode.")
        found = next((self._items[name] for name in names if name in self._items), None)
        if found is None:
            raise _Wrong(names[0][0], "unknown", "There is no such item.")
        if found.archived_at is not None:
            raise _Wrong(names[0][0], "archived", "This item is archived. Restore it first.")
        return found


def _names(entry: Entry) -> list[tuple[str, str]]:
    if "sku" in entry.values:
        return [("sku", key(entry.values["sku"]))]
    return [("barcode", code) for code in lookup_keys(entry.values.get("barcode", "")) if "barcode" in entry.values]


class Posting:
    """One document on its way into the ledger."""

    def __init__(self, session: Session, columns: Columns, names: Names, document: Document) -> None:
        self._session, self._columns, self._names, self._document = session, columns, names, document
        self._entries: list[Entry] = []
        self._lines: list[dict[str, Any]] = []

    def run(self, tally: Tally) -> Signature | None:
        """Post what is right and count the rows; return what the document is known by, where one was posted."""
        try:
            fields = self._once(self._document.once)
        except _Wrong as wrong:
            for entry in self._document.entries:
                tally.refuse([self._problem(entry, wrong)])
            return None
        for entry in self._document.entries:
            self._read(entry, tally)
        if not self._lines:
            return None
        try:
            with self._session.connection().begin_nested():
                movement = self._record(**fields)
        except errors.StorekeeperError as error:
            self._refuse(error, tally)
            return None
        tally.new += len(self._lines)
        return _signature(movement)

    def _once(self, once: dict[str, str | None]) -> dict[str, Any]:
        kind, store = once["kind"], self._names.store("store", once["store"])
        if kind is None:
            raise _Wrong("kind", "required", "Is required.")
        fields: dict[str, Any] = {"kind": kind, "store_id": store.id, "reference": once["reference"]}
        fields |= {"note": once["note"], "reason": (once["reason"] or REASON) if kind in REASONED else None}
        if kind == "transfer":
            fields["to_store_id"] = self._names.store("to_store", once["to_store"]).id
        elif once["to_store"] is not None:
            raise _Wrong("to_store", "unexpected", "Only a transfer goes to another store.")
        if kind == REVERSAL:
            if once["reverses"] is None:
                raise _Wrong("reverses", "required", "Is required: the reference of the document to undo.")
            fields["reverses"] = once["reverses"]
        elif once["reverses"] is not None:
            raise _Wrong("reverses", "unexpected", "Only a reversal undoes another document.")
        try:
            return fields | {"occurred_at": once["occurred_at"] and moment(once["occurred_at"], store.timezone)}
        except FieldProblem as problem:
            raise _Wrong("occurred_at", problem.code, problem.message) from None

    def _record(self, *, kind: str, store_id: int, reverses: str | None = None, **fields: Any) -> Movement:
        if kind != REVERSAL:
            return ledger.post(self._session, _CALLER, kind=kind, store_id=store_id, lines=self._lines, **fields)
        del fields["reason"]
        return ledger.reverse(self._session, _CALLER, self._undone(store_id, reverses), **fields)

    def _undone(self, store_id: int, reference: str | None) -> Movement:
        """Return the newest document in force of a store and reference that moved just what the rows say."""
        named = select(Movement).where(Movement.store_id == store_id, Movement.reference == reference)
        in_force = named.where(Movement.kind != REVERSAL, REVERSED_BY.is_(None)).order_by(Movement.id.desc())
        asked = _sums((line["item_id"], line["quantity"]) for line in self._lines)
        for movement in self._session.scalars(in_force):
            moved = select(MovementLine.item_id, MovementLine.quantity).where(MovementLine.store_id == store_id)
            if asked == _sums(self._session.execute(moved.where(MovementLine.movement_id == movement.id)).all()):
                return movement
        message = "No document of this store and reference that is in force moved just these items and quantities."
        raise errors.Invalid(message, errors=[errors.FieldError("reverses", "unknown", message)])

    def _read(self, entry: Entry, tally: Tally) -> None:
        """A row with nothing on its shelf says nothing that the ledger would keep."""
        problems: list[Problem] = []
        item: Any = None
        counted = None
        try:
            item = self._names.item(entry)
        except _Wrong as wrong:
            problems.append(self._problem(entry, wrong))
        try:
            counted = self._quantity(entry, item)
        except _Wrong as wrong:
            problems.append(self._problem(entry, wrong))
        if item is not None and counted and self._document.once["kind"] != REVERSAL:
            wrong_batch = misnamed(self._document.once["kind"] or "", entry.values, tracks_batches=item.tracks_batches)
            problems += [self._problem(entry, _Wrong(*one)) for one in wrong_batch]
        if problems:
            tally.refuse(problems)
        elif not counted:
            tally.unchanged += 1
        else:
            told = {name: entry.values[name] for name in _TOLD_OF_LINE if name in entry.values}
            self._entries.append(entry)
            self._lines.append({"item_id": item.id, "quantity": counted} | told)

    def _quantity(self, entry: Entry, item: Any) -> Any:
        if "quantity" not in entry.values:
            raise _Wrong("quantity", "required", "Is required.")
        try:
            counted = quantity(self._document.quantity, entry.values["quantity"])
            counted = counted if item is None else in_units(counted, item.pack_quantity)
        except FieldProblem as problem:
            raise _Wrong("quantity", problem.code, problem.message) from None
        if item is not None and is_fraction(item.unit, counted):
            raise _Wrong("quantity", *NOT_WHOLE)
        return counted

    def _refuse(self, error: errors.StorekeeperError, tally: Tally) -> None:
        """Name what is wrong at its row; the other rows fall with their document."""
        own: dict[int, list[Problem]] = {}
        for one in error.errors:
            line, position, name = [*one.field.split("/"), "", ""][:3]
            at = int(position) if line == "lines" else 0
            entry = self._entries[at]
            field = next(iter(_ITEM_FIELDS & entry.values.keys())) if name in _ITEM_FIELDS else name
            wrong = _Wrong(field or line.removesuffix("_id"), one.code, one.message)
            own.setdefault(at, []).append(self._problem(entry, wrong))
        numbers = ", ".join(str(self._entries[at].row) for at in sorted(own)[:3])
        rest = _Wrong("", "document", f"Its document was refused for row {numbers}." if own else error.detail)
        for at, entry in enumerate(self._entries):
            tally.refuse(own.get(at) or [self._problem(entry, rest)])

    def _problem(self, entry: Entry, wrong: _Wrong) -> Problem:
        return self._columns.problem(entry, wrong.name, wrong.code, wrong.message)


def _sums(moved: Iterable[Any]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for item_id, moved_by in moved:
        sums[item_id] += abs(moved_by)
    return sums


def _signature(movement: Movement) -> Signature:
    return movement.kind, movement.store_id, movement.reference, movement.occurred_at


__all__: Sequence[str] = ["Document", "Names", "Posting", "Signature"]
