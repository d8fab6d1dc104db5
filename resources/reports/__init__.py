"""Reports: computed when they are asked for, as JSON page by page or whole as CSV."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import Response, current_app
from sqlalchemy import Select

from common import clock
from common.access import Role
from common.fields import Choice, Field, Integer, ListOf, Timestamp
from common.fields import Id as Id
from common.http import Resource
from common.http.api import readable_collections
from common.http.asked import Asked
from common.http.conditional import answer, list_tag
from common.http.query import MOST_ROWS as MOST_ROWS
from common.http.query import Query, refuse_any
from common.http.render import scope_of
from common.http.report import CATEGORIES, IDS, ITEMS, NARROWED, Report
from common.http.report import STORES as STORES
from common.http.shapes import AT
from models import movement
from models.reports import balances, low_stock, movements, replenishment, shrinkage, slow_movers, valuation
from resources.reports.shapes import DAY_BALANCES, LOW_STOCK, MOVEMENT_SUMS, SHRINKAGE, SLOW_MOVERS, VALUATION
from resources.reports.suggested import REPLENISHMENT, answered

MOST_DAYS = 3650
PERIOD = {
    "from": Asked(Timestamp(), "What occurred then or later."),
    "to": Asked(Timestamp(), "What occurred before then."),
}


def several(*values: str) -> Field:
    """Return the rule of some of these, none twice."""
    return ListOf(Choice(*values), len(values), min=1, unique_by=str)


class ReportIndex(Resource):
    """Every report."""

    roles = {"get": Role.VIEWER}

    def get(self) -> None:
        """Link every report that the caller may read."""

    def _show(self, ids: dict[str, Any]) -> Response:
        del ids
        refuse_any()
        here = f"{scope_of(self.caller).prefix}/reports"
        links = {"self": {"href": here, "method": "GET"}}
        for name, path in readable_collections(current_app, scope_of(self.caller).prefix, self.caller):
            if path.startswith(f"{here}/"):
                links[name.removeprefix("reports_")] = {"href": path, "method": "GET"}
        body = orjson.dumps({"links": links})
        return answer(body, list_tag(body))


class ValuationReport(Report):
    """What the goods are worth, on hand and on the way. Members that rows are not grouped by are null."""

    shape = VALUATION
    roles = {"get": Role.MANAGER}
    asks = {
        "by": Asked(Choice(*valuation.BY), "What one row is of; `all` sums everything up in one row.", valuation.STORE),
        AT: Asked(Timestamp(future=False), "As it stood at this time, which is not in the future."),
        **NARROWED,
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """Sum up quantities and values by store, category or item, or in all."""
        now, then = valuation.levels_now, valuation.levels_then
        source = then(self.caller, asked[AT]) if asked[AT] else now(self.caller)
        return valuation.valuation(source, asked)


class MovementReport(Report):
    """What moved, summed up: in, out and how many documents. A day is one of the store's own time zone.

    Reversals are a kind of their own here, as in the ledger.
    """

    shape = MOVEMENT_SUMS
    roles = {"get": Role.VIEWER}
    asks = {
        "by": Asked(several(*movements.BY), "What one row is of.", ["day", "store", "kind"]),
        **PERIOD,
        **NARROWED,
        "kind": Asked(several(*movement.KINDS), "Of these kinds of documents alone."),
        "place": Asked(
            Choice(movement.ON_HAND, movement.IN_TRANSIT), "What moved on the shelf, or on the way.", movement.ON_HAND
        ),
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """Sum up the ledger by any of day, item, store and kind."""
        return movements.movement_sums(self.connection, self.caller, asked)


class ShrinkageReport(Report):
    """What was lost without being sold: write-offs, adjustments, stocktakes and lost transfers, less what was found.

    What was reversed is taken back.
    """

    shape = SHRINKAGE
    roles = {"get": Role.MANAGER}
    asks = {
        "by": Asked(several(*shrinkage.BY), "What one row is of.", list(shrinkage.BY)),
        **PERIOD,
        **NARROWED,
        "kind": Asked(several(*shrinkage.KINDS), "Of these alone."),
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """Sum up losses in money by store, kind and reason."""
        return shrinkage.shrinkage(self.caller, asked)


class SlowMoverReport(Report):
    """What lies on the shelf and did not sell for long: of each item in all stores, or in each.

    Sales that were reversed are none.
    """

    shape = SLOW_MOVERS
    roles = {"get": Role.VIEWER}
    asks = {
        "by": Asked(Choice(*slow_movers.BY), "What one row is of; `store` tells an item apart in each.", "item"),
        "days": Asked(Integer(1, MOST_DAYS), "Not sold for so many days; `since` goes before it.", 90),
        "since": Asked(Timestamp(), "Not sold since then."),
        **NARROWED,
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """List what is in stock and did not sell, with its last sale."""
        since = asked["since"] or clock.now() - timedelta(days=asked["days"])
        return slow_movers.slow_movers(self.caller, since, asked)


class LowStockReport(Report):
    """What is at its reorder point or below, with what is on its way, on order and drafted."""

    shape = LOW_STOCK
    roles = {"get": Role.VIEWER}
    asks = NARROWED

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """List what to reorder, store by store."""
        return low_stock.low_stock(self.caller, asked)


class ReplenishmentReport(Report):
    """What to bring in, as documents that can be posted as they are: `body` is what to send to the action in `links`.

    Transfers come first, from stores that have more than they keep; what they do not cover is ordered, by supplier and
    store, in whole packs. `unsupplied` is what is wanted and nobody sells. Drafts of orders count as on order.
    """

    shape = REPLENISHMENT
    roles = {"get": Role.VIEWER}
    asks = {
        "kind": Asked(several(*replenishment.KINDS), "These suggestions alone."),
        "store_id": Asked(IDS, "What these stores are short of, wherever it comes from."),
        "supplier_id": Asked(IDS, "Orders of these suppliers alone."),
        "item_id": ITEMS,
        "category_id": CATEGORIES,
        "days": Asked(Integer(1, MOST_DAYS), "Over how many days sales are looked at.", 28),
        "cover": Asked(
            Integer(1, MOST_DAYS), "For how many days of sales a store without `reorder_to` keeps stock.", 28
        ),
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """Suggest transfers, and orders for what they do not cover."""
        return replenishment.places(self.caller, clock.now() - timedelta(days=asked["days"]), asked)

    def _answer(self, statement: Select[Any], asked: Query) -> Response:
        return answered(self.connection, self.caller, statement, asked, self.format)


class BalanceReport(Report):
    """How each day ended, the days of the stores' own time zones, for a plot."""

    shape = DAY_BALANCES
    roles = {"get": Role.VIEWER}
    asks = {
        "from": Asked(Timestamp(), "From the day of this time on; 30 days before `to` where it is left out."),
        "to": Asked(Timestamp(), "Days that begin before this time; until now where it is left out."),
        **NARROWED,
    }

    def get(self, asked: dict[str, Any]) -> Select[Any]:
        """Tell what was on hand when each day was over, and what it was worth."""
        return balances.day_balances(self.connection, self.caller, asked)
