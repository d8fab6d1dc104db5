"""The record of who did what: all of it, and the history of each row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from common.access import Role
from common.fields import Choice, Id
from common.http import Field, Resource, Shape
from common.http.before_after import as_seen, told
from common.http.offered import vouched
from models.audit import ENTITIES, KINDS, AuditEntry, PastSignIn, PastToken
from models.category import Category
from models.chain import BEFORE, AuditSeal
from models.count import Count
from models.item import Item
from models.item_group import ItemGroup
from models.listing import Listing
from models.movement import Movement
from models.purchase_order import PurchaseOrder, lines_of
from models.store import Contents, Store
from models.supplier import Supplier
from models.supplier_item import SupplierItem
from models.user import User

FIELDS = [
    Field("id", sort=AuditEntry.id, filters=True, rule=Id()),
    Field("position", column=AuditSeal.position, nullable=True),
    Field("at", filters=True),
    Field("entity", filters=True, rule=Choice(*ENTITIES)),
    Field("row_id", filters=True, rule=Id()),
    Field("version", filters=True),
    Field("kind", filters=True, rule=Choice(*KINDS)),
    Field("by", column=AuditEntry.user_id, filters=True, rule=Id(), expand="users"),
    Field("by_name", column=AuditEntry.username),
    Field("session_id", role=Role.MANAGER, filters=True, rule=Id()),
    Field("token_id", role=Role.MANAGER, filters=True, rule=Id()),
    Field("place", role=Role.MANAGER, filters=True),
    Field("request_id", role=Role.MANAGER, filters=True),
    Field("changes", column=told(AuditEntry.entity, AuditEntry.changes), wire=as_seen, schema={"type": "object"}),
    Field("previous_hash", column=BEFORE, wire=vouched, nullable=True),
    Field("hash", column=AuditSeal.hash, wire=vouched, nullable=True),
    Field("created_at", column=AuditEntry.at),
    Field("updated_at", column=AuditEntry.at),
]
JOINS = [(AuditSeal, AuditSeal.entry_id == AuditEntry.id, True)]

ENTRY = Shape(
    AuditEntry,
    "/audit",
    FIELDS,
    version=None,
    default_sort="-id",
    key=AuditEntry.id,
    row_path="/audit/%(id)d",
    joins=JOINS,
)
PAST = Shape(
    AuditEntry,
    "",
    FIELDS,
    version=None,
    default_sort="-id",
    key=AuditEntry.id,
    joins=JOINS,
    bare=True,
    called="HistoryEntry",
)


class AuditList(Resource):
    """The record."""

    shape = ENTRY
    roles = {"get": Role.ADMIN}

    def get(self) -> Select[Any]:
        """List every change and every refusal, newest first."""
        return AuditEntry.visible_to(self.caller)


class AuditDetail(Resource):
    """One entry of the record."""

    shape, rows = ENTRY, {"id": AuditEntry}
    roles = {"get": Role.ADMIN}

    def get(self, entry: AuditEntry) -> AuditEntry:
        """Show an entry."""
        return entry


class _History(Resource):
    shape = PAST
    roles = {"get": Role.VIEWER}

    def get(self, *rows: Any) -> Select[Any]:
        """List what was done to a row, newest first, as far as the caller sees what it says."""
        return AuditEntry.of(rows[-1])


class StoreHistory(_History):
    """What was done to a store."""

    rows = {"id": Store}


class CategoryHistory(_History):
    """What was done to a category."""

    rows = {"id": Category}


class ItemHistory(_History):
    """What was done to an item."""

    rows = {"id": Item}


class ItemGroupHistory(_History):
    """What was done to a group of items."""

    rows = {"id": ItemGroup}


class ListingHistory(_History):
    """What was done to how a store lists an item."""

    rows = {"id": Contents, "item_id": Item}

    def get(self, *rows: Any) -> Select[Any]:
        """List what was done to how a store lists an item, newest first; 404 where it has no listing of its own."""
        return AuditEntry.of(Listing.found(self.session, *rows))


class MovementHistory(_History):
    """What was done to a document: it was recorded, and what names it since."""

    rows = {"id": Movement}


class CountHistory(_History):
    """What was done to a stocktake: it was opened, and approved or abandoned."""

    rows = {"id": Count}


class SupplierHistory(_History):
    """What was done to a supplier."""

    rows = {"id": Supplier}


class SupplierItemHistory(_History):
    """What was done to how a supplier sells an item."""

    rows = {"id": Supplier, "item_id": Item}

    def get(self, *rows: Any) -> Select[Any]:
        """List what was done to how a supplier sells an item, newest first; 404 where nothing is known of it."""
        return AuditEntry.of(SupplierItem.found(self.session, *rows))


class PurchaseOrderHistory(_History):
    """What was done to an order and to its lines."""

    rows = {"id": PurchaseOrder}

    def get(self, *rows: Any) -> Select[Any]:
        """List what was done to an order and to the lines that it has, newest first."""
        return AuditEntry.of_whole(rows[-1], "purchase_order_lines", lines_of(rows[-1]))


class UserHistory(_History):
    """What was done to a user."""

    rows = {"id": User}
    roles = {"get": Role.ADMIN}


class SignInHistory(_History):
    """What was done to a session, also after its end."""

    rows = {"id": PastSignIn}
    roles = {"get": Role.ADMIN}


class TokenHistory(_History):
    """What was done to a token, also after its end."""

    rows = {"id": PastToken}
    roles = {"get": Role.ADMIN}
