"""What the lines of a document name: items by id, SKU or barcode, resolved together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.orm import Session

from common import errors
from common.errors import FieldError
from common.gtin import barcode_key
from models.item import PIECES, Barcode, Item
from models.text import key

NAMES = ("item_id", "sku", "barcode")


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose item is known; `fallback_cost` is the catalogue's cost in units of money."""

    item_id: int
    fallback_cost: int | None
    fields: dict[str, Any]


def resolve(session: Session, lines: Sequence[dict[str, Any]]) -> list[Line]:
    """Return the lines with their items.

    Raises Invalid, each line at its field: not exactly one name, an unknown item, a fraction of a whole piece;
    Archived where an item is put away.
    """
    wanted = [_name_of(position, line) for position, line in enumerate(lines)]
    bad = [name for name in wanted if isinstance(name, FieldError)]
    if bad:
        raise errors.Invalid(errors=bad)
    found = find(session, [name for name in wanted if not isinstance(name, FieldError)])
    resolved, problems = [], []
    for position, (line, name) in enumerate(zip(lines, wanted, strict=True)):
        item = found.get(name)  # type: ignore[arg-type]
        problem = _problem(position, line, name[0], item)  # type: ignore[index]
        if problem is not None:
            problems.append(problem)
        elif item is not None:
            resolved.append(Line(item.id, item.cost, line))
    if problems:
        raise errors.Invalid(errors=problems)
    _refuse_archived(lines, wanted, found)
    return resolved


def _name_of(position: int, line: dict[str, Any]) -> tuple[str, Any] | FieldError:
    given = [name for name in NAMES if line.get(name) is not None]
    if len(given) != 1:
        return FieldError(f"lines/{position}", "choice", "Name the item by exactly one of item_id, sku and barcode.")
    name, value = given[0], line[given[0]]
    return name, {"item_id": int, "sku": key, "barcode": barcode_key}[name](value)  # type: ignore[operator]


def find(session: Session, names: Sequence[tuple[str, Any]]) -> dict[tuple[str, Any], Any]:
    """Return `id`, `unit`, `archived_at` and `cost` of the items under each name that is known.

    A name is `item_id` and the id, `sku` and its key, or `barcode` and its key.
    """
    columns = {"item_id": Item.id, "sku": Item.sku_key, "barcode": Barcode.code_key}
    found: dict[tuple[str, Any], Any] = {}
    for kind, column in columns.items():
        values = {value for name, value in names if name == kind}
        if values:
            cost = type_coerce(Item.cost, BigInteger).label("cost")
            query = select(column.label("named"), Item.id, Item.unit, Item.archived_at, cost).where(column.in_(values))
            query = query.with_for_update(read=True, of=Item)  # its unit stays until the document stands
            rows = session.execute(query.join(Barcode, Barcode.item_id == Item.id) if kind == "barcode" else query)
            found.update({(kind, row.named): row for row in rows})
    return found


def _problem(position: int, line: dict[str, Any], name: str, item: Any) -> FieldError | None:
    if item is None:
        return FieldError(f"lines/{position}/{name}", "unknown", "There is no such item.")
    quantity: Decimal = line["quantity"]
    if item.unit == PIECES and quantity != quantity.to_integral_value():
        return FieldError(f"lines/{position}/quantity", "not_whole", "This item is counted in whole pieces.")
    return None


def _refuse_archived(lines: Sequence[Any], wanted: Sequence[Any], found: dict[tuple[str, Any], Any]) -> None:
    bad = [position for position in range(len(lines)) if found[wanted[position]].archived_at is not None]
    if bad:
        message = "This item is archived. Restore it first."
        fields = [FieldError(f"lines/{position}/{wanted[position][0]}", "archived", message) for position in bad]
        raise errors.Archived(message, errors=fields)
