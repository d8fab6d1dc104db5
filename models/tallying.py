"""How a stocktake is tallied: one step for each thing that somebody counted, and the way to count anew."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from common import errors
from common.access import Caller
from common.database import insert_missing
from common.errors import FieldError
from common.quantities import quantity_wire
from models.count import OPEN, Count
from models.counted import CountItem, Tally
from models.document_lines import Line, resolve
from models.item import Item
from models.ledger import open_level
from models.level import Level
from models.movement import ON_HAND, MovementLine

_PREFIX = "lines/0/"


def tally(session: Session, caller: Caller, count: Count, line: dict[str, Any]) -> Tally:
    """Add what was counted of an item, or take back (below zero) what was not there.

    Raises Closed, Invalid for an unknown item or a fraction of a whole piece, Refused where less than nothing would be
    left; and of an item that the stocktake neither lists nor has counted, Archived, and Refused where it is not in the
    scope or in another's hands.
    """
    count.ensure_open()
    found = _resolved(session, line)
    item_id, quantity = found.item_id, found.fields["quantity"]
    on_hand, last_line = _level(session, count.store_id, item_id)
    _refuse_foreign(session, count, item_id)
    row = _row(session, count, item_id, on_hand)
    counted = _sum(row, quantity)
    if row.counted is None:
        row.on_hand_first, row.moved_between = on_hand, False
    elif row.line_last != last_line:
        row.moved_between = True
    row.counted, row.on_hand_last, row.line_last, row.tallies = counted, on_hand, last_line, row.tallies + 1
    row.version += 1
    added = Tally(
        count_id=count.id,
        item_id=item_id,
        quantity=quantity,
        counted=counted,
        on_hand=on_hand,
        tallied_by=caller.user_id,
    )
    session.add(added)
    return added


def recount(session: Session, count: Count, line: dict[str, Any]) -> CountItem:
    """Let an item be counted anew: what was tallied of it counts no more; raises as `tally` does."""
    count.ensure_open()
    item_id = _resolved(session, line | {"quantity": Decimal(0)}).item_id
    on_hand, _ = _level(session, count.store_id, item_id)
    _refuse_foreign(session, count, item_id)
    row = _row(session, count, item_id, on_hand)
    row.counted, row.recounts, row.tallies, row.moved_between = None, row.recounts + 1, 0, False
    row.version += 1
    living = update(Tally).where(Tally.count_id == count.id, Tally.item_id == item_id, Tally.superseded.is_(False))
    session.execute(living.values(superseded=True))
    return row


def _resolved(session: Session, line: dict[str, Any]) -> Line:
    """Return the one line in the item's unit; what is wrong with it is told at the body's own fields."""
    try:
        (found,) = resolve(session, [line], also_archived=True)
    except errors.Invalid as invalid:
        raise errors.Invalid(errors=[_own(one) for one in invalid.errors]) from None
    return found


def _own(error: FieldError) -> FieldError:
    field = error.field.removeprefix(_PREFIX)
    return FieldError("item_id" if field == _PREFIX[:-1] else field, error.code, error.message, error.extra)


def _refuse_foreign(session: Session, count: Count, item_id: int) -> None:
    """Refuse what the stocktake may not take into its hands; what is there stays, whatever became of it since.

    The item's level is held meanwhile, so that no two stocktakes take it at once.
    """
    of_it = select(CountItem.count_id).join(Count, Count.id == CountItem.count_id)
    of_it = of_it.where(Count.store_id == count.store_id, Count.state == OPEN, CountItem.item_id == item_id)
    holders = session.scalars(of_it).all()
    if count.id in holders:
        return
    scope = count.categories(session)
    item = session.execute(select(Item.category_id, Item.archived_at).where(Item.id == item_id)).one()
    if scope is not None and item.category_id not in scope:
        raise _refused("not_counted", "This item is not in the category that is counted.")
    if holders:
        message = f"Stocktake {holders[0]}, which is open, counts this item."
        raise _refused("counted_elsewhere", message, count_id=holders[0])
    if item.archived_at is not None:
        message = "This item is archived. Restore it first."
        raise errors.Archived(message, errors=[FieldError("item_id", "archived", message)])


def _refused(code: str, message: str, **extra: int) -> errors.Refused:
    return errors.Refused(message, errors=[FieldError("item_id", code, message, extra or None)])


def _level(session: Session, store_id: int, item_id: int) -> tuple[Decimal, int]:
    """Return the level and the last line that made it, and let nobody move or count it until the tally stands."""
    open_level(session, store_id, item_id)
    of_it = Level.store_id == store_id, Level.item_id == item_id
    on_hand: Decimal = session.scalars(select(Level.on_hand).where(*of_it).with_for_update()).one()
    lines = MovementLine.store_id == store_id, MovementLine.item_id == item_id, MovementLine.place == ON_HAND
    return on_hand, session.scalar(select(func.max(MovementLine.id)).where(*lines)) or 0


def _row(session: Session, count: Count, item_id: int, on_hand: Decimal) -> CountItem:
    """Return the item's row in the stocktake, held until the tally stands."""
    new = {"count_id": count.id, "item_id": item_id, "on_hand_first": on_hand, "on_hand_last": on_hand}
    insert_missing(session, CountItem, [new])
    of_it = select(CountItem).where(CountItem.count_id == count.id, CountItem.item_id == item_id)
    return session.scalars(of_it.with_for_update(), execution_options={"populate_existing": True}).one()


def _sum(row: CountItem, quantity: Decimal) -> Decimal:
    before = row.counted or Decimal(0)
    if before + quantity < 0:
        there = quantity_wire(int(before * 1000))
        message = f"Only {there} were tallied; no more can be taken back."
        raise errors.Refused(message, errors=[FieldError("quantity", "too_small", message, {"counted": there})])
    return before + quantity
