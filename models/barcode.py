"""The codes that scanners read: an item's own barcodes, and those of its packs.

1. A code belongs to one item, which bears it itself or on one of its packs; the forms of one GTIN are one code
   (common/gtin.py).
2. The item's own lists keep the codes as they were written; the table is their witness and the scanner's way in. Only
   `settle` writes both, and for many rows at once models/importing/items.py, which leaves packs alone.
3. A pack's quantity is in the item's unit. What was recorded by it before stays as it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from common.database import db, refusals
from common.errors import FieldError
from common.fields import FieldProblem
from common.gtin import barcode_key
from common.quantities import MAX_QUANTITY, QUANTITY_PLACES
from common.types import QuantityType
from models.row import duplicate

_STEP = Decimal((0, (1,), -QUANTITY_PLACES))


class Barcode(db.Model):
    """One code a scanner may read, under the key that all forms of a GTIN share.

    `pack_quantity` is how much of the item the pack that bears it holds; null for a code of the item itself.
    """

    __tablename__ = "barcodes"
    __table_args__ = (Index("ix_barcodes_item_id", "item_id"),)

    code_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    pack_quantity: Mapped[Decimal | None] = mapped_column(QuantityType)


def keys_of(barcodes: Iterable[str], packs: Iterable[Mapping[str, Any]]) -> dict[str, Decimal | None]:
    """Return what the table keeps of an item's lists: each key, and what a pack of it holds."""
    own: dict[str, Decimal | None] = {barcode_key(code): None for code in barcodes}
    return own | {barcode_key(pack["barcode"]): Decimal(pack["quantity"]) for pack in packs}


def taken(session: Session, item: Any) -> list[FieldError]:
    """Return the problem of each code of an item that another has, or that stands there twice."""
    said = list(_said(item))
    keys = [code_key for _, code_key in said]
    others = select(Barcode.code_key).where(Barcode.code_key.in_(keys), Barcode.item_id != (item.id or 0))
    elsewhere = set(session.scalars(others)) if keys else set()
    problems = []
    for position, (field, code_key) in enumerate(said):
        if code_key in elsewhere or code_key in keys[:position]:
            other = "Another item has this barcode already."
            message = other if code_key in elsewhere else "The same barcode stands here twice."
            problems.append(FieldError(field, "duplicate", message))
    return problems


def _said(item: Any) -> Iterator[tuple[str, str]]:
    yield from ((f"barcodes/{position}", barcode_key(code)) for position, code in enumerate(item.barcodes or ()))
    for position, pack in enumerate(item.packs or ()):
        yield f"packs/{position}/barcode", barcode_key(pack["barcode"])


def settle(session: Session, item: Any) -> None:
    """Bring the table after an item's lists."""
    wanted = keys_of(item.barcodes, item.packs)
    kept = select(Barcode.code_key, Barcode.pack_quantity).where(Barcode.item_id == item.id)
    had: dict[str, Decimal | None] = {row.code_key: row.pack_quantity for row in session.execute(kept)}
    gone = had.keys() - wanted.keys()
    if gone:
        session.execute(delete(Barcode).where(Barcode.code_key.in_(gone)))
    for code_key in sorted(had.keys() & wanted.keys()):
        if had[code_key] != wanted[code_key]:
            changed = update(Barcode).where(Barcode.code_key == code_key)
            session.execute(changed.values(pack_quantity=wanted[code_key]))
    fresh = sorted(wanted.keys() - had.keys())
    session.add_all(Barcode(code_key=k, item_id=item.id, pack_quantity=wanted[k]) for k in fresh)
    session.flush()


def in_units(quantity: Decimal, pack_quantity: Decimal | None) -> Decimal:
    """Return how much of the item so many scans of a code are.

    Raises FieldProblem where that has more decimals than a quantity, or is more than one can be.
    """
    if pack_quantity is None:
        return quantity
    product = quantity * pack_quantity
    if abs(product) > MAX_QUANTITY:
        raise FieldProblem("too_large", f"So many packs hold more than {MAX_QUANTITY}.")
    exact = product.quantize(_STEP)
    if exact != product:
        raise FieldProblem("too_precise", f"So many packs are no quantity of {QUANTITY_PLACES} decimals.")
    return exact


refusals["pk_barcodes"] = lambda: duplicate("item", "barcodes")
