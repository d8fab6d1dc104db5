"""What a supplier calls an item, how much of it is in a pack, and what it costs there.

1. One row a supplier and item; of one supplier no two items have the same SKU, case aside.
2. A pack holds more than nothing; of an item counted in whole pieces, whole pieces.
3. An item has one preferred supplier at most: who becomes it takes the place of the one before.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from common.types import MoneyType, QuantityType
from models.item import NOT_WHOLE, Item, is_fraction
from models.per_item import PerItem
from models.row import NEVER_AGAIN, duplicate
from models.supplier import Supplier
from models.text import key

ONE = Decimal(1)


class SupplierItem(PerItem, db.Model):
    """One item as one supplier sells it. `pack_size` is in the item's unit, `unit_cost` is for one of that unit."""

    __tablename__ = "supplier_items"
    __table_args__ = (
        Index("uq_supplier_items_supplier_id_item_id", "supplier_id", "item_id", unique=True),
        Index("uq_supplier_items_supplier_id_sku_key", "supplier_id", "sku_key", unique=True),
        Index("ix_supplier_items_item_id", "item_id"),
        CheckConstraint("pack_size > 0", name="pack_holds_something"),
        CheckConstraint("unit_cost >= 0", name="cost_not_negative"),
        NEVER_AGAIN,
    )
    title = "item of this supplier"
    owner = "supplier_id"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    sku: Mapped[str | None] = mapped_column(String(64))
    sku_key: Mapped[str | None] = mapped_column(String(192))
    pack_size: Mapped[Decimal] = mapped_column(QuantityType)
    unit_cost: Mapped[Decimal | None] = mapped_column(MoneyType)
    preferred: Mapped[bool] = mapped_column(Boolean)

    @classmethod
    def put(cls, session: Session, supplier: Supplier, item: Item, **fields: Any) -> Self:
        """Say how the supplier sells the item, or replace what was said; raises as `revise`."""
        new = {"supplier_id": supplier.id, "item_id": item.id, "pack_size": ONE, "preferred": False}
        found = cls.between(session, supplier, item) or cls(**new)
        session.add(found.revise(session, supplier, item, **fields))
        return found

    def forget(self) -> None:
        """Take the row away; what was ordered stays as it was ordered."""
        self.session.delete(self)

    def revise(self, session: Session, supplier: Supplier, item: Item, **changes: Any) -> Self:
        """Change what is given; raises Archived, Duplicate for the SKU, Invalid for a part of a piece in a pack."""
        supplier.ensure_live()
        item.ensure_live()
        # Held, so that its unit stays (models/item.py, refuse_unit) and one supplier at a time becomes the preferred.
        held = select(Item.unit).where(Item.id == item.id)
        unit = session.scalar(held.with_for_update(read=not changes.get("preferred")))
        self.assign(changes | ({"sku_key": changes["sku"] and key(changes["sku"])} if "sku" in changes else {}))
        if is_fraction(unit or "", self.pack_size):
            raise errors.Invalid(NOT_WHOLE[1], errors=[FieldError("pack_size", *NOT_WHOLE)])
        if self.sku_key is not None:
            self._refuse_taken_sku(session)
        if self.preferred:
            self._step_forward(session)
        return self

    def _refuse_taken_sku(self, session: Session) -> None:
        others = select(SupplierItem.id).where(
            SupplierItem.supplier_id == self.supplier_id,
            SupplierItem.sku_key == self.sku_key,
            SupplierItem.item_id != self.item_id,
        )
        if session.scalar(others.limit(1)) is not None:
            raise _taken_sku()

    def _step_forward(self, session: Session) -> None:
        others = select(SupplierItem).where(
            SupplierItem.item_id == self.item_id,
            SupplierItem.supplier_id != self.supplier_id,
            SupplierItem.preferred.is_(True),
        )
        for other in session.scalars(others.order_by(SupplierItem.id)):
            other.preferred = False


def _taken_sku() -> errors.Duplicate:
    return duplicate("item of this supplier", "sku")


refusals["uq_supplier_items_supplier_id_sku_key"] = _taken_sku
# Two who said it first at the same moment: one of them has to look again.
refusals["uq_supplier_items_supplier_id_item_id"] = lambda: errors.Stale("Somebody added it at the same moment.")
