"""What changed, before and after, as the caller sees the row itself: no field that is not theirs, money as money."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
from flask_login import current_user
from sqlalchemy import String, type_coerce

from common.http.context import settings
from common.http.kinds import kind_of
from common.http.offered import sees_whole
from common.http.shapes import Shape, registry
from common.quantities import scale
from common.types import Scaled, dump_json, load_json

_END = "\n"


def told(entity: Any, changes: Any) -> Any:
    """Return the column that `as_seen` reads: whose changes they are, and the changes."""
    return type_coerce(type_coerce(entity, String) + _END + type_coerce(changes, String), String)


def as_seen(text: str) -> orjson.Fragment:
    """Return an entry's changes for this caller: of each field what was before, and what is after."""
    entity, _, changes = text.partition(_END)
    shape = registry.get(entity)
    seen = {
        name: [None if value is None else wire(value) for value in values]
        for name, values in load_json(changes).items()
        if (wire := _wire(shape, name)) is not None
    }
    return orjson.Fragment(dump_json(seen))


def _wire(shape: Shape | None, name: str) -> Callable[[Any], Any] | None:
    """Return what makes a recorded value fit to be shown; None where the caller does not see the field."""
    if name.endswith("_digest") and not sees_whole():
        return None
    field = shape.fields.get(name) if shape else None
    if field is not None and (field.role or 0) > (current_user.role or 0):
        return None
    column = shape.model.__table__.c.get(name) if shape else None
    if column is None or not isinstance(column.type, Scaled):
        return lambda value: value
    kind, places = kind_of(column.type, settings().currency_decimals), column.type.places
    return lambda value: kind.wire(scale(Decimal(value), places)) if kind.wire else value
