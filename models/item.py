"""An item of the catalogue and its barcodes.

1. Its SKU is unique, case aside, over live and archived items.
2. A barcode belongs to one item, which bears it itself or on one of its packs (models/barcode.py).
3. What the search knows is what the row says: it is written in the row's own transaction.
4. Its unit stays once a document has moved it. Counted in whole pieces, it has no fraction on any shelf or in any pack
   and is listed with none.
5. A live item does not stand in a category that is archived.
6. Of a group, it names one value of each of the group's options (models/item_group.py).
7. While batches of it are in stock or on their way, it goes on tracking batches (models/batch.py).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    column,
    exists,
    false,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from common.fields.base import find_unprintable
from common.gtin import lookup_keys
from common.prepared import Prepared
from common.quantities import QUANTITY_PLACES
from common.types import JsonText, MoneyType, RateType
from models import barcode, item_group, search
from models.barcode import Barcode
from models.category import Category
from models.row import ID, Archivable, Row, duplicate, refuse_duplicates, taken, unknown
from models.text import fold, key

UNITS = ("each", "kg", "g", "l", "ml", "m")
PIECES = "each"
ONE = 10**QUANTITY_PLACES
NOT_WHOLE = ("not_whole", "This item is counted in whole pieces.")
# Documents and listings know their item; these are the looks back, and they need no model.
_moved = table("movement_lines", column("item_id"))
_ordered = table("purchase_order_lines", column("item_id"))
_listed = table("listings", column("item_id"), *(column(name, BigInteger) for name in ("reorder_point", "reorder_to")))
_batched = table("batch_levels", column("item_id"), *(column(name, BigInteger) for name in ("on_hand", "in_transit")))
_bought = table("supplier_items", column("item_id"), column("pack_size", BigInteger))


def is_fraction(unit: str, quantity: Decimal) -> bool:
    """Tell whether a quantity is no whole number of an item that is counted in whole pieces."""
    return unit == PIECES and bool(quantity % 1)


class Item(Archivable, Row, db.Model):
    """One thing that is bought and sold."""

    __tablename__ = "items"
    __table_args__ = (
        Index("uq_items_sku_key", "sku_key", unique=True),
        Index("uq_items_variant_key", "variant_key", unique=True),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("cost >= 0", name="cost_not_negative"),
        Index("ix_items_name_key_id", "name_key", "id"),
        Index("ix_items_updated_at_id", "updated_at", "id"),
        Index("ix_items_category_id_id", "category_id", "id"),
        Index("ix_items_group_id_id", "group_id", "id"),
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
    packs: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list, server_default="[]")
    group_id: Mapped[int | None] = mapped_column(ID)  # models/checking_groups.py proves it
    options: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict, server_default="{}")
    variant_key: Mapped[str | None] = mapped_column(String(100))
    tracks_batches: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    @classmethod
    def create(cls, session: Session, **fields: Any) -> Self:
        """Add an item; raises one Duplicate for all that is taken, Invalid or Archived for its category."""
        item = cls(sku_key="", name_key="", **fields)
        item._refuse(session, set(fields))
        item._rekey()
        session.add(item)
        session.flush()
        item._settle(session)
        return item

    def revise(self, **changes: Any) -> Self:
        """Change what is given, as `create`; raises InUse for a unit that stays, Archived where it is put away.

        Raises Refused where it is to track batches no more while some are in stock or on their way.
        """
        self.ensure_live()
        changed = {name for name, value in changes.items() if getattr(self, name) != value}
        self.assign(changes)
        self._refuse(self.session, changed)
        self._rekey()
        if changed & {"sku", "name", "barcodes", "packs"}:
            self._settle(self.session)
        return self

    def archive(self) -> Self:
        """Put it away; another item of its group may then have its options."""
        self.assign({"variant_key": None})
        return super().archive()

    def restore(self) -> Self:
        """Bring it back; raises Archived while its category or group is put away, and as item_group.joined."""
        if self.archived_at is not None:
            self._refuse_category(self.session, None)
            self.assign({"variant_key": item_group.joined(self.session, self, restoring=True)})
        return super().restore()

    @classmethod
    def by_barcode(cls, session: Session, code: str) -> Item | None:
        """Return the item that bears this code in any of its forms."""
        if find_unprintable(code):  # PostgreSQL takes no NUL, not even to find that there is none
            return None
        keys = lookup_keys(code)
        found = session.scalars(select(Barcode).where(Barcode.code_key.in_(keys))).all()
        best = min(found, key=lambda one: keys.index(one.code_key), default=None)
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
        if "packs" in changed:
            self._refuse_parts()
        duplicates = taken(session, self, Item.sku_key, key(self.sku), field="sku") if "sku" in changed else []
        refuse_duplicates(duplicates + (barcode.taken(session, self) if changed & {"barcodes", "packs"} else []))
        if "category_id" in changed:
            self._refuse_category(session, "category_id")
        if changed & {"group_id", "options"}:
            self.assign({"variant_key": item_group.joined(session, self)})
        if "unit" in changed and self.id is not None:
            self.refuse_unit(session, self.unit)
        if "tracks_batches" in changed and not self.tracks_batches and self.id is not None:
            self._refuse_batches(session)

    def _refuse_category(self, session: Session, field: str | None) -> None:
        if self.category_id is None:
            return
        # Locked, so that it is not put away while this item comes in (models/category.py, _take).
        category = session.get(Category, self.category_id, with_for_update={"read": True})
        if category is None:
            raise unknown("category_id", "category")
        category.ensure_open(field)

    def _refuse_parts(self) -> None:
        quantities = [Decimal(pack["quantity"]) for pack in self.packs or ()]
        bad = [position for position, one in enumerate(quantities) if is_fraction(self.unit or PIECES, one)]
        if bad:
            fields = [FieldError(f"packs/{position}/quantity", *NOT_WHOLE) for position in bad]
            raise errors.Invalid(NOT_WHOLE[1], errors=fields)

    def refuse_unit(self, session: Session, unit: str) -> None:
        """Raise InUse where this other unit would change what documents and listings have said of it."""
        # Whoever moves or lists it holds it meanwhile (models/document_lines.py, find), and is waited for.
        session.execute(select(Item.id).where(Item.id == self.id).with_for_update())
        if session.scalar(select(exists().where(_moved.c.item_id == self.id))):
            raise errors.InUse("Documents have moved it in its unit, which stays. Add another item in the other unit.")
        if session.scalar(select(exists().where(_ordered.c.item_id == self.id))):
            raise errors.InUse("Orders name it in its unit, which stays. Add another item in the other unit.")
        parts = or_(_listed.c.reorder_point % ONE != 0, _listed.c.reorder_to % ONE != 0)
        fraction = exists().where(_listed.c.item_id == self.id, parts)
        if unit == PIECES and session.scalar(select(fraction)):
            raise errors.InUse("Some stores reorder a fraction of it; it cannot be counted in whole pieces.")
        packed = exists().where(_bought.c.item_id == self.id, _bought.c.pack_size % ONE != 0)
        if unit == PIECES and session.scalar(select(packed)):
            raise errors.InUse("A supplier packs a fraction of it; it cannot be counted in whole pieces.")
        if any(is_fraction(unit, Decimal(pack["quantity"])) for pack in self.packs):
            raise errors.InUse("A pack of it holds a fraction; it cannot be counted in whole pieces.")

    def _refuse_batches(self, session: Session) -> None:
        session.execute(select(Item.id).where(Item.id == self.id).with_for_update())  # as in refuse_unit
        some = or_(_batched.c.on_hand > 0, _batched.c.in_transit > 0)
        if session.scalar(select(exists().where(_batched.c.item_id == self.id, some))):
            message = "Batches of it are in stock or on their way. Sell, write off or receive them first."
            raise errors.Refused(message, errors=[FieldError("tracks_batches", "in_use", message)])

    def _settle(self, session: Session) -> None:
        barcode.settle(session, self)
        search.index(session.connection(), [(self.id, self.search_text)])

    @property
    def search_text(self) -> str:
        """What the search finds it by."""
        return " ".join([self.sku, self.name, *self.barcodes, *(pack["barcode"] for pack in self.packs)])


@cache
def _exact(dialect: Dialect) -> tuple[Prepared, Prepared]:
    """Asked by every search, before anything else."""
    by_sku = select(Item.id).where(Item.sku_key == bindparam("key"))
    by_code = select(Barcode.item_id).where(Barcode.code_key == bindparam("key"))
    return Prepared(by_sku, dialect), Prepared(by_code, dialect)


refusals["uq_items_sku_key"] = lambda: duplicate("item", "sku")
