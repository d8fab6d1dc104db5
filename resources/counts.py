"""Stocktakes: opened, tallied by several people at once, recounted, and approved by a manager."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, null, select, type_coerce

from common.access import Role
from common.fields import Boolean, Choice, Id, Quantity
from common.http import Field, Link, Resource, Shape, reqparse
from common.http.conditions import Own, When, given
from common.types import QuantityType
from models import approving, counted, rules, tallying
from models.count import APPROVED, LEFT, OPEN, STATES, UNCOUNTED, Count
from models.counted import CountItem, Tally
from models.item import Item
from models.user import User

NEW = reqparse.RequestParser()
NEW.add_argument("store_id", type=Id(), required=True)
NEW.add_argument("category_id", type=Id(), nullable=True)
NEW.add_argument("blind", type=Boolean(), default=False)
NEW.add_argument("tolerance", type=Quantity(zero=True), nullable=True)
NEW.add_argument("note", type=rules.DOCUMENT["note"], nullable=True)

ITEM = reqparse.RequestParser()
ITEM.add_argument("item_id", type=Id())
ITEM.add_argument("sku", type=rules.LINE["sku"])
ITEM.add_argument("barcode", type=rules.LINE["barcode"])

TALLY = ITEM.but()
TALLY.add_argument("quantity", type=Quantity(signed=True, zero=True), required=True)

APPROVAL = reqparse.RequestParser(optional=True)
APPROVAL.add_argument("uncounted", type=Choice(*UNCOUNTED), default=LEFT)
APPROVAL.add_argument("beyond_tolerance", type=Boolean(), default=False)
APPROVAL.add_argument("reference", type=rules.DOCUMENT["reference"], nullable=True)

IS_OPEN = (When("state", OPEN), Own("store_id"))

COUNT = Shape(
    Count,
    "/counts",
    [
        Field("store_id", filters=True, rule=Id(), expand="stores"),
        Field("category_id", filters=True, rule=Id(), expand="categories"),
        Field("blind", filters=True),
        Field("tolerance"),
        Field("note"),
        Field("state", filters=True, rule=Choice(*STATES)),
        Field("items_listed", column=counted.LISTED),
        Field("items_counted", column=counted.COUNTED),
        Field("opened_by", filters=True, rule=Id(), expand="users"),
        Field("closed_by", expand="users"),
        Field("closed_at", filters=True),
        Field("movement_id", filters=True, rule=Id()),
    ],
    default_sort="-id",
    borrowed=counted.TALLIED,  # tallies leave its version alone, so that who approves it need not read it after each
    links=[
        Link("store", "/stores/%(store_id)d"),
        Link("category", "/categories/%(category_id)d", when=given("category_id")),
        Link("tallies", "/counts/%(id)d/tallies"),
        Link("variances", "/counts/%(id)d/variances"),
        Link("history", "/counts/%(id)d/history"),
        Link("movement", "/movements/%(movement_id)d", when=given("movement_id")),
        Link("tally", "/counts/%(id)d/tallies", "POST", Role.CLERK, IS_OPEN),
        Link("recount", "/counts/%(id)d/recounts", "POST", Role.CLERK, IS_OPEN),
        Link("abandon", "/counts/%(id)d", "DELETE", Role.CLERK, IS_OPEN),
        Link("approval", "/counts/%(id)d/approval", "POST", Role.MANAGER, IS_OPEN),
    ],
)

TALLIED = Shape(
    Tally,
    "/counts/%(count_id)d/tallies",
    [
        Field("id", sort=Tally.id, filters=True, rule=Id()),
        Field("count_id"),
        Field("item_id", filters=True, rule=Id(), expand="items"),
        Field("sku", column=Item.sku),
        Field("name", column=Item.name),
        Field("quantity"),
        Field("counted"),
        Field("superseded", filters=True),
        Field("tallied_by", filters=True, rule=Id(), expand="users"),
        Field("tallied_by_name", column=User.username),
        Field("created_at", column=Tally.tallied_at, sort=Tally.id, filters=True),
        Field("updated_at", column=Tally.tallied_at),
    ],
    row_path="/counts/%(count_id)d/tallies/%(id)d",
    version=counted.TALLY_VERSION,
    digested=True,  # with the item's code and name of today, and its user's
    borrowed=counted.TALLY_RENAMED,
    default_sort="-id",
    joins=[(Item, Item.id == Tally.item_id, False), (User, User.id == Tally.tallied_by, True)],
    links=[Link("count", "/counts/%(count_id)d"), Link("variance", "/counts/%(count_id)d/variances/%(item_id)d")],
    called="Tally",
)


def _variance(called: str, *, told: bool) -> Shape:
    """Return the shape of what was counted of an item, with or without what was expected."""
    nothing = type_coerce(null(), QuantityType)
    difference = counted.DIFFERENCE if told else nothing
    signed = Quantity(signed=True, zero=True)
    return Shape(
        CountItem,
        "/counts/%(count_id)d/variances",
        [
            Field("count_id"),
            Field("item_id", filters=True, rule=Id(), sort=CountItem.item_id, expand="items"),
            Field("sku", column=Item.sku, sort=Item.sku_key),
            Field("name", column=Item.name, sort=Item.name_key),
            Field("counted", filters=True),
            Field("expected", column=counted.EXPECTED if told else nothing, nullable=True),
            Field("difference", column=difference, filters=told, rule=signed, nullable=True),
            Field("moved_while_counted", column=counted.MOVED if told else nothing, nullable=True),
            Field("recount_advised", column=CountItem.moved_between, filters=True, rule=Boolean()),
            Field("awaits_recount", column=counted.AWAITS_RECOUNT, filters=True, rule=Boolean(), nullable=False),
            Field("listed", filters=True),
            Field("tallies"),
            Field("recounts"),
            Field("created_at", column=CountItem.created_at),
            Field("updated_at", column=CountItem.updated_at),
        ],
        row_path="/counts/%(count_id)d/variances/%(item_id)d",
        default_sort="sku",
        digested=True,
        borrowed=counted.RENAMED,
        joins=[(Item, Item.id == CountItem.item_id, False)],
        links=[Link("count", "/counts/%(count_id)d"), Link("item", "/items/%(item_id)d")],
        called=called,
    )


VARIANCE, BLIND = _variance("Variance", told=True), _variance("BlindVariance", told=False)


class CountList(Resource):
    """Stocktakes."""

    shape = COUNT
    roles = {"get": Role.VIEWER, "post": Role.CLERK}
    parsers = {"post": NEW}

    def get(self) -> Select[Any]:
        """List stocktakes, newest first."""
        return Count.visible_to(self.caller)

    def post(self, fields: dict[str, Any]) -> Count:
        """Open a stocktake of a store, or of a category in it; one at a time counts an item."""
        return Count.begin(self.session, self.caller, **fields)


class CountDetail(Resource):
    """One stocktake."""

    shape, rows = COUNT, {"id": Count}
    roles = {"get": Role.VIEWER, "delete": Role.CLERK}

    def get(self, count: Count) -> Count:
        """Show a stocktake and how far it is."""
        return count

    def delete(self, count: Count) -> Count:
        """Abandon a stocktake: nothing is posted, and what was tallied can still be read."""
        return count.abandon(self.caller)


class CountTallies(Resource):
    """What was counted, one step for each scan or shelf."""

    shape, rows = TALLIED, {"id": Count}
    roles = {"get": Role.VIEWER, "post": Role.CLERK}
    parsers = {"post": TALLY}

    def get(self, count: Count) -> Select[Any]:
        """List what was tallied, by whom and when, newest first."""
        return select(Tally).where(Tally.count_id == count.id)

    def post(self, count: Count, fields: dict[str, Any]) -> Tally:
        """Add what was counted of an item; several people may, at once. Below zero takes a tally back."""
        return tallying.tally(self.session, self.caller, count, fields)


class TallyDetail(Resource):
    """One tally."""

    shape, rows = TALLIED, {"id": Count, "tally_id": Tally}
    roles = {"get": Role.VIEWER}

    def get(self, count: Count, tally: Tally) -> Tally | None:
        """Show a tally."""
        return tally if tally.count_id == count.id else None


class _Counted(Resource):
    shape, rows = VARIANCE, {"id": Count}

    def shape_of(self, *rows: Any) -> Shape:
        """Of a blind stocktake only managers see what was expected, unless it was approved."""
        count = rows[0]
        return BLIND if count.blind and count.state != APPROVED and not self.caller.may(Role.MANAGER) else VARIANCE


class CountRecounts(_Counted):
    """Items to be counted anew."""

    roles = {"post": Role.CLERK}
    parsers = {"post": ITEM}

    def post(self, count: Count, fields: dict[str, Any]) -> CountItem:
        """Let an item be counted anew: what was tallied of it counts no more."""
        return tallying.recount(self.session, count, fields)


class VarianceList(_Counted):
    """What was counted of each item, beside what was expected."""

    roles = {"get": Role.VIEWER}

    def get(self, count: Count) -> Select[Any]:
        """List the items of a stocktake; of a blind one, unless approved, only managers see what was expected."""
        return select(CountItem).where(CountItem.count_id == count.id)


class VarianceDetail(_Counted):
    """What was counted of one item."""

    rows = {"id": Count, "item_id": Item}
    roles = {"get": Role.VIEWER}

    def get(self, count: Count, item: Item) -> CountItem | None:
        """Show what was counted of an item, beside what was expected."""
        return CountItem.between(self.session, count, item)


class CountApproval(Resource):
    """The end of a stocktake: its differences are posted."""

    shape, rows = COUNT, {"id": Count}
    roles = {"post": Role.MANAGER}
    parsers = {"post": APPROVAL}

    def post(self, count: Count, fields: dict[str, Any]) -> Count:
        """Post the differences as one adjustment; `uncounted` says what becomes of what nobody counted."""
        return approving.approve(self.session, self.caller, count, **fields)
