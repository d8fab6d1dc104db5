"""Categories of items."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.fields import Id
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import ARCHIVED, LIVE, given
from models import rules
from models.category import Category

NEW = reqparse.RequestParser()
NEW.add_argument("name", type=rules.CATEGORY["name"], required=True)
NEW.add_argument("parent_id", type=rules.CATEGORY["parent_id"], nullable=True)
CHANGES = NEW.partial()

CATEGORY = Shape(
    Category,
    "/categories",
    [
        Field("name", sort=Category.name_key, filters=True),
        Field("parent_id", filters=True, rule=Id(), expand="categories"),
        Field("path", sort=True),
    ],
    archivable=True,
    links=[
        Link("parent", "/categories/%(parent_id)d", when=given("parent_id")),
        Link("items", "/items?category_id=%(id)d"),
        Link("history", "/categories/%(id)d/history", role=Role.VIEWER),
        Link("revise", "/categories/%(id)d", "PATCH", Role.MANAGER, LIVE),
        Link("archive", "/categories/%(id)d", "DELETE", Role.MANAGER, LIVE),
        Link("restore", "/categories/%(id)d/restoration", "POST", Role.MANAGER, ARCHIVED),
    ],
)


class CategoryList(Resource):
    """All categories."""

    shape, public = CATEGORY, True
    roles = {"get": Role.VIEWER, "post": Role.MANAGER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List categories."""
        return Category.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> Category:
        """Add a category."""
        return Category.create(self.session, **fields)


class CategoryDetail(Resource):
    """One category."""

    shape, public, rows = CATEGORY, True, {"id": Category}
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": NEW, "patch": CHANGES}

    def get(self, category: Category) -> Category:
        """Show a category."""
        return category

    def put(self, category: Category, fields: dict[str, Any]) -> Category:
        """Replace a category; what is left out takes its default."""
        return category.revise(**fields)

    def patch(self, category: Category, changes: dict[str, Any]) -> Category:
        """Rename or move a category."""
        return category.revise(**changes)

    def delete(self, category: Category) -> Category:
        """Archive a category; refused while items or categories stand in it."""
        return category.archive()


class CategoryRestoration(Resource):
    """The way back for an archived category."""

    shape, rows = CATEGORY, {"id": Category}
    roles = {"post": Role.MANAGER}

    def post(self, category: Category) -> Category:
        """Restore an archived category."""
        return category.restore()
