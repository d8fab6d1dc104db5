"""The rules of single fields, once for every edge: request bodies, imported cells, commands. Units as in api.md."""

from __future__ import annotations

from common.fields import (
    Attributes,
    Barcode,
    Boolean,
    Choice,
    Code,
    Date,
    Email,
    Field,
    Id,
    Integer,
    ListOf,
    Money,
    Object,
    Options,
    PlainQuantity,
    Property,
    Quantity,
    Rate,
    Text,
    Timestamp,
    Timezone,
)
from common.fields.structures import OPTION_TEXT
from models.item import UNITS
from models.text import key

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

# What no file of items says: a pack and a place in a group are more than a cell holds.
PACK = Object(
    {
        "barcode": Property(Barcode(), required=True),
        "quantity": Property(PlainQuantity(), required=True),
        "name": Property(Text(50), nullable=True, default=None),
    }
)
ITEM_PACKS = ListOf(PACK, max=50)
MOST_OPTIONS = 5
ITEM_OPTIONS = Options(max=MOST_OPTIONS)
OPTION = Object(
    {
        "name": Property(Text(64), required=True),
        "values": Property(ListOf(OPTION_TEXT, max=100, min=1, unique_by=key), required=True),
    }
)
GROUP: dict[str, Field] = {
    "name": Text(200),
    "description": Text(5000, multiline=True),
    "options": ListOf(OPTION, max=MOST_OPTIONS, min=1, unique_by=lambda option: key(option["name"])),
}

VARIANT_SKU = Code(40)

SUPPLIER: dict[str, Field] = {
    "name": Text(200),
    "account_reference": Text(100),
    "email": Email(),
    "phone": Text(50),
    "lead_time_days": Integer(0, 3650),
    "note": Text(1000, multiline=True),
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
    "lot": Code(50),
    "expires_on": Date(),
}


PACKS = Integer(1, 999_999)
HOW_MUCH = ("quantity", "packs")


def document_line(*, signed: bool = False) -> Object:
    """Return the rule of one line of a document; only adjustments are signed."""
    return Object(
        {
            **_ITEM_OF_LINE,
            "quantity": Property(SIGNED_QUANTITY if signed else QUANTITY, required=True),
            "unit_cost": Property(LINE["unit_cost"], nullable=True),
            **_TOLD_OF_LINE,
        }
    )


_ITEM_OF_LINE = {"item_id": Property(Id()), "sku": Property(LINE["sku"]), "barcode": Property(LINE["barcode"])}
_TOLD_OF_LINE = {
    "unit_price": Property(LINE["unit_price"], nullable=True),
    "expected_on_hand": Property(Quantity(signed=True, zero=True), nullable=True),
    "lot": Property(LINE["lot"], nullable=True),
    "expires_on": Property(LINE["expires_on"], nullable=True),
}
_BOUGHT_LINE = {
    **_ITEM_OF_LINE,
    "quantity": Property(QUANTITY),
    "packs": Property(PACKS),
    "unit_cost": Property(LINE["unit_cost"], nullable=True),
}
ORDER_LINE = Object(_BOUGHT_LINE, one_of=HOW_MUCH)
RECEIPT_LINE = Object({**_BOUGHT_LINE, **_TOLD_OF_LINE, "order_line": Property(Id())}, one_of=HOW_MUCH)
