"""Groups of items that differ by options, such as size and colour."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import ARCHIVED, LIVE
from models import rules, variants
from models.item_group import ItemGroup

NEW = reqparse.RequestParser()
NEW.add_argument("name", type=rules.GROUP["name"], required=True)
NEW.add_argument("description", type=rules.GROUP["description"], nullable=True)
NEW.add_argument("options", type=rules.GROUP["options"], required=True)
CHANGES = NEW.partial()

MISSING = reqparse.RequestParser()
MISSING.add_argument("sku", type=rules.VARIANT_SKU, required=True)
MISSING.add_argument("category_id", type=rules.ITEM["category_id"], nullable=True)
MISSING.add_argument("unit", type=rules.ITEM["unit"], default="each")
for name in ("price", "cost", "tax_rate"):
    MISSING.add_argument(name, type=rules.ITEM[name], nullable=True)

GROUP = Shape(
    ItemGroup,
    "/item-groups",
    [
        Field("name", sort=ItemGroup.name_key, filters=True),
        Field("description"),
        Field("options"),
    ],
    archivable=True,
    links=[
        Link("items", "/items?group_id=%(id)d"),
        Link("history", "/item-groups/%(id)d/history", role=Role.VIEWER),
        Link("revise", "/item-groups/%(id)d", "PATCH", Role.MANAGER, LIVE),
        Link("add_missing", "/item-groups/%(id)d/items", "POST", Role.MANAGER, LIVE),
        Link("archive", "/item-groups/%(id)d", "DELETE", Role.MANAGER, LIVE),
        Link("restore", "/item-groups/%(id)d/restoration", "POST", Role.MANAGER, ARCHIVED),
    ],
)


class ItemGroupList(Resource):
    """All groups of items."""

    shape, public = GROUP, True
    roles = {"get": Role.VIEWER, "post": Role.MANAGER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List groups."""
        return ItemGroup.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> ItemGroup:
        """Add a group; its items are added, or put into it, by their own `group_id` and `options`."""
        return ItemGroup.create(self.session, **fields)


class ItemGroupDetail(Resource):
    """One group of items."""

    shape, public, rows = GROUP, True, {"id": ItemGroup}
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": NEW, "patch": CHANGES}

    def get(self, group: ItemGroup) -> ItemGroup:
        """Show a group with its options."""
        return group

    def put(self, group: ItemGroup, fields: dict[str, Any]) -> ItemGroup:
        """Replace a group; refused where a live item would not fit its options any more."""
        return group.revise(**fields)

    def patch(self, group: ItemGroup, changes: dict[str, Any]) -> ItemGroup:
        """Revise a group; `options` are all of them."""
        return group.revise(**changes)

    def delete(self, group: ItemGroup) -> ItemGroup:
        """Archive a group; refused while live items are in it."""
        return group.archive()


class ItemGroupItems(Resource):
    """The items that a group has not got yet: one for each combination of its options that no live item names.

    Their SKUs are `sku` and the values, joined by hyphens, their names the group's name and the values; the other
    fields are alike for all. At most 200 are made at once, all or none. The answer is the group, which links its items.
    """

    shape, rows = GROUP, {"id": ItemGroup}
    roles = {"post": Role.MANAGER}
    parsers = {"post": MISSING}

    def post(self, group: ItemGroup, fields: dict[str, Any]) -> ItemGroup:
        """Add the items that are missing."""
        return variants.make_missing(self.session, group, **fields)


class ItemGroupRestoration(Resource):
    """The way back for an archived group."""

    shape, rows = GROUP, {"id": ItemGroup}
    roles = {"post": Role.MANAGER}

    def post(self, group: ItemGroup) -> ItemGroup:
        """Restore an archived group."""
        return group.restore()
