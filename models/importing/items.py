"""Items from a file: the rules of models/item.py, asked of many rows with few queries.

1. A row's SKU says which item it is, case aside; the SKU of a known item stays as it is spelt.
2. A row does what it would do alone, after the rows before it. A blank cell leaves its field as it is.
3. A category that is not there is made; a barcode list replaces the item's list. Packs, groups and options stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from common import errors
from common.fields import FieldProblem, FieldProblems, field_errors
from common.gtin import barcode_key
from models import rules, search
from models.barcode import Barcode
from models.importing.batches import chunks
from models.importing.categories import Categories, steps
from models.importing.cells import barcodes, lower, uncut
from models.importing.columns import ATTRIBUTE, Columns, Options, Readers
from models.importing.tally import Entry, Problem, Tally
from models.item import PIECES, Item
from models.text import fold, key

READERS: Readers = {name: rule.from_text for name, rule in rules.ITEM.items() if name != "category_id"} | {
    "sku": uncut(rules.ITEM["sku"]),
    "unit": lower(rules.ITEM["unit"]),
    "barcodes": barcodes,
    "category": steps,
}


class Items:
    """How a file of items is taken in."""

    readers: ClassVar[Readers] = READERS

    def __init__(self, columns: Columns, options: Options) -> None:
        columns.require("sku")
        self._columns, self._mode = columns, options.mode

    def prepare(self, session: Session) -> None:
        """Refuse a category that is archived or ambiguous, where it holds for all rows; none is made for that alone."""
        with suppress(_Tried), session.begin_nested():
            self._columns.refuse_constant("category", lambda text: Categories(session).id(steps(text)))
            raise _Tried

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[Entry]]:
        """Cut the rows into what is taken together."""
        return chunks(entries)

    def take(self, session: Session, batch: list[Entry], tally: Tally) -> None:
        """Add and revise the items of a batch."""
        work = _Batch(session, batch)
        for entry in batch:
            problems: list[Problem] = []
            outcome = ""
            try:
                outcome = work.take(entry, self._mode)
            except _Refusal as refusal:
                problems = [self._columns.problem(entry, name, code, text) for name, code, text in refusal.problems]
            if problems:
                tally.refuse(problems)
            else:
                setattr(tally, outcome, getattr(tally, outcome) + 1)
        work.finish()


class _Tried(Exception):
    """Undoes what was tried."""


class _Refusal(Exception):
    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


class _Batch:
    """What the database knows of a batch's SKUs and barcodes, and what the rows so far did to it."""

    def __init__(self, session: Session, batch: list[Entry]) -> None:
        self._session = session
        skus = [key(entry.values["sku"]) for entry in batch if "sku" in entry.values]
        self._items = {item.sku_key: item for item in session.scalars(select(Item).where(Item.sku_key.in_(skus)))}
        codes = {barcode_key(code) for entry in batch for code in entry.values.get("barcodes", ())}
        owners = select(Barcode.code_key, Item.sku_key, Barcode.pack_quantity).join(Item, Item.id == Barcode.item_id)
        taken = session.execute(owners.where(Barcode.code_key.in_(codes))).all()
        self._owners: dict[str, str] = {row.code_key: row.sku_key for row in taken}
        self._packed = {row.code_key for row in taken if row.pack_quantity is not None}
        self._categories = Categories(session) if any("category" in entry.values for entry in batch) else None
        self._reindex: dict[str, Item] = {}
        self._had: dict[str, list[str]] = {}

    def take(self, entry: Entry, mode: str) -> str:
        """Do what a row says; return `new`, `changed` or `unchanged`, or raise _Refusal."""
        values = dict(entry.values)
        sku = values.pop("sku", None)
        if sku is None:
            raise _Refusal([("sku", "required", "Is required.")])
        item = self._items.get(key(sku))
        self._refuse_mode(item, mode, values)
        try:
            values |= self._attributes(item, values.pop(ATTRIBUTE, None))
        except FieldProblems as problems:
            raise _Refusal([("attributes", e.code, e.message) for e in field_errors("", problems)]) from None
        self._refuse_barcodes(key(sku), values.get("barcodes", ()))
        if item is not None and item.id is not None and values.get("unit", item.unit) != item.unit:
            self._refuse_unit(item, values["unit"])
        if "category" in values:
            values["category_id"] = self._category(values.pop("category"))
        return self._create(sku, values) if item is None else self._revise(item, values)

    def finish(self) -> None:
        """Write what is new: the rows, then what scanners and the search find them by."""
        self._session.flush()
        codes = {sku: {barcode_key(code) for code in self._items[sku].barcodes} for sku in self._had}
        gone = [code for sku, had in self._had.items() for code in had if code not in codes[sku]]
        if gone:
            self._session.execute(delete(Barcode).where(Barcode.code_key.in_(gone)))
        fresh = [
            {"code_key": code, "item_id": self._items[sku].id}
            for sku, had in self._had.items()
            for code in sorted(codes[sku].difference(had))
        ]
        if fresh:
            self._session.execute(insert(Barcode), fresh)
        search.index(self._session.connection(), [(item.id, item.search_text) for item in self._reindex.values()])

    def _refuse_mode(self, item: Item | None, mode: str, values: Mapping[str, Any]) -> None:
        if item is None and mode == "update":
            raise _Refusal([("sku", "unknown", "There is no such item to update.")])
        if item is not None and mode == "create":
            raise _Refusal([("sku", "duplicate", "Another item has this SKU already.")])
        if item is None and "name" not in values:
            raise _Refusal([("name", "required", "Is required.")])
        if item is not None and item.archived_at is not None:
            raise _Refusal([("sku", "archived", "This item is archived. Restore it first.")])

    def _attributes(self, item: Item | None, given: dict[str, str] | None) -> dict[str, Any]:
        if given is None:
            return {}
        return {"attributes": rules.ITEM["attributes"]((item.attributes if item else {}) | given)}

    def _refuse_barcodes(self, sku: str, codes: Iterable[str]) -> None:
        keys = [barcode_key(code) for code in codes]
        if len(set(keys)) < len(keys):
            raise _Refusal([("barcodes", "duplicate", "The same barcode stands here twice.")])
        if any(self._owners.get(code, sku) != sku for code in keys):
            raise _Refusal([("barcodes", "duplicate", "Another item has this barcode already.")])
        if not self._packed.isdisjoint(keys):
            raise _Refusal([("barcodes", "duplicate", "A pack of this item has this barcode already.")])

    def _refuse_unit(self, item: Item, unit: str) -> None:
        try:
            item.refuse_unit(self._session, unit)
        except errors.InUse as error:
            raise _Refusal([("unit", "in_use", error.detail)]) from None

    def _category(self, names: list[str]) -> int | None:
        try:
            return self._categories.id(names) if self._categories else None
        except FieldProblem as problem:
            raise _Refusal([("category", problem.code, problem.message)]) from None

    def _create(self, sku: str, values: dict[str, Any]) -> str:
        defaults = {"unit": PIECES, "barcodes": [], "attributes": {}}
        item = Item(sku=sku, sku_key=key(sku), name_key=fold(values["name"]), **(defaults | values))
        self._session.add(item)
        self._items[item.sku_key] = item
        self._settle(item, had=[], codes=item.barcodes)
        return "new"

    def _revise(self, item: Item, values: dict[str, Any]) -> str:
        changes = {name: value for name, value in values.items() if getattr(item, name) != value}
        if not changes:
            return "unchanged"
        if changes.keys() & {"name", "barcodes"}:
            self._settle(item, had=item.barcodes, codes=changes.get("barcodes", item.barcodes))
        item.assign(changes | ({"name_key": fold(changes["name"])} if "name" in changes else {}))
        return "changed"

    def _settle(self, item: Item, *, had: list[str], codes: list[str]) -> None:
        keys = [barcode_key(code) for code in had]
        self._had.setdefault(item.sku_key, keys)
        for code in keys:
            self._owners.pop(code, None)
        self._owners.update({barcode_key(code): item.sku_key for code in codes})
        self._reindex[item.sku_key] = item
