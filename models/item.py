"""An item of the catalogue and its barcodes.

1. Its SKU is unique, case aside, over live and archived items.
2. A barcode belongs to one item; the forms of one GTIN are one code (common/gtin.py). The item's own list keeps them
   as they were written; the table of barcodes is their witness and the scanner's way in. Only `_settle` writes both,
   and for many rows at once models/importing/items.py.
3. What the search knows is what the row says: it is written in the row's own transaction.
4. An item counted in whole pieces has no fraction on any shelf.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    delete,
    exists,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from common.fields.base import find_unprintable
from common.gtin import barcode_key, lookup_keys
from common.prepared import Prepared
from common.quantities import QUANTITY_PLACES
from common.types import JsonText, MoneyType, RateType
from models import search
from models.category import Category
from models.level import Level
from models.row import Archivable, Row, duplicate, refuse_duplicate, unknown
from models.text import fold, key

UNITS = ("each", "kg", "g", "l", "ml", "m")
PIECES = "each"
ONE = 10**QUANTITY_PLACES


class Barcode(db.Model):
    """One code a scanner may read, under the key that all forms of a GTIN share."""

    __tablename__ = "barcodes"
    __table_args__ = (Index("ix_barcodes_item_id", "item_id"),)

    code_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))


class Item(Archivable, Row, db.Model):
    """One thing that is bought and sold."""

    __tablename__ = "items"
    __table_args__ = (
        Index("uq_items_sku_key", "sku_key", unique=True),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("cost >= 0", name="cost_not_negative"),
        Index("ix_items_name_key_id", "name_key", "id"),
        Index("ix_items_updated_at_id", "updated_at", "id"),
        Index("ix_items_category_id_id", "category_id", "id"),
    )
    title = "item"

    sku: Mapped[str] = mapped_column(String(64))
    sku_key: Mapped[str] = mapped_column(String(192))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(600))
    description: Mapped[str | None] = mapped_column(Text)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    unit: Mapped[str] = mapped_column(String(8), default=PIECES)
    price: Mapped[Decimal | None] = mapped_column(MoneyType)
    cost: Mapped[Decimal | None] = mapped_column(MoneyType)
    tax_rate: Mapped[Decimal | None] = mapped_column(RateType)
    barcodes: Mapped[list[str]] = mapped_column(JsonText, default=list)
    attributes: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)

    @classmethod
    def create(cls, session: Session, **fields: Any) -> Self:
        """Add an item; raises Duplicate for a SKU or barcode that is taken, Invalid for an unknown category."""
        item = cls(sku_key="", name_key="", **fields)
        item._refuse(session, set(fields))
        item._rekey()
        session.add(item)
        session.flush()
        item._settle(session)
        return item

    def revise(self, **changes: Any) -> Self:
        """Change what is given; an archived item stays as it was (Archived)."""
        self.ensure_live()
        changed = {name for name, value in changes.items() if getattr(self, name) != value}
        self.assign(changes)
        self._refuse(self.session, changed)
        self._rekey()
        if changed & {"sku", "name", "barcodes"}:
            self._settle(self.session)
        return self

    @classmethod
    def by_barcode(cls, session: Session, code: str) -> Item | None:
        """Return the item that bears this code in any of its forms."""
        if find_unprintable(code):  # PostgreSQL takes no NUL, not even to find that there is none
            return None
        keys = lookup_keys(code)
        found = session.scalars(select(Barcode).where(Barcode.code_key.in_(keys))).all()
        best = min(found, key=lambda barcode: keys.index(barcode.code_key), default=None)
        return session.get(Item, best.item_id) if best else None

    @classmethod
    def exactly(cls, connection: Connection, text: str) -> list[int]:
        """Return the ids of the items whose SKU or barcode this is."""
        by_sku, by_code = _exact(connection.dialect)
        found = by_sku.fetch(connection, {"key": key(text)})
        for code_key in lookup_keys(text):
            found += by_code.fetch(connection, {"key": code_key})
        return list(dict.fromkeys(id_ for (id_,) in found))

    @property
    def whole(self) -> bool:
        """Whether it is counted in whole pieces."""
        return self.unit == PIECES

    def _rekey(self) -> None:
        self.assign({"sku_key": key(self.sku), "name_key": fold(self.name)})

    def _refuse(self, session: Session, changed: set[str]) -> None:
        if "sku" in changed:
            refuse_duplicate(session, self, Item.sku_key, key(self.sku), field="sku")
        if "category_id" in changed and self.category_id is not None:
            category = session.get(Category, self.category_id, with_for_update={"read": True})
            if category is None or category.archived_at is not None:
                raise unknown("category_id", "category")
        if "unit" in changed and self.whole and self.id is not None:
            self.refuse_fractions(session)
        if "barcodes" in changed:
            self._refuse_barcodes(session)

    def _refuse_barcodes(self, session: Session) -> None:
        keys = [barcode_key(code) for code in self.barcodes or []]
        others = select(Barcode.code_key).where(Barcode.code_key.in_(keys), Barcode.item_id != (self.id or 0))
        taken = set(session.scalars(others))
        again = {k for i, k in enumerate(keys) if k in keys[:i]}
        bad = [(i, k) for i, k in enumerate(keys) if k in taken or (k in again and k in keys[:i])]
        if bad:
            message = "Another item has this barcode already." if taken else "The same barcode stands here twice."
            raise errors.Duplicate(message, errors=[FieldError(f"barcodes/{i}", "duplicate", message) for i, _ in bad])

    def refuse_fractions(self, session: Session) -> None:
        """Raise InUse where a shelf holds a fraction of it."""
        fraction = exists().where(Level.item_id == self.id, type_coerce(Level.on_hand, BigInteger) % ONE != 0)
        if session.scalar(select(fraction)):
            raise errors.InUse("Some shelves hold a fraction of it; it cannot be counted in whole pieces.")

    def _settle(self, session: Session) -> None:
        keys = {barcode_key(code) for code in self.barcodes}
        had = set(session.scalars(select(Barcode.code_key).where(Barcode.item_id == self.id)))
        if had - keys:
            session.execute(delete(Barcode).where(Barcode.code_key.in_(had - keys)))
        session.add_all(Barcode(code_key=k, item_id=self.id) for k in sorted(keys - had))
        session.flush()
        search.index(session.connection(), [(self.id, self.search_text)])

    @property
    def search_text(self) -> str:
        """What the search finds it by."""
        return " ".join([self.sku, self.name, *self.barcodes])


@cache
def _exact(dialect: Dialect) -> tuple[Prepared, Prepared]:
    """Asked by every search, before anything else."""
    by_sku = select(Item.id).where(Item.sku_key == bindparam("key"))
    by_code = select(Barcode.item_id).where(Barcode.code_key == bindparam("key"))
    return Prepared(by_sku, dialect), Prepared(by_code, dialect)


refusals["uq_items_sku_key"] = lambda: duplicate("item", "sku")
refusals["pk_barcodes"] = lambda: duplicate("item", "barcodes")
