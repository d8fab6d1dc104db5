"""What a scanned code is."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from sqlalchemy import Connection

from common import clock, errors
from common.access import Role
from common.fields import Scan, shown
from common.http import Field, Resource, Shape, asked, render
from common.http.conditional import answer, list_tag
from common.http.schemas import object_of, ref
from common.http.shapes import registry
from common.quantities import QUANTITY_PLACES, quantity_wire, scale
from models import finding
from models.level import AVERAGE, Level
from models.store import Store

LEVEL = Shape(
    Store,
    "",
    [
        Field("store_id", column=Store.id),
        Field("store_code", column=Store.code),
        Field("store_name", column=Store.name),
        Field("on_hand", column=finding.ON_HAND),
        Field("in_transit", column=finding.IN_TRANSIT),
        Field("average_cost", column=AVERAGE, role=Role.MANAGER),
        Field("value", column=Level.value, role=Role.MANAGER),
    ],
    version=None,
    key=Store.id,
    bare=True,
)

_TEXT, _ID, _NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
_COST = {"type": ["string", "null"], "x-role": Role.MANAGER.label}
_LEVEL = object_of(
    {"store_id": _ID, "store_code": _TEXT, "store_name": _TEXT, "on_hand": _NUMBER, "in_transit": _NUMBER}
    | {"average_cost": _COST, "value": _COST},
    ["store_id", "store_code", "store_name", "on_hand", "in_transit"],
)
_CANDIDATE = object_of(
    {"type": {"enum": ["movement", "purchase_order"]}, "id": _ID, "kind": _TEXT, "store_id": _ID}
    | {"at": {"type": "string", "format": "date-time"}, "href": {"type": "string", "format": "uri-reference"}}
)
_NOUNS = {"movement": ("movements", "Movement"), "purchase_order": ("purchase-orders", "PurchaseOrder")}


def _document(type_: str, component: str) -> dict[str, Any]:
    about = {"code": _TEXT, "type": {"const": type_}, "match": {"const": "reference"}}
    return object_of(about | {type_: ref(component), "candidates": {"type": "array", "items": _CANDIDATE}})


class Lookup(Resource):
    """Anything that a scanner can read.

    The first that there is of: the barcode of an item or of a pack, in any form of its GTIN, also within a GS1 element
    string that begins with AI 01 or a GS1 Digital Link; an item's SKU; the reference of documents, the newest first.
    """

    roles = {"get": Role.VIEWER}
    asks = {"code": asked.Asked(Scan(500), "What was scanned, or typed instead.", required=True)}
    answers = {
        "oneOf": [
            object_of(
                {"code": _TEXT, "type": {"const": "item"}, "match": {"enum": ["barcode", "pack", "sku"]}}
                | {"quantity": {"type": "number", "description": "How much of the item one scan is, in its unit."}}
                | {"item": ref("Item"), "levels": {"type": "array", "items": _LEVEL}}
            ),
            *(_document(type_, component) for type_, (_, component) in _NOUNS.items()),
        ]
    }

    def get(self) -> None:
        """Tell what a code stands for, with its level in every store that the caller sees."""

    def _show(self, ids: dict[str, Any]) -> Response:
        del ids
        code = asked.of_own(self.asks)["code"]
        found = finding.find(self.connection, self.caller, code)
        if not found:
            raise errors.NotFound(f"Nothing here bears the code {shown(code)}.")
        told = self._item(found) if isinstance(found, finding.FoundItem) else self._documents(found)
        body = orjson.dumps({"code": code, **told})
        return answer(body, list_tag(body))

    def _item(self, found: finding.FoundItem) -> dict[str, Any]:
        return {
            "type": "item",
            "match": found.match,
            "quantity": quantity_wire(scale(found.quantity, QUANTITY_PLACES)),
            "item": render.one(self.connection, self.caller, registry["items"], found.id),
            "levels": self._levels(self.connection, found.id),
        }

    def _levels(self, connection: Connection, item_id: int) -> list[dict[str, Any]]:
        compiled = LEVEL.compiled(render.scope_of(self.caller))
        return compiled.show(connection.execute(finding.levels(self.caller, item_id, *compiled.columns)).fetchall())

    def _documents(self, found: list[finding.FoundDocument]) -> dict[str, Any]:
        first, prefix = found[0], render.scope_of(self.caller).prefix
        return {
            "type": first.type,
            "match": "reference",
            first.type: render.one(self.connection, self.caller, registry[_NOUNS[first.type][0]], first.id),
            "candidates": [
                {"type": one.type, "id": one.id, "kind": one.kind, "store_id": one.store_id}
                | {"at": clock.wire(one.at), "href": f"{prefix}/{_NOUNS[one.type][0]}/{one.id}"}
                for one in found
            ],
        }
