"""What lies on the shelf and did not sell since some moment, item by item or store by store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from common.access import Caller
from common.types import MoneyType, QuantityType, Timestamp
from models.item import Item
from models.level import Level
from models.movement import Movement, MovementLine
from models.reports import among, grouped, named, result, seen, total, units, worth
from models.reports.buying import traded

ITEM, STORE = BY = ("item", "store")


class SlowMover:
    """The rows of this report."""

    __tablename__ = "slow_movers"
    rows = result(
        __tablename__,
        store_id=BigInteger(),
        item_id=BigInteger(),
        on_hand=QuantityType(),
        value=MoneyType(),
        last_sold_at=Timestamp(),
    )


def slow_movers(caller: Caller, since: datetime, asked: dict[str, Any]) -> Select[Any]:
    """Return what stands in stores and was not sold there since; `by` item: in none of those that are asked for."""
    each = asked["by"] == STORE
    sold = traded(["sale"], since).subquery("sold").c
    gone: Select[Any] = select(sold.store_id, sold.item_id) if each else select(sold.item_id)
    gone = among(seen(caller, gone, sold.store_id), sold.store_id, asked["store_id"])
    here = tuple_(Level.store_id, Level.item_id) if each else Level.item_id
    keys = {"store_id": Level.store_id, "item_id": Level.item_id}
    statement: Select[Any] = select(
        *grouped(["store_id", "item_id"] if each else ["item_id"], keys),
        total(Level.on_hand, QuantityType).label("on_hand"),
        worth(Level.value).label("value"),
        _last_sold(caller, asked, each=each).label("last_sold_at"),
    ).where(units(Level.on_hand) > 0, here.not_in(gone))
    statement = among(seen(caller, statement, Level.store_id), Level.store_id, asked["store_id"])
    if asked["category_id"] is not None:
        statement = among(statement.join(Item, Item.id == Level.item_id), Item.category_id, asked["category_id"])
    by = [Level.store_id, Level.item_id] if each else [Level.item_id]
    return named(SlowMover.rows, among(statement, Level.item_id, asked["item_id"]).group_by(*by))


def _last_sold(caller: Caller, asked: dict[str, Any], *, each: bool) -> Any:
    line, undoing = aliased(MovementLine), aliased(Movement)
    sale = aliased(Movement)
    standing = ~exists().where(undoing.reverses_id == sale.id)
    last = select(func.max(sale.occurred_at, type_=Timestamp)).where(
        sale.kind == "sale", line.movement_id == sale.id, line.item_id == Level.item_id, standing
    )
    if each:
        last = last.where(line.store_id == Level.store_id)
    last = among(seen(caller, last, line.store_id), line.store_id, asked["store_id"])
    return last.correlate(Level).scalar_subquery()
