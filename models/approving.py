"""How a stocktake ends in the stock: its differences become one adjustment, or none.

1. A difference is added to the level of this moment. What a level cannot lose is refused, each item by its name;
   nothing is clamped.
2. What nobody counted is, if approval says so, taken for gone since the opening: what stood there then, but no more
   than stood there at any time since, for what went out was there. What came in since stays, and a level that was
   below zero at the opening is taken for nothing as well.
3. Goods are there or not, whatever the catalogue says: archived items are posted like others.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common import errors
from common.access import Caller
from common.errors import FieldError
from models import ledger
from models.count import APPROVED, ZEROED, Count
from models.counted import CountItem
from models.item import Item
from models.movement import ON_HAND, MovementLine

REASON = "stocktake"
_LEFT = "Of some items less is left than was missing. Have them counted again."
_SHORT = "{requested} fewer than expected were counted, and only {available} are left. Count it again."


def approve(
    session: Session, caller: Caller, count: Count, *, uncounted: str, beyond_tolerance: bool, reference: str | None
) -> Count:
    """Post the differences.

    Raises Closed; Refused while items await a recount or lie beyond the tolerance; what models/ledger.py, post, raises,
    with items in the place of lines.
    """
    count.ensure_open(alone=True)
    counted = _items(session, count, CountItem.counted.is_not(None))
    missed = _items(session, count, CountItem.counted.is_(None), CountItem.listed) if uncounted == ZEROED else []
    _refuse_unsettled(session, count, [] if beyond_tolerance else counted)
    differences = {one.item_id: one.difference for one in counted if one.difference}
    if missed:
        levels = ledger.hold(session, count.store_id, [*differences, *(one.item_id for one in missed)])
        lowest = levels | _lowest(session, count)
        differences |= {one.item_id: _gone(one.on_hand_last, lowest[one.item_id]) for one in missed}
    lines = [{"item_id": item_id, "quantity": moved} for item_id, moved in sorted(differences.items()) if moved]
    if lines:
        said = {"reason": REASON, "reference": reference or f"count {count.id}", "note": count.note}
        count.assign({"movement_id": _posted(session, caller, count, lines, said)})
    return count.close(APPROVED, caller)


def _lowest(session: Session, count: Count) -> dict[int, Decimal]:
    """Return the lowest level since the opening of what nobody counted and what moved."""
    moved = select(MovementLine.item_id, func.min(MovementLine.on_hand_after))
    moved = moved.join(CountItem, CountItem.item_id == MovementLine.item_id).where(
        CountItem.count_id == count.id,
        CountItem.counted.is_(None),
        CountItem.line_last > 0,  # one that was opened by an earlier release does not know where its time begins
        MovementLine.id > CountItem.line_last,
        MovementLine.store_id == count.store_id,
        MovementLine.place == ON_HAND,
    )
    found = session.execute(moved.group_by(MovementLine.item_id))
    return {item_id: lowest for item_id, lowest in found}  # noqa: C416 - a row is more than a pair


def _gone(stood: Decimal, lowest: Decimal) -> Decimal:
    """Return by how much a level is changed that was wrong by all that it said at the opening."""
    return -stood if stood < 0 else -min(stood, max(lowest, Decimal(0)))


def _posted(session: Session, caller: Caller, count: Count, lines: list[dict[str, Any]], said: dict[str, Any]) -> int:
    try:
        of_store: dict[str, Any] = {"kind": "adjustment", "store_id": count.store_id, "also_archived": True}
        return ledger.post(session, caller, **of_store, lines=lines, **said).id
    except (errors.Refused, errors.Invalid) as refusal:
        # The request has no lines, and nothing in it is wrong: the items stand otherwise than when they were counted.
        kind = errors.Refused if isinstance(refusal, errors.Invalid) else type(refusal)
        detail = _LEFT if isinstance(refusal, errors.InsufficientStock) else refusal.detail
        raise kind(detail, errors=_of_items(session, lines, refusal.errors)) from None


def _of_items(session: Session, lines: list[dict[str, Any]], told: Sequence[FieldError]) -> list[FieldError]:
    """Return what is told of lines as told of their items."""
    places = [one.field.split("/") for one in told]
    items = [lines[int(place[1])]["item_id"] if place[0] == "lines" else None for place in places]
    named = _names(session, [item for item in items if item is not None])
    return [one if item is None else _of_item(named[item], one) for item, one in zip(items, told, strict=True)]


def _of_item(name: dict[str, Any], told: FieldError) -> FieldError:
    extra = told.extra or {}
    message = _SHORT.format(**extra) if told.code == "insufficient" else told.message
    return FieldError(_field(name), told.code, message, name | extra)


def _field(name: dict[str, Any]) -> str:
    return f"items/{name['item_id']}"


def _names(session: Session, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    found = session.execute(select(Item.id, Item.sku, Item.name).where(Item.id.in_(item_ids)))
    return {id_: {"item_id": id_, "sku": sku, "name": name} for id_, sku, name in found}


def _items(session: Session, count: Count, *which: Any) -> Sequence[CountItem]:
    of_it = select(CountItem).where(CountItem.count_id == count.id, *which)
    return session.scalars(of_it.order_by(CountItem.item_id)).all()


def _refuse_unsettled(session: Session, count: Count, counted: Sequence[CountItem]) -> None:
    waiting = _items(session, count, CountItem.counted.is_(None), CountItem.recounts > 0)
    if waiting:
        told = _each(session, waiting, "recount", "It is to be counted again.")
        raise errors.Refused("Some items are to be counted again first.", errors=told)
    limit = count.tolerance
    far = [] if limit is None else [one for one in counted if not one.recounts and abs(one.difference) > limit]
    if far:
        raise errors.Refused(
            "Some differences are beyond the tolerance. Have these items counted again, or approve with "
            "`beyond_tolerance`.",
            errors=_each(session, far, "beyond_tolerance", "The difference is beyond the tolerance."),
        )


def _each(session: Session, items: Sequence[CountItem], code: str, message: str) -> list[FieldError]:
    named = _names(session, [one.item_id for one in items])
    return [FieldError(_field(named[one.item_id]), code, message, named[one.item_id]) for one in items]
