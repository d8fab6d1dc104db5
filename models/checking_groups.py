"""Proof that the items of a group are told apart by its options."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from models.checking_texts import STREAMED
from models.item import Item
from models.item_group import ItemGroup, key_of


def variants(connection: Connection) -> Iterator[str]:
    """Hold each item that is of a group, or says so, against its group; that no two are alike the index sees to."""
    grouped = (
        select(Item.id, Item.archived_at, Item.group_id, Item.options, Item.variant_key, ItemGroup.options.label("has"))
        .join(ItemGroup, ItemGroup.id == Item.group_id, isouter=True)
        .where(or_(Item.group_id.is_not(None), Item.variant_key.is_not(None), Item.options != {}))
    )
    with connection.execute(grouped.order_by(Item.id), execution_options=STREAMED) as rows:
        for row in rows:
            if row.group_id is not None and row.has is None:
                yield f"item {row.id} names the item group {row.group_id}, which is not there"
                continue
            live = row.archived_at is None and row.group_id is not None
            if row.variant_key != (key_of(row.group_id, row.options) if live else None):
                yield f"item {row.id}: variant_key"
            if (row.group_id is None and row.options) or (live and not ItemGroup.fits(row.has, row.options)):
                yield f"item {row.id} has options that its group does not"
