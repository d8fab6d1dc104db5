"""The flat ledger: each step of each level."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, literal

from common.access import Role
from common.fields import Choice, Id
from common.http import Field, Link, Resource, Shape
from models.movement import IN_TRANSIT, KINDS, ON_HAND, Movement, MovementLine
from models.user import User

LEDGER = Shape(
    MovementLine,
    "/movement-lines",
    [
        Field("id", sort=MovementLine.id, filters=True, rule=Id()),
        Field("version", column=literal(1), nullable=False),
        Field("movement_id", filters=True, rule=Id(), expand="movements"),
        Field("kind", column=Movement.kind, filters=True, rule=Choice(*KINDS)),
        Field("place", filters=True, rule=Choice(ON_HAND, IN_TRANSIT)),
        Field("store_id", filters=True, rule=Id(), expand="stores"),
        Field("item_id", filters=True, rule=Id(), expand="items"),
        Field("quantity", filters=True),
        Field("unit_cost", role=Role.MANAGER),
        Field("unit_price"),
        Field("on_hand_after"),
        Field("reference", column=Movement.reference, filters=True),
        Field("reason", column=Movement.reason, filters=True),
        Field("occurred_at", column=Movement.occurred_at, filters=True),
        Field("recorded_at", column=Movement.recorded_at, sort=MovementLine.id, filters=True),
        Field("recorded_by", column=Movement.recorded_by, filters=True, rule=Id(), expand="users"),
        Field("recorded_by_name", column=User.username),
        Field("created_at", column=Movement.recorded_at),
        Field("updated_at", column=Movement.recorded_at),
    ],
    version=None,
    default_sort="-id",
    defaults={"place": ON_HAND},
    key=MovementLine.id,
    row_path="/movement-lines/%(id)d",
    joins=[
        (Movement, Movement.id == MovementLine.movement_id, False),
        (User, User.id == Movement.recorded_by, True),
    ],
    links=[Link("movement", "/movements/%(movement_id)d"), Link("item", "/items/%(item_id)d")],
)


class MovementLineDetail(Resource):
    """One line of the flat ledger."""

    shape, rows = LEDGER, {"id": MovementLine}
    roles = {"get": Role.VIEWER}

    def get(self, line: MovementLine) -> MovementLine:
        """Show one step of a level."""
        return line


class MovementLineList(Resource):
    """The flat ledger."""

    shape = LEDGER
    roles = {"get": Role.VIEWER}

    def get(self) -> Select[Any]:
        """List the steps of every level, newest first; those on the way between stores when asked by `place`."""
        return MovementLine.visible_to(self.caller)
