"""A group of items that differ by options, such as the sizes and colours of one shirt.

1. Its options stand in an order; no two have the same name, and no two values of one are the same, case aside.
2. A live item of a group names one value of each of its options, spelt as there, and no other live item of the group
   names the same ones. `variant_key` of the item is unique and says so: null where it is archived or of no group.
3. What a live item names stays in its group.
4. A group is not archived while live items are in it, and nothing live is put or brought back into one that is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Self

from sqlalchemy import Index, String, Text, column, exists, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.database import db, refusals
from common.errors import FieldError
from common.fields import shown
from common.types import JsonText, dump_json
from models.row import Archivable, Row, duplicate, unknown
from models.text import fold

_MOST_NAMED = 20
_COMBINATION = "Another item of this group has these options already."
# Items know their group; this is the one look back, and it needs no model.
_items = table(
    "items", *(column(name) for name in ("id", "sku", "group_id", "archived_at")), column("options", JsonText)
)


class ItemGroup(Archivable, Row, db.Model):
    """What the items of a group have in common, and by what they differ."""

    __tablename__ = "item_groups"
    __table_args__ = (Index("ix_item_groups_name_key_id", "name_key", "id"),)
    title = "item group"

    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(600))
    description: Mapped[str | None] = mapped_column(Text)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)

    @classmethod
    def create(cls, session: Session, **fields: Any) -> Self:
        """Add a group."""
        group = cls(name_key=fold(fields["name"]), **fields)
        session.add(group)
        return group

    def revise(self, **changes: Any) -> Self:
        """Change what is given; raises Archived, InUse for an option or a value that live items name."""
        self.hold()
        self.ensure_live()
        before = self.options
        self.assign(changes)
        self.assign({"name_key": fold(self.name)})
        if self.options != before:
            self._refuse_named()
        return self

    def archive(self) -> Self:
        """Put it away; raises InUse while live items are in it."""
        self.hold()
        inside = exists().where(_items.c.group_id == self.id, _items.c.archived_at.is_(None))
        if self.session.scalar(select(inside)):
            raise errors.InUse("Items are still in it. Archive them, or take them out of it, first.")
        return super().archive()

    def restore(self) -> Self:
        """Bring it back."""
        self.hold()
        return super().restore()

    @staticmethod
    def fits(has: list[dict[str, Any]], options: Mapping[str, str]) -> bool:
        """Tell whether an item's options name one value of each of a group's."""
        values = {option["name"]: option["values"] for option in has}
        return values.keys() == options.keys() and all(value in values[name] for name, value in options.items())

    def misfits(self, options: Mapping[str, str]) -> Iterator[FieldError]:
        """Yield what of an item's options is not as the group has them, each below `options`."""
        values = {option["name"]: option["values"] for option in self.options}
        for name in values.keys() - options.keys():
            yield FieldError(f"options/{shown(name)}", "required", f"The items of {self.name} say their {name}.")
        for name, value in options.items():
            if name not in values:
                yield FieldError(f"options/{shown(name)}", "unknown", f"{self.name} has no such option.")
            elif value not in values[name]:
                there = ", ".join(values[name])
                yield FieldError(f"options/{shown(name)}", "choice", f"Must be one of {there}.")

    def hold(self) -> None:
        """Hold the group, and whoever is about to put an item into it."""
        self.session.refresh(self, with_for_update=True)

    def _refuse_named(self) -> None:
        inside = select(_items.c.sku, _items.c.options).where(_items.c.group_id == self.id)
        named = []
        for sku, options in self.session.execute(inside.where(_items.c.archived_at.is_(None)).order_by(_items.c.id)):
            if not self.fits(self.options, options):
                said = ", ".join(f"{name} {value}" for name, value in options.items())
                named.append((sku, said))
        if named:
            skus = ", ".join(sku for sku, _ in named[:_MOST_NAMED])
            more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
            fields = [FieldError("options", "in_use", f"{sku} is {said}.") for sku, said in named[:_MOST_NAMED]]
            raise errors.InUse(f"Items would not fit these options any more: {skus}{more}.", errors=fields)


def joined(session: Session, item: Any, *, restoring: bool = False) -> str | None:
    """Return the key of an item among those of its group, which is held meanwhile; None where it is of none.

    Raises Invalid for a group that is not there and for options that are not its own, Archived, and Duplicate where
    another live item has the same; of an item that comes back Refused, where its group has changed.
    """
    if item.group_id is None:
        if item.options:
            message = "An item of no group has no options. Name its group_id."
            raise errors.Invalid(message, errors=[FieldError("options", "no_group", message)])
        return None
    group = session.get(ItemGroup, item.group_id, with_for_update={"read": True})
    if group is None:
        raise unknown("group_id", "item group")
    if group.archived_at is not None:
        message = f"The item group {group.name} is archived. Restore it first."
        raise errors.Archived(message, errors=[] if restoring else [FieldError("group_id", "archived", message)])
    problems = sorted(group.misfits(item.options or {}), key=lambda error: error.field)
    if problems and restoring:
        raise errors.Refused(f"The item group {group.name} has other options by now. Give it those of this item first.")
    if problems:
        raise errors.Invalid("Its options are not those of its group; `errors` names each.", errors=problems)
    return _alone(session, item)


def _alone(session: Session, item: Any) -> str:
    variant_key = key_of(item.group_id, item.options)
    model = type(item)
    others = exists().where(model.variant_key == variant_key, model.id != (item.id or 0))
    if session.scalar(select(others)):
        raise errors.Duplicate(_COMBINATION, errors=[FieldError("options", "duplicate", _COMBINATION)])
    return variant_key


def key_of(group_id: int, options: Mapping[str, str]) -> str:
    """Return what two items with the same options share, in whatever order these are said."""
    said = dump_json(sorted(options.items())).encode("utf-8")
    return f"{group_id}-{hashlib.sha256(said).hexdigest()}"


refusals["uq_items_variant_key"] = lambda: duplicate("item of this group", "options")
