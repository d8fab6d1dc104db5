"""What to bring in: from stores that have more than they need, and then from suppliers.

1. Each item is looked at by itself, all its stores at once (models/reports/allocation.py); one item's stores are all
   that is held in memory.
2. What transfers do not cover is ordered of the item's preferred supplier, else of the one that asks least, else of
   the one that has been there longest, in whole packs; of what nobody sells it is said that it is wanted.
3. Drafts count as ordered: whoever has made an order of a suggestion is not told the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, and_, func, select, type_coerce
from sqlalchemy.orm import aliased

from common.access import Caller
from models.item import PIECES, Item
from models.level import Level
from models.listing import Listing
from models.reports import among, seen, units
from models.reports.allocation import Place, allocate, packed
from models.reports.buying import on_order, traded
from models.store import Store
from models.supplier import Supplier
from models.supplier_item import SupplierItem

TRANSFER, ORDER, UNSUPPLIED = KINDS = ("transfer", "order", "unsupplied")


class Suggestion(NamedTuple):
    """One line: bring a quantity of an item to where it is short. `giver` is a transfer's; `packs` are an order's.

    `taker` and `giver` are rows of `places`; their `sold` is what they sold in `days`.
    """

    kind: str
    taker: Any
    giver: Any
    quantity: int
    wanted: int
    days: int
    surplus: int | None = None
    packs: int | None = None

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Which document it belongs to: its kind, the store that it is posted for, the other store, the supplier."""
        if self.kind == TRANSFER:
            return 0, self.giver.store_id, self.taker.store_id, 0
        return KINDS.index(self.kind), self.taker.store_id, 0, self.taker.supplier_id or 0


def places(caller: Caller, since: datetime, asked: dict[str, Any]) -> Select[Any]:
    """Return every store that the caller sees of each live item that is short somewhere, item by item."""
    ordered, sold = on_order(), traded(["sale", "return"], since).subquery("sold")
    best = _best_supplier()
    listed = and_(Listing.store_id == Level.store_id, Listing.item_id == Level.item_id)
    statement: Select[Any] = (
        select(
            Level.item_id,
            Level.store_id,
            Item.sku,
            Item.name,
            Item.unit,
            Store.code.label("store"),
            *(units(getattr(Level, name)).label(name) for name in ("on_hand", "in_transit")),
            *(func.coalesce(ordered.c[name], 0).label(name) for name in ("on_order", "drafted")),
            *(units(getattr(Listing, name)).label(name) for name in ("reorder_point", "reorder_to")),
            func.coalesce(sold.c.sold, 0).label("sold"),
            Supplier.id.label("supplier_id"),
            Supplier.name.label("supplier"),
            *(type_coerce(getattr(SupplierItem, name), BigInteger).label(name) for name in ("pack_size", "unit_cost")),
        )
        .join(Item, Item.id == Level.item_id)
        .join(Store, and_(Store.id == Level.store_id, Store.archived_at.is_(None)))
        .outerjoin(Listing, listed)
        .outerjoin(ordered, and_(ordered.c.store_id == Level.store_id, ordered.c.item_id == Level.item_id))
        .outerjoin(sold, and_(sold.c.store_id == Level.store_id, sold.c.item_id == Level.item_id))
        .outerjoin(SupplierItem, SupplierItem.id == best)
        .outerjoin(Supplier, Supplier.id == SupplierItem.supplier_id)
        .where(Level.item_id.in_(_short(caller, asked)))
    )
    return seen(caller, statement, Level.store_id).order_by(Level.item_id, Level.store_id)


def _short(caller: Caller, asked: dict[str, Any]) -> Select[Any]:
    """Return the live items that are short in some store."""
    ordered, level, listing, item = on_order(), aliased(Level), aliased(Listing), aliased(Item)
    of_it = level.store_id == listing.store_id, level.item_id == listing.item_id
    # What is listed has one level (models/listing.py); asked for so, SQLite begins with what is listed.
    there = select(units(level.on_hand) + units(level.in_transit)).where(*of_it).scalar_subquery()
    coming = func.coalesce(ordered.c.on_order + ordered.c.drafted, 0)
    statement: Select[Any] = (
        select(listing.item_id)
        .join(item, and_(item.id == listing.item_id, item.archived_at.is_(None)))
        .outerjoin(ordered, and_(ordered.c.store_id == listing.store_id, ordered.c.item_id == listing.item_id))
        .where(there + coming <= units(listing.reorder_point))
    )
    statement = among(among(statement, listing.item_id, asked["item_id"]), item.category_id, asked["category_id"])
    return seen(caller, statement, listing.store_id)


def _best_supplier() -> Any:
    one, who = aliased(SupplierItem), aliased(Supplier)
    choice = (one.preferred.desc(), one.unit_cost.is_(None), one.unit_cost, one.supplier_id)
    found = select(one.id).join(who, and_(who.id == one.supplier_id, who.archived_at.is_(None)))
    return found.where(one.item_id == Level.item_id).order_by(*choice).limit(1).correlate(Level).scalar_subquery()


def suggestions(rows: Iterable[Any], asked: dict[str, Any]) -> Iterator[Suggestion]:
    """Yield what is suggested, item by item; of what is asked for alone, though all stores were looked at."""
    for _, group in groupby(rows, key=attrgetter("item_id")):
        yield from (one for one in _of_item(list(group), asked["days"], asked["cover"]) if _is_asked(one, asked))


def _is_asked(one: Suggestion, asked: dict[str, Any]) -> bool:
    given = {"kind": one.kind, "store_id": one.taker.store_id, "supplier_id": one.key[-1] or None}
    return all(asked[name] is None or value in asked[name] for name, value in given.items())


def _of_item(rows: list[Any], days: int, cover: int) -> Iterator[Suggestion]:
    whole, of_store = rows[0].unit == PIECES, {row.store_id: row for row in rows}
    all_places = {row.store_id: place_of(row) for row in rows}
    moves, missing = allocate(list(all_places.values()), days=days, cover=cover, whole=whole)
    for move in moves:
        surplus = all_places[move.giver].surplus(days=days, cover=cover, whole=whole)
        wanted = all_places[move.taker].wanted(whole=whole)
        yield Suggestion(TRANSFER, of_store[move.taker], of_store[move.giver], move.quantity, wanted, days, surplus)
    for store_id, want in missing.items():
        row, wanted = of_store[store_id], all_places[store_id].wanted(whole=whole)
        if row.supplier_id is None:
            yield Suggestion(UNSUPPLIED, row, None, want, wanted, days)
        else:
            packs = packed(want, row.pack_size)
            yield Suggestion(ORDER, row, None, packs * row.pack_size, wanted, days, None, packs)


def place_of(row: Any) -> Place:
    """Return a row as the allocation counts it."""
    coming = row.in_transit + row.on_order + row.drafted
    return Place(row.store_id, row.on_hand, coming, row.reorder_point, row.reorder_to, row.sold)
