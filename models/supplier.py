"""A supplier: whom goods are bought from.

1. Its name is unique, case aside, over live and archived suppliers.
2. It is not archived while an order to it is neither received nor closed, and nothing is ordered from one that is.
"""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Index, Integer, String, column, exists, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from models.row import Archivable, Row, duplicate, refuse_duplicate, unknown
from models.text import fold, key

UNFINISHED = ("draft", "sent", "partly_received")
# Orders know their supplier; this is the one look back, and it needs no model.
_orders = table("purchase_orders", column("supplier_id"), column("state"))


class Supplier(Archivable, Row, db.Model):
    """One firm, and how to reach it. `lead_time_days` is how long goods usually take from the order on."""

    __tablename__ = "suppliers"
    __table_args__ = (
        Index("uq_suppliers_unique_key", "unique_key", unique=True),
        Index("ix_suppliers_name_key_id", "name_key", "id"),
    )
    title = "supplier"

    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(600))
    unique_key: Mapped[str] = mapped_column(String(600))
    account_reference: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(50))
    lead_time_days: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(String(1000))

    @classmethod
    def create(cls, session: Session, **fields: Any) -> Self:
        """Add a supplier; raises Duplicate for a name that is taken."""
        supplier = cls(name_key="", unique_key="", **fields)
        supplier._settle(session)
        session.add(supplier)
        return supplier

    @classmethod
    def taken(cls, session: Session, supplier_id: int) -> Self:
        """Return the supplier that something is to be ordered from, held so that it is not archived meanwhile.

        Raises Invalid or Archived, at `supplier_id`.
        """
        supplier = session.get(cls, supplier_id, with_for_update={"read": True})
        if supplier is None:
            raise unknown("supplier_id", "supplier")
        if supplier.archived_at is not None:
            message = f"The supplier {supplier.name} is archived. Restore it first."
            raise errors.Archived(message, errors=[FieldError("supplier_id", "archived", message)])
        return supplier

    def revise(self, **changes: Any) -> Self:
        """Change what is given; raises Archived or Duplicate."""
        self.ensure_live()
        self.assign(changes)
        self._settle(self.session)
        return self

    def archive(self) -> Self:
        """Put it away; raises InUse while something is on order."""
        self.session.execute(select(Supplier.id).where(Supplier.id == self.id).with_for_update())
        on_order = exists().where(_orders.c.supplier_id == self.id, _orders.c.state.in_(UNFINISHED))
        if self.session.scalar(select(on_order)):
            raise errors.InUse("Orders to this supplier are not finished. Receive, close or abandon them first.")
        return super().archive()

    def _settle(self, session: Session) -> None:
        self.assign({"name_key": fold(self.name), "unique_key": key(self.name)})
        refuse_duplicate(session, self, Supplier.unique_key, self.unique_key, field="name")


refusals["uq_suppliers_unique_key"] = lambda: duplicate("supplier", "name")
