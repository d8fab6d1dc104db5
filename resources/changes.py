"""Every change in order, exactly once each: for copies of the shop's data, and whoever follows along."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy import Select, type_coerce

from common.access import Role
from common.fields import Choice, Id
from common.http import Field, Resource, Shape, waiting
from models.audit import ENTITIES, KINDS, AuditEntry
from models.chain import AuditSeal
from models.row import ID

CHANGE = Shape(
    AuditEntry,
    "/changes",
    [
        Field("position", column=AuditSeal.position),
        Field("entity", filters=True, rule=Choice(*ENTITIES)),
        Field("id", column=type_coerce(AuditEntry.row_id, ID), filters=True, rule=Id()),
        Field("version"),
        Field("kind", filters=True, rule=Choice(*KINDS)),
        Field("at", filters=True),
        Field("by", column=AuditEntry.user_id, filters=True, rule=Id(), expand="users"),
    ],
    version=None,
    default_sort="key",
    key=AuditSeal.position,
    joins=[(AuditSeal, AuditSeal.entry_id == AuditEntry.id, False)],
    bare=True,
    endless=True,
    called="Change",
)


class ChangeList(Resource):
    """What changed, in the order in which it did."""

    shape = CHANGE
    roles = {"get": Role.VIEWER}

    def dispatch_request(self, **ids: Any) -> Response:
        """Answer at once, or as soon as there is something new."""
        return waiting.until_news(lambda: super(ChangeList, self).dispatch_request(**ids))

    def get(self) -> Select[Any]:
        """List every change of what the caller may read, the oldest first; `page.next` is where to go on from."""
        return AuditEntry.changes_for(self.caller)
