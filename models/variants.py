"""The items of a group that are not there yet, made in one go."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common import errors
from common.errors import FieldError
from common.fields import FieldProblem
from models import rules
from models.item import Item
from models.item_group import ItemGroup, key_of

MOST = 200
"""How many are made at once: each is an item with a search entry and an entry in the record."""


def make_missing(session: Session, group: ItemGroup, *, sku: str, **fields: Any) -> ItemGroup:
    """Add an item for each combination of a group's options that no live item has; `fields` are alike for all.

    An item's SKU is `sku` and its values, joined by hyphens; its name the group's and its values. Raises as
    Item.create, Duplicate naming the SKU that is taken; Invalid where it would be more than MOST, or one is too long.
    """
    group.hold()
    group.ensure_live()
    missing = _missing(session, group)
    for options in missing:
        own = _named(group, sku, list(options.values()))
        try:
            Item.create(session, **fields, **own, group_id=group.id, options=options, barcodes=[], packs=[])
        except errors.Duplicate as duplicate:
            message = f"Another item has the SKU {own['sku']} already."
            raise errors.Duplicate(message, errors=[FieldError("sku", "duplicate", message)]) from duplicate
    return group


def _named(group: ItemGroup, sku: str, values: list[str]) -> dict[str, str]:
    own = {"sku": "-".join([sku, *values]), "name": ", ".join([group.name, *values])}
    for name, text in own.items():
        try:
            rules.ITEM[name](text)
        except FieldProblem as problem:
            message = f"The {'SKU' if name == 'sku' else name} {text} would not do. {problem.message}"
            raise errors.Invalid(message, errors=[FieldError("sku", problem.code, message)]) from None
    return own


def _missing(session: Session, group: ItemGroup) -> list[dict[str, str]]:
    there = set(session.scalars(select(Item.variant_key).where(Item.group_id == group.id)))
    values = [option["values"] for option in group.options]
    names = [option["name"] for option in group.options]
    many = prod(map(len, values)) - len(there - {None})
    if many > MOST:
        message = f"That would be {many} items. At most {MOST} are made at once."
        raise errors.Invalid(message, errors=[FieldError("sku", "too_many", message)])
    all_ = (dict(zip(names, one, strict=True)) for one in product(*values))
    return [options for options in all_ if key_of(group.id, options) not in there]
