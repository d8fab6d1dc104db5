"""What moved: the ledger's lines summed up by day, item, store and kind.

1. A line is of the day on which its document occurred, by the clock of the line's store.
2. `quantity_in` less `quantity_out` of all that ever moved is the level; the values likewise.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, case, cast, func, literal, select

from common import clock
from common.access import Caller
from common.types import MoneyType, QuantityType, Timestamp
from models.item import Item
from models.movement import Movement, MovementLine
from models.reports import DAY, KIND, ZERO, among, grouped, named, result, seen, total, units, worth
from models.reports.local_days import local_day
from models.store import Store

BY = ("day", "item", "store", "kind")
_NAMES = {"day": "day", "item": "item_id", "store": "store_id", "kind": "kind"}


class MovementSum:
    """The rows of this report."""

    __tablename__ = "movement_sums"
    rows = result(
        __tablename__,
        day=DAY,
        store_id=BigInteger(),
        item_id=BigInteger(),
        kind=KIND,
        quantity_in=QuantityType(),
        quantity_out=QuantityType(),
        value_in=MoneyType(),
        value_out=MoneyType(),
        documents=BigInteger(),
    )


def movement_sums(connection: Connection, caller: Caller, asked: dict[str, Any]) -> Select[Any]:
    """Return the sums of what moved in a `place`, grouped `by` some of BY."""
    by, line = [_NAMES[name] for name in asked["by"]], MovementLine
    keys = {
        "day": _day(connection, asked) if "day" in by else literal("", DAY),
        "store_id": line.store_id,
        "item_id": line.item_id,
        "kind": Movement.kind,
    }
    came = units(line.quantity) > ZERO
    statement: Select[Any] = (
        select(
            *(grouped(by, keys)),
            total(case((came, units(line.quantity)), else_=ZERO), QuantityType).label("quantity_in"),
            total(case((came, ZERO), else_=-units(line.quantity)), QuantityType).label("quantity_out"),
            worth(case((came, units(line.value)), else_=ZERO)).label("value_in"),
            worth(case((came, ZERO), else_=-units(line.value))).label("value_out"),
            cast(func.count(line.movement_id.distinct()), BigInteger).label("documents"),
        )
        .join(Movement, Movement.id == line.movement_id)
        .where(line.place == asked["place"])
    )
    statement = of_lines(within(seen(caller, statement, line.store_id), Movement.occurred_at, asked), asked)
    statement = among(statement, Movement.kind, asked["kind"])
    return named(MovementSum.rows, statement.group_by(*(keys[name] for name in by)))


def within(statement: Select[Any], moment: Any, asked: dict[str, Any]) -> Select[Any]:
    """Return the select of what occurred `from` a moment on and before another, `to`."""
    if asked["from"] is not None:
        statement = statement.where(moment >= literal(asked["from"], Timestamp))
    return statement if asked["to"] is None else statement.where(moment < literal(asked["to"], Timestamp))


def of_lines(statement: Select[Any], asked: dict[str, Any]) -> Select[Any]:
    """Return the select of the lines of the stores, items and categories that are asked for."""
    statement = among(statement, MovementLine.store_id, asked["store_id"])
    statement = among(statement, MovementLine.item_id, asked["item_id"])
    if asked["category_id"] is None:
        return statement
    return statement.join(Item, Item.id == MovementLine.item_id).where(Item.category_id.in_(asked["category_id"]))


def _day(connection: Connection, asked: dict[str, Any]) -> Any:
    first, last = (
        select(edge(Movement.occurred_at, type_=Timestamp)).scalar_subquery() for edge in (func.min, func.max)
    )
    began, ended = connection.execute(select(first, last)).one()
    since: datetime = max(filter(None, (asked["from"], began)), default=clock.now())
    until: datetime = min(filter(None, (asked["to"], ended)), default=clock.now())
    zones = {row.id: row.timezone for row in connection.execute(select(Store.id, Store.timezone).order_by(Store.id))}
    return local_day(Movement.occurred_at, MovementLine.store_id, zones, since, max(since, until))
