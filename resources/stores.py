"""Stores."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import ARCHIVED, LIVE, Own, Seen
from common.http.context import settings
from models import rules
from models.store import Store
from models.text import Keyed

NEW = reqparse.RequestParser()
NEW.add_argument("code", type=rules.STORE["code"], required=True)
NEW.add_argument("name", type=rules.STORE["name"], required=True)
NEW.add_argument("address", type=rules.STORE["address"], nullable=True)
NEW.add_argument("timezone", type=rules.STORE["timezone"], default=lambda: settings().shop.timezone)
NEW.add_argument("allow_negative_stock", type=rules.STORE["allow_negative_stock"], default=False)
CHANGES = NEW.partial()

STORE = Shape(
    Store,
    "/stores",
    [
        Field("code", sort=Store.code_key, filters=True, by=Store.code_key, rule=Keyed(rules.STORE["code"])),
        Field("name", sort=Store.name_key, filters=True),
        Field("address"),
        Field("timezone"),
        Field("allow_negative_stock", filters=True),
    ],
    archivable=True,
    links=[
        Link("stock", "/stock?store_id=%(id)d", role=Role.VIEWER, when=(Seen("id"),)),
        Link("listings", "/stores/%(id)d/listings", role=Role.VIEWER, when=(Seen("id"),)),
        Link("movements", "/movements?store_id=%(id)d", role=Role.VIEWER, when=(Seen("id"),)),
        Link("incoming", "/transfers?to_store_id=%(id)d", role=Role.VIEWER, when=(Seen("id"),)),
        Link("history", "/stores/%(id)d/history", role=Role.VIEWER),
        Link("revise", "/stores/%(id)d", "PATCH", Role.MANAGER, (*LIVE, Own("id"))),
        Link("archive", "/stores/%(id)d", "DELETE", Role.MANAGER, (*LIVE, Own("id"))),
        Link("restore", "/stores/%(id)d/restoration", "POST", Role.MANAGER, (*ARCHIVED, Own("id"))),
    ],
)


class StoreList(Resource):
    """All stores."""

    shape, public, chainwide = STORE, True, frozenset({"post"})
    roles = {"get": Role.VIEWER, "post": Role.MANAGER}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List stores."""
        return Store.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> Store:
        """Open a store."""
        return Store.create(self.session, **fields)


class StoreDetail(Resource):
    """One store."""

    shape, public, rows = STORE, True, {"id": Store}
    roles = {"get": Role.VIEWER, "put": Role.MANAGER, "patch": Role.MANAGER, "delete": Role.MANAGER}
    parsers = {"put": NEW, "patch": CHANGES}

    def get(self, store: Store) -> Store:
        """Show a store."""
        return store

    def put(self, store: Store, fields: dict[str, Any]) -> Store:
        """Replace a store; what is left out takes its default."""
        return store.revise(**fields)

    def patch(self, store: Store, changes: dict[str, Any]) -> Store:
        """Revise a store."""
        return store.revise(**changes)

    def delete(self, store: Store) -> Store:
        """Archive a store; refused while goods are in it."""
        return store.archive()


class StoreRestoration(Resource):
    """The way back for an archived store."""

    shape, rows = STORE, {"id": Store}
    roles = {"post": Role.MANAGER}

    def post(self, store: Store) -> Store:
        """Restore an archived store."""
        return store.restore()
