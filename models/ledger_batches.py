"""What documents do to batches: found by what lines name, or by what an earlier document moved.

Of models/ledger.py and models/ledger_rows.py alone; which of them move is decided in models/plan_batches.py. A document
whose items track none costs no statement here, but for one look at the items of what follows another document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common import errors
from common.errors import FieldError
from models import batch_rows, plan_batches
from models.batch_rows import Batches, Name
from models.document_lines import Line
from models.item import Item
from models.movement import ON_HAND, Movement, lines_digest
from models.plan import Draft, Move

NAMES = ("lot", "expires_on")


def refuse_names(kind: str, lines: Sequence[Line]) -> None:
    """Raise Invalid for lines that name a batch of an item that tracks none, or of a receipt that name none of one."""
    problems = [
        FieldError(f"lines/{position}/{name}", code, message)
        for position, line in enumerate(lines)
        for name, code, message in misnamed(kind, line.fields, tracks_batches=line.tracks_batches)
    ]
    if problems:
        raise errors.Invalid(errors=problems)


def misnamed(kind: str, fields: Mapping[str, Any], *, tracks_batches: bool) -> list[tuple[str, str, str]]:
    """Return what is wrong with the batch that one line names, or does not: each field, its code and its message."""
    said = [name for name in NAMES if fields.get(name) is not None]
    if said and not tracks_batches:
        message = "This item tracks no batches. A manager can have it track them."
        return [(name, "no_batches", message) for name in said]
    if tracks_batches and kind == "receipt" and not said:
        message = "This item tracks batches: name the lot, the day that it expires on, or both."
        return [("lot", "required", message)]
    return []


def tracked(session: Session, items: Collection[int]) -> set[int]:
    """Return which of these items track batches. They go on until the transaction ends: whoever ends it waits."""
    those = select(Item.id).where(Item.id.in_(items), Item.tracks_batches).order_by(Item.id)
    return set(session.scalars(those.with_for_update(read=True)))


def of_lines(session: Session, lines: Sequence[Line], draft: Draft) -> Batches | None:
    """Return what a document of one's own does to batches; None where none of its items tracks them.

    The draft is told of the lines whose batches hold less than is asked of them.
    """
    items = {line.item_id for line in lines if line.tracks_batches}
    if not items:
        return None
    said = {position: _name(line) for position, line in enumerate(lines) if line.tracks_batches}
    names = {position: name for position, name in said.items() if name is not None}
    coming = {move.position for move in draft.moves if move.place == ON_HAND and move.quantity > 0} & names.keys()
    found = batch_rows.standing(session, draft.moves, items)
    meant = batch_rows.brought(session, {names[position] for position in coming})
    found.known |= {one.id: one for one in meant.values()}
    named = {
        position: [meant[name].id]
        if position in coming
        else [id_ for id_, one in found.known.items() if name.means(one)]
        for position, name in names.items()
    }
    found.moved = plan_batches.plan_batches(draft, found.shelves(), named)
    return found


def of_outcome(
    session: Session, transfer_id: int, left: Sequence[Move], moves: Sequence[Move], items: Collection[int]
) -> Batches | None:
    """Return what an arrival, a loss or a recall does to batches; `left` is what is on its way, before it."""
    if not items:
        return None
    found = batch_rows.standing(session, moves, items)
    parts = batch_rows.under_way(session, transfer_id, items, found)
    whole = {move.position: (move.quantity, parts.get(move.position, {})) for move in left}
    found.moved = plan_batches.plan_outcome_batches(moves, found.shelves(), whole)
    return found


def of_reversal(session: Session, document: Movement, moves: Sequence[Move], items: Collection[int]) -> Batches | None:
    """Return what a reversal of a document does to batches of the items that (still) track them."""
    if not items:
        return None
    found = batch_rows.standing(session, moves, items)
    undone = batch_rows.of_document(session, document, items, found)
    sent = document.kind == "transfer" and any(undone)
    under_way = batch_rows.under_way(session, document.id, items, found) if sent else {}
    found.moved = plan_batches.plan_reversal_batches(moves, found.shelves(), undone, under_way)
    return found


def _name(line: Line) -> Name | None:
    lot, expires_on = (line.fields.get(name) for name in NAMES)
    if lot is None and expires_on is None:
        return None
    return Name(line.item_id, lot, None if expires_on is None else expires_on.isoformat())


def digest(moves: Sequence[Move], batches: Batches) -> str | None:
    """Return what a document's row vouches for its moves of batches by; None where it moves none."""
    told = [
        [move.position, move.place, move.store_id, move.item_id, one.lot, one.expires_on, quantity]
        for move, parts in zip(moves, batches.moved, strict=True)
        for one, quantity in ((batches.known[id_], quantity) for id_, quantity in parts.items())
    ]
    return lines_digest(told) if told else None
