"""A stocktake: what people count, held against the levels, and posted as one document.

1. An item's difference is the sum of its tallies less its level at the last of them. It is added to the level of the
   moment of approval, so that what is sold or received while the shop is counted is no error.
2. Two stocktakes whose scopes overlap are never open together in a store: the second is refused.
3. An item of a store is in the hands of one open stocktake: the first that listed or counted it. It stays there until
   that one is closed, whatever becomes of its category meanwhile; others neither list nor count it.
4. Only an open one is tallied, recounted, approved or abandoned; nothing is changed in it afterwards.
5. Approval is told in models/approving.py, tallying in models/tallying.py.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import Boolean, ForeignKey, Index, String, and_, func, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock, errors
from common.access import Caller
from common.database import db, refusals
from common.errors import FieldError
from common.types import QuantityType, Timestamp
from models.category import Category
from models.counted import CountItem
from models.item import Item
from models.level import Level
from models.movement import MovementLine
from models.row import ID, InStore, Row, unknown
from models.store import Store, open_store

OPEN, APPROVED, ABANDONED = STATES = ("open", "approved", "abandoned")
LEFT, ZEROED = UNCOUNTED = ("left", "zeroed")


class Count(InStore, Row, db.Model):
    """A stocktake of a store, or of a category in it with all below it."""

    __tablename__ = "counts"
    __table_args__ = (
        Index("uq_counts_open_scope", "open_scope", unique=True),
        Index("ix_counts_store_id_id", "store_id", "id"),
    )
    title = "stocktake"
    unrecorded = frozenset({"open_scope"})

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    blind: Mapped[bool] = mapped_column(Boolean, default=False)
    tolerance: Mapped[Decimal | None] = mapped_column(QuantityType)
    note: Mapped[str | None] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    open_scope: Mapped[str | None] = mapped_column(String(41))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"))

    @classmethod
    def begin(cls, session: Session, caller: Caller, *, store_id: int, category_id: int | None, **fields: Any) -> Self:
        """Open a stocktake and list what stands in its scope.

        Raises Invalid for an unknown store or category, NotAllowed, Archived, and CountOpen where another is open.
        """
        session.execute(select(Store.id).where(Store.id == store_id).with_for_update())  # one opening after the other
        open_store(session, caller, store_id, "store_id")
        count = cls(store_id=store_id, category_id=category_id, opened_by=caller.user_id, **fields)
        scope = count.categories(session)
        _refuse_overlap(session, store_id, scope)
        count.open_scope = f"{store_id}:{category_id or ''}"
        session.add(count)
        session.flush()
        _list(session, count, scope)
        return count

    def categories(self, session: Session) -> frozenset[int] | None:
        """Return the categories in its scope; None for the whole store."""
        if self.category_id is None:
            return None
        if session.get(Category, self.category_id) is None:
            raise unknown("category_id", "category")
        return _below(session, self.category_id)

    def ensure_open(self, *, alone: bool = False) -> None:
        """Hold it open until the transaction ends, `alone` or beside others; raises Closed where it is not.

        Its store is held first, so that no other is opened while this one takes an item into its hands.
        """
        self.session.execute(select(Store.id).where(Store.id == self.store_id).with_for_update(read=True))
        self.session.refresh(self, with_for_update={"read": not alone})
        if self.state != OPEN:
            raise errors.Closed(f"This stocktake is {self.state}.")

    def abandon(self, caller: Caller) -> Self:
        """End it without a trace in the stock; what was tallied can still be read."""
        self.ensure_open(alone=True)
        return self.close(ABANDONED, caller)

    def close(self, state: str, caller: Caller) -> Self:
        """End it in a state, while it is held alone."""
        self.assign({"state": state, "open_scope": None, "closed_by": caller.user_id, "closed_at": clock.now()})
        return self


def _below(session: Session, category_id: int) -> frozenset[int]:
    found, last = {category_id}, [category_id]
    while last:
        last = list(session.scalars(select(Category.id).where(Category.parent_id.in_(last), Category.id.not_in(found))))
        found.update(last)
    return frozenset(found)


def _refuse_overlap(session: Session, store_id: int, scope: frozenset[int] | None) -> None:
    for other in session.scalars(select(Count).where(Count.store_id == store_id, Count.state == OPEN)):
        theirs = other.categories(session)
        if scope is None or theirs is None or scope & theirs:
            message = f"Stocktake {other.id} of this store is open and counts the same items."
            raise errors.InUse(message, errors=[FieldError("store_id", "open", message, {"count_id": other.id})])


def _list(session: Session, count: Count, scope: frozenset[int] | None) -> None:
    """List what stands in the scope and in no other stocktake's hands.

    What stands at nothing is left out: nobody is sent to look for it.
    """
    others = select(CountItem.item_id).join(Count, Count.id == CountItem.count_id)
    others = others.where(Count.store_id == count.store_id, Count.state == OPEN, CountItem.item_id == Level.item_id)
    there = and_(Level.store_id == count.store_id, Level.on_hand != 0, ~others.exists())
    here = there if scope is None else and_(there, Item.category_id.in_(sorted(scope)))
    last = session.scalar(select(func.max(MovementLine.id)).where(MovementLine.store_id == count.store_id))
    line = literal(last or 0, ID)  # nothing moves here while the store is held
    columns = ("count_id", "item_id", "listed", "on_hand_first", "on_hand_last", "line_last", *_NONE_YET)
    rows = select(
        literal(count.id), Level.item_id, literal(value=True), Level.on_hand, Level.on_hand, line, *_none_yet()
    )
    listed = rows.join(Item, Item.id == Level.item_id).where(here)
    session.execute(insert(CountItem).from_select(columns, listed, include_defaults=False))


_NONE_YET = ("moved_between", "tallies", "recounts", "version", "created_at", "updated_at")


def _now() -> list[Any]:
    return [literal(clock.now(), Timestamp)] * 2


def _none_yet() -> list[Any]:
    return [literal(value=False), literal(0), literal(0), literal(1), *_now()]


refusals["uq_counts_open_scope"] = lambda: errors.InUse("A stocktake of the same scope is open in this store.")
