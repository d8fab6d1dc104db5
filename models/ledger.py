"""The ledger, second tier: post. The only writer of stock; models/plan.py decides what, this has it written.

1. A document, its lines and the levels they move stand or fall together, in the caller's transaction.
2. Levels are taken in the order of store and item, so that two documents never wait for each other in a circle.
3. Balances follow the order of recording; `occurred_at` is for reports and never lies in the future.
4. A document's time is taken once its levels are held, so that on each level times follow the order of recording.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common import clock, errors
from common.access import Caller
from common.database import insert_missing
from common.errors import FieldError
from common.gathering import gathered
from common.quantities import QUANTITY_PLACES
from models import ledger_batches, plan
from models.document_lines import resolve, resolve_of
from models.ledger_rows import Held, moves_of, take_levels, write
from models.level import Level
from models.movement import REVERSED_BY, SETTLED_BY, Movement, in_force
from models.plan_transfers import plan_outcome, still_under_way
from models.store import Store, open_store

CLOCK_SKEW = timedelta(seconds=10)  # a till whose clock runs a little ahead is no reason to refuse a sale


def post(
    session: Session,
    caller: Caller,
    *,
    kind: str,
    store_id: int,
    lines: Sequence[dict[str, Any]],
    to_store_id: int | None = None,
    occurred_at: datetime | None = None,
    also_archived: bool = False,
    **words: str | None,
) -> Movement:
    """Record a document; `words` are its reference, note and reason.

    `also_archived` lets it name items that are put away, for goods that are there or not whatever the catalogue says.

    Raises Invalid for what is unknown and for batches that are to be named or are not, NotAllowed for a store that is
    not the caller's, Archived, InsufficientStock with what is available, UnexpectedLevel, OutOfRange.
    """
    *stores, found = gathered(
        lambda: open_store(session, caller, store_id, "store_id"),
        *([lambda: _destination(session, store_id, to_store_id)] if kind == "transfer" else []),
        lambda: resolve(session, lines, also_archived=also_archived),
    )
    ledger_batches.refuse_names(kind, found)
    held = take_levels(session, stores, sorted({line.item_id for line in found}))
    draft = plan.drafted(
        kind,
        [line.wanted(position) for position, line in enumerate(found)],
        held.levels,
        store_id=store_id,
        to_store_id=to_store_id,
        fallback_costs={line.item_id: line.fallback_cost for line in found},
    )
    batches = ledger_batches.of_lines(session, found, draft)
    planned = draft.finish(plan.SHORT)
    movement = _document(kind, store_id, caller, held, occurred_at, to_store_id=to_store_id, **words)
    return write(session, movement, planned, held, batches)


def arrive(session: Session, caller: Caller, transfer: Movement, **fields: Any) -> Movement:
    """Record what came of a transfer: its `lines`, or all that is still on its way; see `_follow`."""
    return _follow(session, caller, transfer, "arrival", transfer.to_store_id or 0, **fields)


def lose(session: Session, caller: Caller, transfer: Movement, **fields: Any) -> Movement:
    """Record what of a transfer will never come, with the reason; see `_follow`."""
    return _follow(session, caller, transfer, "loss", transfer.to_store_id or 0, **fields)


def recall(session: Session, caller: Caller, transfer: Movement, **fields: Any) -> Movement:
    """Record that goods on their way go back to where they came from; see `_follow`."""
    both = fields | {"to_store_id": transfer.to_store_id}  # it moves what is on its way there, and is seen there
    return _follow(session, caller, transfer, "recall", transfer.store_id, **both)


def _follow(
    session: Session,
    caller: Caller,
    transfer: Movement,
    kind: str,
    store_id: int,
    *,
    lines: Sequence[dict[str, Any]] | None = None,
    **words: Any,
) -> Movement:
    """Record what became of goods on their way.

    Raises as `refuse_elsewhere`; Archived; Invalid for lines of what the transfer does not hold; Closed where nothing
    is on its way any more; InsufficientStock with what is.
    """
    refuse_elsewhere(caller, store_id)
    _lock(session, transfer.id)
    store = _live(session, store_id)
    moves = [*moves_of(session, [transfer.id]), *moves_of(session, in_force(transfer.id))]
    asked = None if lines is None else resolve_of(session, lines, {move.item_id for move in moves})
    left = [] if _is_reversed(session, transfer) else still_under_way(moves)
    if not left:
        raise errors.Closed("Nothing of this transfer is on its way any more.")
    tracked = ledger_batches.tracked(session, {move.item_id for move in left})
    held = take_levels(session, _with_others(session, store, left), sorted({move.item_id for move in left}))
    planned = plan_outcome(
        left,
        held.levels,
        shelf=None if kind == "loss" else store_id,
        asked=None if asked is None else [line.wanted(position) for position, line in enumerate(asked)],
    )
    batches = ledger_batches.of_outcome(session, transfer.id, left, planned.moves, tracked)
    document = _document(kind, store_id, caller, held, transfer_id=transfer.id, **words)
    return write(session, document, planned, held, batches)


def reverse(session: Session, caller: Caller, movement: Movement, **words: Any) -> Movement:
    """Record the opposite of a document.

    Raises as `refuse_elsewhere`; AlreadyReversed; Refused for a reversal, Closed for a transfer of which something
    arrived, was lost or was recalled; Archived, InsufficientStock.
    """
    refuse_elsewhere(caller, movement.store_id)
    if movement.transfer_id is not None:  # before the document itself: so everybody takes the two in one order
        _lock(session, movement.transfer_id)
    _lock(session, movement.id)
    if movement.kind == "reversal":
        raise errors.Refused("A reversal is not reversed. Record the document anew instead.")
    if _is_reversed(session, movement):
        raise errors.AlreadyReversed("This document was reversed before.")
    if session.scalar(select(SETTLED_BY).where(Movement.id == movement.id)) is not None:
        raise errors.Closed("Goods of this transfer arrived, were lost or were recalled. Reverse that first.")
    own = _live(session, movement.store_id)
    moves = moves_of(session, [movement.id])
    tracked = ledger_batches.tracked(session, {move.item_id for move in moves})
    held = take_levels(session, _with_others(session, own, moves), sorted({move.item_id for move in moves}))
    planned = plan.plan_reversal(movement.kind, moves, held.levels)
    batches = ledger_batches.of_reversal(session, movement, planned.moves, tracked)
    names: dict[str, Any] = {name: getattr(movement, name) for name in ("transfer_id", "to_store_id")}
    undone = _document("reversal", own.id, caller, held, reverses_id=movement.id, **names, **words)
    return write(session, undone, planned, held, batches)


def refuse_elsewhere(caller: Caller, store_id: int) -> None:
    """Refuse a change of a document of this store: NotFound where it is hidden from the caller, or NotAllowed."""
    if not caller.sees_store(store_id):
        raise errors.NotFound("There is no such row.")
    if not caller.may_write_store(store_id):
        raise errors.NotAllowed("Your role does not cover this store. An administrator can grant it.")


def open_level(session: Session, store_id: int, item_id: int) -> None:
    """See to it that stock has a row of the item in the store: a level of zero where nothing ever moved."""
    now = clock.now()
    row = {"store_id": store_id, "item_id": item_id, "created_at": now, "updated_at": now}
    insert_missing(session, Level, [row])


def hold(session: Session, store_id: int, item_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what is on hand of some items, which nobody else moves until the transaction ends."""
    held = take_levels(session, [session.get_one(Store, store_id)], sorted(item_ids))
    return {item: Decimal(level.on_hand).scaleb(-QUANTITY_PLACES) for (_, item), level in held.levels.items()}


