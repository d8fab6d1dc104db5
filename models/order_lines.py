"""What the lines of an order and of its receipts say: how much, by the unit or by the pack, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common import errors
from common.errors import FieldError
from common.quantities import MAX_QUANTITY
from models.document_lines import Line, resolve
from models.supplier_item import ONE, SupplierItem


def named(session: Session, lines: Sequence[dict[str, Any]]) -> list[Line]:
    """Return the lines with their items, as `resolve`; what is said in packs passes whatever they hold."""
    return resolve(session, [line if line.get("quantity") else line | {"quantity": ONE} for line in lines])


def priced(session: Session, supplier_id: int, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what to keep of each line of an order: what the supplier calls the item, how much of it, at what cost.

    Raises Invalid at the line's field, as `resolve` and where nobody knows what a pack holds; Archived for an item.
    """
    found = named(session, lines)
    items = {line.item_id for line in found}
    of_supplier = select(SupplierItem).where(SupplierItem.supplier_id == supplier_id, SupplierItem.item_id.in_(items))
    sold = {row.item_id: row for row in session.scalars(of_supplier)}
    kept, problems = [], []
    for position, line in enumerate(found):
        known = sold.get(line.item_id)
        quantity = counted(position, line.fields, known and known.pack_size)
        if isinstance(quantity, FieldError):
            problems.append(quantity)
            continue
        stated = line.fields.get("unit_cost")
        kept.append(
            {
                "item_id": line.item_id,
                "supplier_sku": known.sku if known else None,
                "pack_size": known.pack_size if known else ONE,
                "quantity": quantity,
                "unit_cost": known.unit_cost if stated is None and known else stated,
            }
        )
    if problems:
        raise errors.Invalid(errors=problems)
    return kept


def counted(position: int, line: dict[str, Any], pack_size: Decimal | None) -> Decimal | FieldError:
    """Return a line's quantity in the item's unit; where it is said in packs, so many times what one holds."""
    if line.get("packs") is None:
        return Decimal(line["quantity"])
    field = f"lines/{position}/packs"
    if pack_size is None:
        return FieldError(field, "unknown", "How much this supplier packs into one is not known. Say the quantity.")
    quantity = line["packs"] * pack_size
    if quantity > MAX_QUANTITY:
        return FieldError(field, "too_large", f"So many packs hold more than {MAX_QUANTITY}.")
    return Decimal(quantity)
