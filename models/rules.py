"""The rules of single fields, once for every edge: request bodies, imported cells, commands. Units as in api.md."""

from __future__ import annotations

from common.fields import (
    Attributes,
    Barcode,
    Boolean,
    Choice,
    Code,
    Field,
    Id,
    ListOf,
    Money,
    Quantity,
    Rate,
    Text,
    Timestamp,
    Timezone,
)
from models.item import UNITS

MOST_LINES = 1000

STORE: dict[str, Field] = {
    "code": Code(40),
    "name": Text(200),
    "address": Text(1000, multiline=True),
    "timezone": Timezone(),
    "allow_negative_stock": Boolean(),
}

CATEGORY: dict[str, Field] = {"name": Text(200), "parent_id": Id()}

ITEM: dict[str, Field] = {
    "sku": Code(64),
    "name": Text(200),
    "description": Text(5000, multiline=True),
    "category_id": Id(),
    "unit": Choice(*UNITS),
    "price": Money(),
    "cost": Money(),
    "tax_rate": Rate(),
    "barcodes": ListOf(Barcode(), max=50),
    "attributes": Attributes(),
}

DOCUMENT: dict[str, Field] = {
    "reference": Text(100),
    "note": Text(1000, multiline=True),
    "reason": Text(200),
    "occurred_at": Timestamp(),
}

QUANTITY = Quantity()
SIGNED_QUANTITY = Quantity(signed=True)
LINE: dict[str, Field] = {
    "sku": ITEM["sku"],
    "barcode": Barcode(),
    "quantity": QUANTITY,
    "unit_cost": Money(),
    "unit_price": Money(),
}
