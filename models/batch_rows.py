"""Batches as the ledger reads and writes them, in whole units, under the locks of the levels that they are part of.

Of models/ledger_batches.py alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, String, and_, bindparam, column, insert, or_, select, table, update
from sqlalchemy.orm import Session

from common.database import insert_first, insert_missing
from models import plan_batches
from models.batch import Batch, BatchLevel, batch_key, lot_key
from models.movement import IN_TRANSIT, ON_HAND, Movement
from models.plan import Key, Move
from models.plan_batches import Moved, Parts, Shelves

# The tables with their units as they are kept, as in models/ledger_rows.py.
_batches = table(
    "batches",
    *(column(name, BigInteger) for name in ("id", "item_id")),
    *(column(name, String) for name in ("lot", "lot_key", "expires_on")),
)
_PLACES = (ON_HAND, IN_TRANSIT)
_LEVEL = ("store_id", "item_id", "batch_id")
_levels = table("batch_levels", *(column(name, BigInteger) for name in (*_LEVEL, *_PLACES)))
_moves = table(
    "batch_moves", *(column(name, BigInteger) for name in ("id", "movement_line_id", "batch_id", "quantity"))
)
_lines = table(
    "movement_lines",
    *(column(name, BigInteger) for name in ("id", "movement_id", "position", "item_id")),
    column("place", String),
)
_MOVE_LEVEL = (
    update(_levels)
    .where(*(_levels.c[name] == bindparam(f"its_{name}") for name in _LEVEL))
    .values({_levels.c[place]: _levels.c[place] + bindparam(f"more_{place}") for place in _PLACES})
)


class Known(NamedTuple):
    """A batch; `expires_on` as text, such as 2026-11-30."""

    id: int
    item_id: int
    lot: str | None
    lot_key: str
    expires_on: str | None


class Name(NamedTuple):
    """What a line says of its batch; a part that it leaves out is None."""

    item_id: int
    lot: str | None
    expires_on: str | None

    def means(self, one: Known) -> bool:
        """Tell whether goods of a batch are what is asked for."""
        lot = self.lot is None or lot_key(self.lot) == one.lot_key
        return self.item_id == one.item_id and lot and self.expires_on in {None, one.expires_on}


@dataclass(slots=True)
class Batches:
    """The batches that a document speaks of, what of them stands on its shelves, and what its moves do to them."""

    known: dict[int, Known] = field(default_factory=dict)
    on_hand: dict[Key, Parts] = field(default_factory=lambda: defaultdict(dict))
    moved: Moved = field(default_factory=list)

    def shelves(self) -> Shelves:
        """Return the shelves for a plan; to be asked once all that it speaks of is known."""
        batches = [plan_batches.Batch(one.id, one.expires_on) for one in self.known.values()]
        return Shelves(batches, self.on_hand)


def standing(session: Session, moves: Sequence[Move], items: Collection[int]) -> Batches:
    """Return the batches of some items that stand on the shelves that a document moves."""
    found = Batches()
    stores = {move.store_id for move in moves if move.place == ON_HAND}
    columns = (*(_batches.c[name] for name in Known._fields), _levels.c.store_id, _levels.c.on_hand)
    there = select(*columns).join_from(_levels, _batches, _batches.c.id == _levels.c.batch_id)
    here = _levels.c.store_id.in_(sorted(stores)), _levels.c.item_id.in_(sorted(items)), _levels.c.on_hand > 0
    for row in session.execute(there.where(*here)):
        one = Known(*row[: len(Known._fields)])
        found.known[one.id] = one
        found.on_hand[row.store_id, one.item_id][one.id] = row.on_hand
    return found


def brought(session: Session, names: Iterable[Name]) -> dict[Name, Known]:
    """Return the batch that each name is of, made where there was none.

    A name without a day is of the batch of its lot that has none, or else of the one that has a day, where that is the
    only one of this lot: a second delivery need not say again when the lot expires.
    """
    wanted = sorted(set(names), key=lambda name: (name.item_id, batch_key(name.lot, name.expires_on)))
    if not wanted:
        return {}
    found = _alike(session, wanted)
    missing = [name for name in wanted if _meant(name, found) is None]
    for name in missing:
        row = {"item_id": name.item_id, "lot": name.lot, "expires_on": name.expires_on}
        keys = {"lot_key": lot_key(name.lot), "batch_key": batch_key(name.lot, name.expires_on)}
        insert_first(session, Batch, row | keys)
    found = _alike(session, wanted) if missing else found
    return {name: one for name in wanted if (one := _meant(name, found)) is not None}


def _alike(session: Session, names: Sequence[Name]) -> list[Known]:
    """Return every batch of the lots that are named, of goods without a lot those of the same days."""
    of_lots = and_(
        _batches.c.item_id.in_({name.item_id for name in names}),
        _batches.c.lot_key.in_({lot_key(name.lot) for name in names}),
        or_(_batches.c.lot_key != "", _batches.c.expires_on.in_({name.expires_on or "" for name in names})),
    )
    columns = (_batches.c[name] for name in Known._fields)
    return [Known(*row) for row in session.execute(select(*columns).where(of_lots).order_by(_batches.c.id))]


def _meant(name: Name, known: Sequence[Known]) -> Known | None:
    alike = [one for one in known if one.item_id == name.item_id and one.lot_key == lot_key(name.lot)]
    exact = next((one for one in alike if one.expires_on == name.expires_on), None)
    return alike[0] if exact is None and name.expires_on is None and len(alike) == 1 else exact


def moved(session: Session, which: Any, items: Collection[int], found: Batches) -> Sequence[Any]:
    """Return what some lines moved of batches of some items, in order, and note these batches as found."""
    columns = (_moves.c.movement_line_id, _moves.c.batch_id, _moves.c.quantity, _lines.c.position, _lines.c.place)
    of_them: Select[Any] = (
        select(*columns, *(_batches.c[name] for name in Known._fields))
        .join_from(_lines, _moves, _moves.c.movement_line_id == _lines.c.id)
        .join(_batches, _batches.c.id == _moves.c.batch_id)
        .where(which, _lines.c.item_id.in_(sorted(items)))
    )
    rows = session.execute(of_them.order_by(_moves.c.id)).all()
    found.known |= {row.batch_id: Known(*row[len(columns) :]) for row in rows}
    return rows


def under_way(session: Session, transfer_id: int, items: Collection[int], found: Batches) -> dict[int, Parts]:
    """Return what is on its way of each line of a transfer, by position: the sum of what it and its outcomes moved."""
    family = select(Movement.id).where(or_(Movement.id == transfer_id, Movement.transfer_id == transfer_id))
    on_their_way = and_(_lines.c.movement_id.in_(family), _lines.c.place == IN_TRANSIT)
    left: dict[int, Parts] = defaultdict(lambda: defaultdict(int))
    for row in moved(session, on_their_way, items, found):
        left[row.position][row.batch_id] += row.quantity
    return left


def of_document(session: Session, document: Movement, items: Collection[int], found: Batches) -> list[Parts]:
    """Return what each of a document's lines moved of batches, in their order; and note these batches as found."""
    of_line: dict[int, Parts] = defaultdict(dict)
    if document.batches_digest is not None:
        for row in moved(session, _lines.c.movement_id == document.id, items, found):
            of_line[row.movement_line_id][row.batch_id] = row.quantity
    return [of_line[id_] for id_ in _ids(session, document.id)]


