"""What a scanned code stands for: an item, one of its packs, or a document with that reference.

1. The first of these that there is: the barcode of an item or of a pack (also within a GS1 element string or Digital
   Link), an item's SKU, a barcode that lost its leading zeros, the reference of documents.
2. Each is one seek in an index of its own, and no later one is asked where an earlier one knows the code.
3. Documents of stores that are hidden from the caller do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, func, or_, select, type_coerce

from common.access import Caller
from common.fields.base import find_unprintable
from common.gs1 import gtin_within, unwrapped
from common.gtin import barcode_key, lookup_keys
from common.types import QuantityType
from models.barcode import Barcode
from models.item import Item
from models.level import Level
from models.movement import Movement
from models.purchase_order import PurchaseOrder
from models.store import Store
from models.text import key

MOST_DOCUMENTS = 20
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item, by `match` (barcode, pack or sku), and how much of it one scan is."""

    id: int
    match: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document with the reference; `type` is movement or purchase_order.

    `kind` is the kind of a movement or the state of an order, `at` when it was recorded or drafted.
    """

    type: str
    id: int
    kind: str
    store_id: int
    at: datetime


def find(connection: Connection, caller: Caller, code: str) -> FoundItem | list[FoundDocument]:
    """Return the item, or the documents with that reference, newest first; an empty list where nothing is known."""
    text = unwrapped(code).strip()
    if not text or find_unprintable(text.replace("\x1d", "")):
        return []
    item = _item(connection, text)
    return _documents(connection, caller, text) if item is None else item


def _item(connection: Connection, code: str) -> FoundItem | None:
    gtin = gtin_within(code)
    exact = [barcode_key(code), *([barcode_key(gtin)] if gtin else [])]
    keys = list(dict.fromkeys([*exact, *lookup_keys(code)]))
    codes = {row.code_key: row for row in connection.execute(bearing(keys))}
    by_code = [FoundItem(one.item_id, *_counted(one.pack_quantity)) for one in map(codes.get, keys) if one is not None]
    if by_code and not codes.keys().isdisjoint(exact):
        return by_code[0]
    sku = connection.scalar(select(Item.id).where(Item.sku_key == key(code)))
    if sku is not None:
        return FoundItem(sku, "sku", ONE)
    return by_code[0] if by_code else None


def _counted(pack_quantity: Decimal | None) -> tuple[str, Decimal]:
    return ("barcode", ONE) if pack_quantity is None else ("pack", pack_quantity)


def bearing(keys: list[str]) -> Select[Any]:
    """Return the select of the barcodes with these keys."""
    columns: list[Any] = [Barcode.code_key, Barcode.item_id, Barcode.pack_quantity]
    return select(*columns).where(Barcode.code_key.in_(keys))


def _documents(connection: Connection, caller: Caller, reference: str) -> list[FoundDocument]:
    found = [
        FoundDocument(type_, *row)
        for type_, query in documents(caller, reference).items()
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:MOST_DOCUMENTS]


def documents(caller: Caller, reference: str) -> dict[str, Select[Any]]:
    """Return the selects of the newest documents with a reference that the caller sees, by their type."""
    moved: list[Any] = [Movement.id, Movement.kind, Movement.store_id, Movement.recorded_at]
    order = PurchaseOrder
    ordered: list[Any] = [order.id, order.state, order.store_id, order.created_at]
    of_reference = {
        "movement": Movement.visible_to(caller).with_only_columns(*moved).where(Movement.reference == reference),
        "purchase_order": order.visible_to(caller).with_only_columns(*ordered).where(order.reference == reference),
    }
    newest = {"movement": Movement.id.desc(), "purchase_order": order.id.desc()}
    return {type_: query.order_by(newest[type_]).limit(MOST_DOCUMENTS) for type_, query in of_reference.items()}


def _or_nothing(column: Any) -> Any:
    return type_coerce(func.coalesce(type_coerce(column, BigInteger), 0), QuantityType)


ON_HAND, IN_TRANSIT = _or_nothing(Level.on_hand), _or_nothing(Level.in_transit)
"""A store's level, of 0 where nothing ever moved."""


def levels(caller: Caller, item_id: int, *columns: Any) -> Select[Any]:
    """Return the select of an item's level in every store that the caller sees; put away ones where something is."""
    here = and_(Level.store_id == Store.id, Level.item_id == item_id)
    found = select(*columns).select_from(Store).join(Level, here, isouter=True)
    found = found.where(or_(Store.archived_at.is_(None), Level.on_hand != 0, Level.in_transit != 0))
    if caller.sees_only is not None:
        found = found.where(Store.id.in_(sorted(caller.sees_only)))
    return found.order_by(Store.id)
