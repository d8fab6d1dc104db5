"""The ledger, second tier: post. The only writer of stock; models/plan.py decides what, this writes it.

1. A document, its lines and the levels they move stand or fall together, in the caller's transaction.
2. Levels are taken in the order of store and item, so that two documents never wait for each other in a circle.
3. Balances follow the order of recording; `occurred_at` is for reports and never lies in the future.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, column, insert, select, table, update
from sqlalchemy.orm import Session

from common import clock, errors
from common.access import Caller
from common.database import insert_missing
from common.errors import FieldError
from common.quantities import MONEY_PLACES, QUANTITY_PLACES, scale
from common.types import Timestamp
from models import plan
from models.document_lines import Line, resolve
from models.level import Level
from models.movement import ARRIVED_BY, REVERSED_BY, Movement
from models.store import Store

CLOCK_SKEW = timedelta(seconds=10)  # a till whose clock runs a little ahead is no reason to refuse a sale
_BALANCES = ("on_hand", "value", "in_transit", "transit_value", "last_cost")
_MOVE = ("position", "place", "store_id", "item_id", "quantity", "value", "unit_cost", "unit_price", "on_hand_after")

# The same tables with their units as they are kept: the planner counts in whole numbers.
_lines_table = table(
    "movement_lines",
    *(column(name, BigInteger) for name in ("id", "movement_id", *_MOVE) if name != "place"),
    column("place", String),
)
_levels_table = table(
    "levels",
    *(column(name, BigInteger) for name in ("store_id", "item_id", *_BALANCES)),
    column("updated_at", Timestamp),
)
_MOVE_LEVEL = (
    update(_levels_table)
    .where(_levels_table.c.store_id == bindparam("store"), _levels_table.c.item_id == bindparam("item"))
    .values(updated_at=bindparam("now"), **{name: bindparam(name) for name in _BALANCES})
)


def post(
    session: Session,
    caller: Caller,
    *,
    kind: str,
    store_id: int,
    lines: Sequence[dict[str, Any]],
    to_store_id: int | None = None,
    occurred_at: datetime | None = None,
    **words: str | None,
) -> Movement:
    """Record a document; `words` are its reference, note and reason.

    Raises Invalid for what is unknown, NotAllowed for a store that is not the caller's, Archived, InsufficientStock
    with what is available, UnexpectedLevel, OutOfRange.
    """
    store = _open_store(session, caller, store_id, "store_id")
    stores = [store, _destination(session, store, to_store_id)] if kind == "transfer" else [store]
    found = resolve(session, lines)
    levels = _take_levels(session, stores, sorted({line.item_id for line in found}))
    planned = plan.plan(
        kind,
        [_wanted(position, line) for position, line in enumerate(found)],
        levels,
        store_id=store_id,
        to_store_id=to_store_id,
        fallback_costs={line.item_id: line.fallback_cost for line in found},
    )
    movement = _document(kind, store_id, caller, occurred_at, to_store_id=to_store_id, **words)
    return _write(session, movement, planned)


def arrive(session: Session, caller: Caller, transfer: Movement, **words: Any) -> Movement:
    """Record that all goods of a transfer came; raises Closed where they did before or the transfer was reversed."""
    _lock(session, transfer)
    destination = _open_store(session, caller, transfer.to_store_id or 0, "to_store_id")
    _refuse_closed(session, transfer, "They arrived already.", "This transfer was reversed.")
    moves = _moves(session, transfer)
    levels = _take_levels(session, [destination], sorted({move.item_id for move in moves}))
    movement = _document("arrival", destination.id, caller, transfer_id=transfer.id, **words)
    return _write(session, movement, plan.plan_arrival(moves, levels))


def reverse(session: Session, caller: Caller, movement: Movement, **words: Any) -> Movement:
    """Record the opposite of a document.

    Raises AlreadyReversed, Refused for a reversal, Closed for a transfer whose goods arrived, InsufficientStock.
    """
    _lock(session, movement)
    if movement.kind == "reversal":
        raise errors.Refused("A reversal is not reversed. Record the document anew instead.")
    if session.scalar(select(REVERSED_BY).where(Movement.id == movement.id)) is not None:
        raise errors.AlreadyReversed("This document was reversed before.")
    _refuse_closed(session, movement, "The goods arrived. Reverse their arrival first.", "")
    moves = _moves(session, movement)
    field = "to_store_id" if movement.kind == "arrival" else "store_id"
    own = _open_store(session, caller, movement.store_id, field)
    others = sorted({move.store_id for move in moves} - {own.id})
    stores = [own, *session.scalars(select(Store).where(Store.id.in_(others)))]
    levels = _take_levels(session, stores, sorted({move.item_id for move in moves}))
    undone = _document("reversal", own.id, caller, reverses_id=movement.id, to_store_id=movement.to_store_id, **words)
    return _write(session, undone, plan.plan_reversal(movement.kind, moves, levels))


def _open_store(session: Session, caller: Caller, store_id: int, field: str) -> Store:
    store = session.get(Store, store_id, with_for_update={"read": True})
    if store is None or not caller.sees_store(store_id):
        message = "There is no such store."
        raise errors.Invalid(message, errors=[FieldError(field, "unknown", message)])
    if not caller.may_write_store(store_id):
        raise errors.NotAllowed(f"Your role does not cover the store {store.code}. An administrator can grant it.")
    store.ensure_live()
    return store


def _destination(session: Session, source: Store, to_store_id: int | None) -> Store:
    if to_store_id == source.id:
        message = "A transfer goes to another store."
        raise errors.Invalid(message, errors=[FieldError("to_store_id", "same", message)])
    store = session.get(Store, to_store_id, with_for_update={"read": True})
    if store is None:
        message = "There is no such store."
        raise errors.Invalid(message, errors=[FieldError("to_store_id", "unknown", message)])
    store.ensure_live()
    return store


def _lock(session: Session, movement: Movement) -> None:
    session.execute(select(Movement.id).where(Movement.id == movement.id).with_for_update())


def _refuse_closed(session: Session, movement: Movement, arrived: str, reversed_: str) -> None:
    by = session.execute(select(ARRIVED_BY, REVERSED_BY).where(Movement.id == movement.id)).one()
    if by[0] is not None or by[1] is not None:
        raise errors.Closed(arrived if by[0] is not None else reversed_)


def _take_levels(session: Session, stores: Sequence[Store], items: Sequence[int]) -> dict[tuple[int, int], plan.Level]:
    negative = {store.id: store.allow_negative_stock for store in stores}
    keys = [(store_id, item_id) for store_id in sorted(negative) for item_id in items]
    rows = _levels(session, negative, items)
    if len(rows) < len(keys):
        there = {(row.store_id, row.item_id) for row in rows}
        missing = [{"store_id": store, "item_id": item} for store, item in keys if (store, item) not in there]
        insert_missing(session, Level, missing)
        rows = _levels(session, negative, items)
    return {
        (row.store_id, row.item_id): plan.Level(
            row.store_id,
            row.item_id,
            **{name: getattr(row, name) for name in _BALANCES},
            allow_negative=negative[row.store_id],
        )
        for row in rows
    }


def _levels(session: Session, stores: dict[int, bool], items: Sequence[int]) -> Sequence[Any]:
    level = _levels_table.c
    of_both = select(level.store_id, level.item_id, *(level[name] for name in _BALANCES)).where(
        level.store_id.in_(sorted(stores)), level.item_id.in_(items)
    )
    return session.execute(of_both.order_by(level.store_id, level.item_id).with_for_update()).all()


def _wanted(position: int, line: Line) -> plan.Wanted:
    expected, cost, price = (
        line.fields.get("expected_on_hand"),
        line.fields.get("unit_cost"),
        line.fields.get("unit_price"),
    )
    return plan.Wanted(
        position,
        line.item_id,
        scale(line.fields["quantity"], QUANTITY_PLACES),
        unit_cost=_units(cost),
        unit_price=_units(price),
        expected_on_hand=None if expected is None else scale(expected, QUANTITY_PLACES),
    )


def _units(money: Decimal | None) -> int | None:
    return None if money is None else scale(money, MONEY_PLACES)


def _document(kind: str, store_id: int, caller: Caller, occurred_at: datetime | None = None, **fields: Any) -> Movement:
    moment = clock.now()
    if occurred_at is not None and occurred_at > moment + CLOCK_SKEW:
        message = "It cannot lie in the future."
        raise errors.Invalid(message, errors=[FieldError("occurred_at", "in_the_future", message)])
    return Movement(
        kind=kind,
        store_id=store_id,
        recorded_at=moment,
        recorded_by=caller.user_id,
        occurred_at=occurred_at or moment,
        **fields,
    )


def _write(session: Session, movement: Movement, planned: plan.Plan) -> Movement:
    session.add(movement)
    session.flush()
    lines = [{name: getattr(move, name) for name in _MOVE} | {"movement_id": movement.id} for move in planned.moves]
    session.execute(insert(_lines_table), lines)
    levels = [
        {"store": level.store_id, "item": level.item_id, "now": movement.recorded_at}
        | {name: getattr(level, name) for name in _BALANCES}
        for level in planned.levels
    ]
    session.connection().execute(_MOVE_LEVEL, levels)
    return movement


def _moves(session: Session, movement: Movement) -> list[plan.Move]:
    of_document = _lines_table.c.movement_id == movement.id
    rows = session.execute(
        select(*(_lines_table.c[name] for name in _MOVE)).where(of_document).order_by(_lines_table.c.id)
    )
    return [plan.Move(*row) for row in rows]