def _ids(session: Session, movement_id: int) -> Sequence[int]:
    of_it = select(_lines.c.id).where(_lines.c.movement_id == movement_id)
    return session.scalars(of_it.order_by(_lines.c.id)).all()


def write(session: Session, movement_id: int, moves: Sequence[Move], batches: Batches) -> None:
    """Write what a document's lines, which are written, move of batches."""
    rows, sums = [], dict[tuple[int, int, int], dict[str, int]]()
    for line_id, move, parts in zip(_ids(session, movement_id), moves, batches.moved, strict=True):
        for id_, quantity in parts.items():
            rows.append({"movement_line_id": line_id, "batch_id": id_, "quantity": quantity})
            both = sums.setdefault((move.store_id, move.item_id, id_), dict.fromkeys(_PLACES, 0))
            both[move.place] += quantity
    session.execute(insert(_moves), rows)
    fresh = [key for key in sorted(sums) if key[2] not in batches.on_hand[key[:2]]]
    insert_missing(session, BatchLevel, [dict(zip(_LEVEL, key, strict=True)) for key in fresh])
    changed = [
        {f"its_{name}": id_ for name, id_ in zip(_LEVEL, key, strict=True)}
        | {f"more_{place}": sums[key][place] for place in _PLACES}
        for key in sorted(sums)
    ]
    session.connection().execute(_MOVE_LEVEL, changed)