def _destination(session: Session, store_id: int, to_store_id: int | None) -> Store:
    if to_store_id == store_id:
        message = "A transfer goes to another store."
        raise errors.Invalid(message, errors=[FieldError("to_store_id", "same", message)])
    store = session.get(Store, to_store_id, with_for_update={"read": True})
    if store is None:
        message = "There is no such store."
        raise errors.Invalid(message, errors=[FieldError("to_store_id", "unknown", message)])
    store.ensure_live()
    return store


def _live(session: Session, store_id: int) -> Store:
    store = session.get_one(Store, store_id, with_for_update={"read": True})
    store.ensure_live()
    return store


def _with_others(session: Session, own: Store, moves: Sequence[plan.Move]) -> list[Store]:
    """Return a document's own store and those that it moves besides; goods may come back onto the way to them."""
    return [own, *(_live(session, store_id) for store_id in sorted({move.store_id for move in moves} - {own.id}))]


def _lock(session: Session, movement_id: int) -> None:
    session.execute(select(Movement.id).where(Movement.id == movement_id).with_for_update())


def _is_reversed(session: Session, movement: Movement) -> bool:
    return session.scalar(select(REVERSED_BY).where(Movement.id == movement.id)) is not None


def _document(
    kind: str, store_id: int, caller: Caller, held: Held, occurred_at: datetime | None = None, **fields: Any
) -> Movement:
    moment = clock.now()
    if occurred_at is not None and occurred_at > moment + CLOCK_SKEW:
        message = "It cannot lie in the future."
        raise errors.Invalid(message, errors=[FieldError("occurred_at", "in_the_future", message)])
    return Movement(
        kind=kind,
        store_id=store_id,
        recorded_at=held.moment(moment),
        recorded_by=caller.user_id,
        occurred_at=occurred_at or moment,
        **fields,
    )
