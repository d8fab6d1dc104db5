"""What the goods are worth: quantities and values, on hand and on the way, by store, by category, by item or in all.

Values are those that the ledger keeps with the levels; nothing is computed from a rounded average.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from common.access import Caller
from common.types import MoneyType, QuantityType
from models.item import Item
from models.level import Level
from models.levels_at import levels_at
from models.reports import among, grouped, named, result, seen, total, units, worth

ALL, STORE, CATEGORY, ITEM = BY = ("all", "store", "category", "item")
_KEYS = {STORE: "store_id", CATEGORY: "category_id", ITEM: "item_id"}
LEVEL = ("store_id", "item_id", "on_hand", "value", "in_transit", "transit_value")
"""What a source of levels gives, in the types of models/level.py."""


class Valuation:
    """The rows of this report. `levels` is how many items in stores they sum up."""

    __tablename__ = "valuation"
    rows = result(
        __tablename__,
        **dict.fromkeys(_KEYS.values(), BigInteger()),
        levels=BigInteger(),
        on_hand=QuantityType(),
        in_transit=QuantityType(),
        value=MoneyType(),
        transit_value=MoneyType(),
    )


def levels_now(caller: Caller) -> Select[Any]:
    """Return the levels as they stand, of the stores that exist for the caller."""
    columns: list[InstrumentedAttribute[Any] | ColumnElement[Any]] = [getattr(Level, name) for name in LEVEL]
    return seen(caller, select(*columns), Level.store_id)


def levels_then(caller: Caller, moment: datetime) -> Select[Any]:
    """Return the same as they stood at a moment."""
    return seen(caller, levels_at(moment), Level.store_id)


def valuation(source: Select[Any], asked: dict[str, Any]) -> Select[Any]:
    """Return the valuation of a `source` of levels, grouped `by`; what is nowhere makes no row."""
    level = source.subquery("source").c
    keys = {_KEYS[STORE]: level.store_id, _KEYS[CATEGORY]: Item.category_id, _KEYS[ITEM]: level.item_id}
    by = _KEYS.get(asked["by"], "")
    statement: Select[Any] = select(
        *grouped([by], keys),
        cast(func.count(), BigInteger).label("levels"),
        total(level.on_hand, QuantityType).label("on_hand"),
        total(level.in_transit, QuantityType).label("in_transit"),
        worth(level.value).label("value"),
        worth(level.transit_value).label("transit_value"),
    ).where(or_(units(level.on_hand) != 0, units(level.in_transit) != 0))
    statement = among(among(statement, level.store_id, asked["store_id"]), level.item_id, asked["item_id"])
    if by == _KEYS[CATEGORY] or asked["category_id"] is not None:
        statement = among(statement.join(Item, Item.id == level.item_id), Item.category_id, asked["category_id"])
    return named(Valuation.rows, statement.group_by(keys[by]) if by else statement)
