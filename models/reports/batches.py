"""What stands of batches, and what of them expires, by the calendar of the store that it stands in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Integer, Select, String, and_, case, literal, or_, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from common.access import Caller
from common.types import QuantityType, ValueType
from models.batch import Batch, BatchLevel
from models.item import Item
from models.level import AVERAGE, Level
from models.reports import DAY, among, named, result, seen, units
from models.store import Store


class DaysUntil(FunctionElement[int]):
    """How many days a day, such as 2026-11-30, comes after another; below zero where it comes before."""

    type = Integer()
    inherit_cache = True


@compiles(DaysUntil, "sqlite")
def _on_sqlite(element: DaysUntil, compiler: Any, **kwargs: Any) -> str:
    then, today = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"CAST(julianday({then}) - julianday({today}) AS INTEGER)"


@compiles(DaysUntil, "postgresql")
def _on_postgresql(element: DaysUntil, compiler: Any, **kwargs: Any) -> str:
    then, today = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"(CAST({then} AS date) - CAST({today} AS date))"


@compiles(DaysUntil, "mysql", "mariadb")
def _on_mariadb(element: DaysUntil, compiler: Any, **kwargs: Any) -> str:
    then, today = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"DATEDIFF({then}, {today})"


class BatchStock:
    """The rows of both lists: one batch in one store. `value` is what it is worth at the level's average cost."""

    __tablename__ = "batch_stock"
    rows = result(
        __tablename__,
        store_id=BigInteger(),
        item_id=BigInteger(),
        batch_id=BigInteger(),
        lot=String(),
        expires_on=DAY,
        on_hand=QuantityType(),
        in_transit=QuantityType(),
        days_left=Integer(),
        value=ValueType(),
    )


def standing(connection: Connection, caller: Caller, now: datetime, asked: dict[str, Any]) -> Select[Any]:
    """Return every batch that stands in a store or is on its way there."""
    some = or_(units(BatchLevel.on_hand) > 0, units(BatchLevel.in_transit) > 0)
    return named(BatchStock.rows, _batches(caller, asked, _todays(connection, now)).where(some))


def expiring(connection: Connection, caller: Caller, now: datetime, asked: dict[str, Any]) -> Select[Any]:
    """Return the batches on shelves that expire `within` some days of today, or have expired."""
    todays = _todays(connection, now)
    last = {day: (date.fromisoformat(day) + timedelta(days=asked["within"])).isoformat() for day in todays}
    soon = [and_(BatchLevel.store_id.in_(stores), Batch.expires_on <= last[day]) for day, stores in todays.items()]
    there = units(BatchLevel.on_hand) > 0
    return named(BatchStock.rows, _batches(caller, asked, todays).where(there, or_(literal(value=False), *soon)))


def _batches(caller: Caller, asked: dict[str, Any], todays: dict[str, list[int]]) -> Select[Any]:
    today = case(*((BatchLevel.store_id.in_(stores), literal(day, DAY)) for day, stores in todays.items()), else_=None)
    worth = type_coerce(units(AVERAGE) * units(BatchLevel.on_hand), ValueType)
    statement: Select[Any] = (
        select(
            BatchLevel.store_id,
            BatchLevel.item_id,
            BatchLevel.batch_id,
            Batch.lot,
            Batch.expires_on,
            BatchLevel.on_hand,
            BatchLevel.in_transit,
            DaysUntil(Batch.expires_on, today).label("days_left"),
            case((units(BatchLevel.on_hand) > 0, worth), else_=type_coerce(0, ValueType)).label("value"),
        )
        .join(Batch, Batch.id == BatchLevel.batch_id)
        .join(Level, and_(Level.store_id == BatchLevel.store_id, Level.item_id == BatchLevel.item_id))
    )
    if asked["category_id"] is not None:
        statement = statement.join(Item, Item.id == BatchLevel.item_id).where(
            Item.category_id.in_(asked["category_id"])
        )
    statement = seen(caller, statement, BatchLevel.store_id)
    return among(among(statement, BatchLevel.store_id, asked["store_id"]), BatchLevel.item_id, asked["item_id"])


def _todays(connection: Connection, now: datetime) -> dict[str, list[int]]:
    """Return the stores by the day that their clocks on the wall have now: two or three, whatever their zones are."""
    todays: dict[str, list[int]] = defaultdict(list)
    for id_, zone in connection.execute(select(Store.id, Store.timezone).order_by(Store.id)):
        todays[now.astimezone(ZoneInfo(zone)).date().isoformat()].append(id_)
    return todays
