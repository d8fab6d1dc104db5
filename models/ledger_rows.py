"""The ledger's rows as the planner counts them: levels taken and moved, lines written and read, in whole units.

Of models/ledger.py alone.

On each level the times that lines count from follow the order in which they are recorded, whatever clocks do, so that
the level at a moment is what the last line before it left (models/levels_at.py). As a rule a line's time is its
document's. After a clock was set back, or on a server whose clock is behind another's, it is that of the line before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, String, bindparam, column, func, insert, select, table, update
from sqlalchemy.orm import Session

from common.database import insert_missing
from common.types import Milliseconds, Timestamp
from models import batch_rows, ledger_batches, plan
from models.batch_rows import Batches
from models.level import Level
from models.movement import LINE, Movement, lines_digest
from models.store import Store

CLOCKS_DIFFER = timedelta(seconds=10)
"""How far a document follows a level whose last line is from a clock ahead of this one; all its lines then have one
time. Further ahead a clock was wrong, and only that level's lines go on from there, not every level that they meet."""

_BALANCES = ("on_hand", "value", "in_transit", "transit_value", "last_cost")

# The same tables with their units as they are kept: the planner counts in whole numbers.
_MOVE = (*LINE, "value_after")
_lines_table = table(
    "movement_lines",
    *(column(name, BigInteger) for name in ("id", "movement_id", *_MOVE) if name != "place"),
    column("place", String),
    column("recorded_at", Milliseconds),
)
_levels_table = table(
    "levels",
    *(column(name, BigInteger) for name in ("store_id", "item_id", *_BALANCES)),
    column("created_at", Milliseconds),
    column("updated_at", Timestamp),
)
# MariaDB locks all that it reads on its way: one key for both, or two documents would meet head on.
_BY_KEY = "FORCE INDEX (uq_levels_store_id_item_id)"
_MOVE_LEVEL = (
    update(_levels_table)
    .with_hint(_BY_KEY, dialect_name="mariadb")
    .where(_levels_table.c.store_id == bindparam("store"), _levels_table.c.item_id == bindparam("item"))
    .values(
        created_at=func.coalesce(_levels_table.c.created_at, bindparam("now", type_=Milliseconds)),
        updated_at=bindparam("time"),
        **{name: bindparam(name) for name in _BALANCES},
    )
)


@dataclass(frozen=True, slots=True)
class Held:
    """Levels that are held until the transaction ends, and when each was last moved."""

    levels: dict[plan.Key, plan.Level]
    moved_at: dict[plan.Key, datetime]

    def moment(self, now: datetime) -> datetime:
        """Return the time of a document that moves them: now, or where that is a little earlier, the newest move."""
        newest = max(self.moved_at.values(), default=now)
        return newest if now < newest <= now + CLOCKS_DIFFER else now


def take_levels(session: Session, stores: Sequence[Store], items: Sequence[int]) -> Held:
    """Return the levels of some items in some stores, held until the transaction ends; new ones where none was."""
    negative = {store.id: store.allow_negative_stock for store in stores}
    keys = [(store_id, item_id) for store_id in sorted(negative) for item_id in items]
    rows = _levels(session, negative, items)
    if len(rows) < len(keys):
        there = {(row.store_id, row.item_id) for row in rows}
        missing = [{"store_id": store, "item_id": item} for store, item in keys if (store, item) not in there]
        insert_missing(session, Level, missing)
        rows = _levels(session, negative, items)
    levels = {
        (row.store_id, row.item_id): plan.Level(
            row.store_id,
            row.item_id,
            **{name: getattr(row, name) for name in _BALANCES},
            allow_negative=negative[row.store_id],
        )
        for row in rows
    }
    return Held(levels, {(row.store_id, row.item_id): row.updated_at for row in rows})


def _levels(session: Session, stores: dict[int, bool], items: Sequence[int]) -> Sequence[Any]:
    level = _levels_table.c
    of_both = select(level.store_id, level.item_id, level.updated_at, *(level[name] for name in _BALANCES)).where(
        level.store_id.in_(sorted(stores)), level.item_id.in_(items)
    )
    of_both = of_both.with_hint(_levels_table, _BY_KEY, "mariadb")
    return session.execute(of_both.order_by(level.store_id, level.item_id).with_for_update()).all()


def write(
    session: Session, movement: Movement, planned: plan.Plan, held: Held, batches: Batches | None = None
) -> Movement:
    """Add a document with its lines, and move the levels that it moves, and the batches where it moves any."""
    moves = [{name: getattr(move, name) for name in _MOVE} for move in planned.moves]
    movement.lines_digest = lines_digest([move[name] for name in LINE] for move in moves)
    movement.batches_digest = None if batches is None else ledger_batches.digest(planned.moves, batches)
    session.add(movement)
    session.flush()
    times = {key: max(movement.recorded_at, moved_at) for key, moved_at in held.moved_at.items()}
    of_all = {"movement_id": movement.id}
    lines = [move | of_all | {"recorded_at": times[move["store_id"], move["item_id"]]} for move in moves]
    session.execute(insert(_lines_table), lines)
    levels = [
        {"store": level.store_id, "item": level.item_id, "now": time, "time": time}
        | {name: getattr(level, name) for name in _BALANCES}
        for level in planned.levels
        for time in [times[level.store_id, level.item_id]]
    ]
    session.connection().execute(_MOVE_LEVEL, levels)
    if movement.batches_digest is not None and batches is not None:
        batch_rows.write(session, movement.id, planned.moves, batches)
    return movement


def moves_of(session: Session, documents: Sequence[int] | Select[Any]) -> list[plan.Move]:
    """Return what some documents moved, in the order in which it was recorded."""
    of_them = select(*(_lines_table.c[name] for name in _MOVE)).where(_lines_table.c.movement_id.in_(documents))
    return [plan.Move(*row) for row in session.execute(of_them.order_by(_lines_table.c.id))]
