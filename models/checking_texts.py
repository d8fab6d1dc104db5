"""Proofs of what is kept twice for finding it: keys, paths, barcodes, the search."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select, text

from models.barcode import Barcode, keys_of
from models.category import SEPARATOR, Category
from models.item import Item
from models.item_group import ItemGroup
from models.store import Store
from models.supplier import Supplier
from models.supplier_item import SupplierItem
from models.text import fold, key
from models.user import User

_BATCH = 2000
STREAMED = {"stream_results": True}
_KEYS = (
    (Item, Item.sku, Item.sku_key, key),
    (Item, Item.name, Item.name_key, fold),
    (Store, Store.code, Store.code_key, key),
    (Store, Store.name, Store.name_key, fold),
    (Category, Category.name, Category.name_key, fold),
    (ItemGroup, ItemGroup.name, ItemGroup.name_key, fold),
    (Supplier, Supplier.name, Supplier.name_key, fold),
    (Supplier, Supplier.name, Supplier.unique_key, key),
    (SupplierItem, SupplierItem.sku, SupplierItem.sku_key, key),
    (User, User.username, User.username_key, key),
    (User, User.email, User.email_key, key),
)
_SEARCHED = {"sqlite": "rowid", "postgresql": "item_id", "mariadb": "item_id"}


def keys(connection: Connection) -> Iterator[str]:
    """Compare each key with the one that its text has now."""
    for model, said, kept, derive in _KEYS:
        query = select(model.id, said.label("said"), kept.label("kept")).order_by(model.id)
        with connection.execute(query, execution_options=STREAMED) as rows:
            for row in rows:
                if row.kept != (None if row.said is None else derive(row.said)):
                    yield f"{model.title} {row.id}: {kept.key}"


def paths(connection: Connection) -> Iterator[str]:
    """Follow each category to its root."""
    rows = {
        row.id: row for row in connection.execute(select(Category.id, Category.name, Category.parent_id, Category.path))
    }
    for row in rows.values():
        names, above = [row.name], rows.get(row.parent_id)
        while above is not None and len(names) <= len(rows):
            names.insert(0, above.name)
            above = rows.get(above.parent_id)
        if row.path != SEPARATOR.join(names):
            yield f"category {row.id}"


def barcodes(connection: Connection) -> Iterator[str]:
    """Compare each item's lists with the table, batch by batch."""
    items = select(Item.id, Item.barcodes, Item.packs).order_by(Item.id)
    with connection.execute(items, execution_options=STREAMED) as rows:
        for batch in rows.partitions(_BATCH):
            listed = {(code, row.id): held for row in batch for code, held in keys_of(row.barcodes, row.packs).items()}
            of_batch = select(Barcode.code_key, Barcode.item_id, Barcode.pack_quantity).where(
                Barcode.item_id.between(batch[0][0], batch[-1][0])
            )
            kept = {(code, id_): held for code, id_, held in connection.execute(of_batch)}
            for code, id_ in sorted(listed.keys() ^ kept.keys()):
                yield f"item {id_}: {code} is {'not found' if (code, id_) in listed else 'not its own'}"
            for code, id_ in sorted(listed.keys() & kept.keys()):
                if listed[code, id_] != kept[code, id_]:
                    yield f"item {id_}: {code} counts otherwise than its list says"


def search(connection: Connection) -> Iterator[str]:
    """Compare the ids on both sides; a contentless index does not tell its words."""
    id_ = _SEARCHED[connection.dialect.name]
    for query, sentence in (
        (f"SELECT id FROM items EXCEPT SELECT {id_} FROM item_search", "item {} is not found"),  # noqa: S608 - constants
        (f"SELECT {id_} FROM item_search EXCEPT SELECT id FROM items", "{} is found, which is no item"),  # noqa: S608 - constants
    ):
        for (offender,) in connection.execute(text(query)):
            yield sentence.format(offender)
