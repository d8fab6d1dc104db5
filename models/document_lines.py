"""What the lines of a document name: items by id, SKU or barcode, resolved together; and what they ask of the plan.

The barcode of a pack stands for what the pack holds: from here on a line speaks of the item and of its unit.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, null, select, type_coerce
from sqlalchemy.orm import Session

from common import errors
from common.errors import FieldError
from common.fields import FieldProblem
from common.gtin import barcode_key
from common.quantities import MONEY_PLACES, QUANTITY_PLACES, scale
from models import plan
from models.barcode import Barcode, in_units
from models.item import NOT_WHOLE, Item, is_fraction
from models.text import key

NAMES = ("item_id", "sku", "barcode")


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose item is known; `fallback_cost` is the catalogue's cost in units of money.

    `fields` count in the item's unit. Where `named` is the barcode of a pack, they name the item by its id instead, so
    that nobody counts the pack twice. `tracks_batches` is the item's, and stays until the document stands.
    """

    item_id: int
    fallback_cost: int | None
    fields: dict[str, Any]
    named: str
    tracks_batches: bool = False

    def wanted(self, position: int) -> plan.Wanted:
        """Return what the line asks of the plan, in whole units."""
        expected = self.fields.get("expected_on_hand")
        return plan.Wanted(
            position,
            self.item_id,
            scale(self.fields["quantity"], QUANTITY_PLACES),
            unit_cost=_units(self.fields.get("unit_cost")),
            unit_price=_units(self.fields.get("unit_price")),
            expected_on_hand=None if expected is None else scale(expected, QUANTITY_PLACES),
            landed=self.fields.get("landed", 0),
        )


def _units(money: Decimal | None) -> int | None:
    return None if money is None else scale(money, MONEY_PLACES)


def resolve(session: Session, lines: Sequence[dict[str, Any]], *, also_archived: bool = False) -> list[Line]:
    """Return the lines with their items.

    Raises Invalid, each line at its field: not exactly one name, an unknown item, a fraction of a whole piece;
    Archived where an item is put away, unless that matters to nobody.
    """
    return _resolved(session, lines, None, also_archived=also_archived)


def resolve_of(session: Session, lines: Sequence[dict[str, Any]], held: Container[int]) -> list[Line]:
    """Return the lines of a document that follows a transfer: of items that this holds, also where they are archived.

    Raises Invalid, each line at its field, as `resolve`, and for an item that is not `held`.
    """
    return _resolved(session, lines, held, also_archived=True)


def _resolved(
    session: Session, lines: Sequence[dict[str, Any]], held: Container[int] | None, *, also_archived: bool
) -> list[Line]:
    wanted = [_name_of(position, line) for position, line in enumerate(lines)]
    bad = [name for name in wanted if isinstance(name, FieldError)]
    if bad:
        raise errors.Invalid(errors=bad)
    found = find(session, [name for name in wanted if not isinstance(name, FieldError)])
    resolved, problems = [], []
    for position, (line, name) in enumerate(zip(lines, wanted, strict=True)):
        item = found.get(name)  # type: ignore[arg-type]
        known = _line(position, line, name[0], item, held)  # type: ignore[index]
        if isinstance(known, FieldError):
            problems.append(known)
        else:
            resolved.append(known)
    if problems:
        raise errors.Invalid(errors=problems)
    if not also_archived:
        _refuse_archived(lines, wanted, found)
    return resolved


def _name_of(position: int, line: dict[str, Any]) -> tuple[str, Any] | FieldError:
    given = [name for name in NAMES if line.get(name) is not None]
    if len(given) != 1:
        return FieldError(f"lines/{position}", "choice", "Name the item by exactly one of item_id, sku and barcode.")
    name, value = given[0], line[given[0]]
    return name, {"item_id": int, "sku": key, "barcode": barcode_key}[name](value)  # type: ignore[operator]


def find(session: Session, names: Sequence[tuple[str, Any]]) -> dict[tuple[str, Any], Any]:
    """Return `id`, `unit`, `archived_at`, `cost` and `tracks_batches` of the items under each name that is known.

    A name is `item_id` and the id, `sku` and its key, or `barcode` and its key. Of a pack's barcode `pack_quantity` is
    what the pack holds, else it is None.
    """
    columns = {"item_id": Item.id, "sku": Item.sku_key, "barcode": Barcode.code_key}
    found: dict[tuple[str, Any], Any] = {}
    for kind, column in columns.items():
        values = {value for name, value in names if name == kind}
        if values:
            cost = type_coerce(Item.cost, BigInteger).label("cost")
            pack = Barcode.pack_quantity if kind == "barcode" else null().label("pack_quantity")
            query = select(column.label("named"), Item.id, Item.unit, Item.archived_at, cost, pack, Item.tracks_batches)
            query = query.where(column.in_(values))
            query = query.with_for_update(read=True, of=Item)  # its unit stays until the document stands
            rows = session.execute(query.join(Barcode, Barcode.item_id == Item.id) if kind == "barcode" else query)
            found.update({(kind, row.named): row for row in rows})
    return found


def _line(position: int, line: dict[str, Any], name: str, item: Any, held: Container[int] | None) -> Line | FieldError:
    if item is None:
        return FieldError(f"lines/{position}/{name}", "unknown", "There is no such item.")
    if held is not None and item.id not in held:
        return FieldError(f"lines/{position}/{name}", "not_sent", "The transfer does not hold this item.")
    try:
        quantity = in_units(line["quantity"], item.pack_quantity)
    except FieldProblem as problem:
        return FieldError(f"lines/{position}/quantity", problem.code, problem.message)
    if is_fraction(item.unit, quantity):
        return FieldError(f"lines/{position}/quantity", *NOT_WHOLE)
    if item.pack_quantity is not None:
        kept = {field: value for field, value in line.items() if field not in NAMES}
        line = {"item_id": item.id, **kept, "quantity": quantity}
    return Line(item.id, item.cost, line, name, item.tracks_batches)


def _refuse_archived(lines: Sequence[Any], wanted: Sequence[Any], found: dict[tuple[str, Any], Any]) -> None:
    bad = [position for position in range(len(lines)) if found[wanted[position]].archived_at is not None]
    if bad:
        message = "This item is archived. Restore it first."
        fields = [FieldError(f"lines/{position}/{wanted[position][0]}", "archived", message) for position in bad]
        raise errors.Archived(message, errors=fields)
