"""How suggestions are shown: as documents that can be posted, page by page; as CSV line by line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import BigInteger, Connection, Select, String, column

from common import gate
from common.access import Caller, Role
from common.fields import Choice
from common.http import Field, Link, Shape, render, sheets
from common.http.conditional import list_tag
from common.http.conditions import Own, Scope, When, given
from common.http.cursors import signature
from common.http.listing import ROWS_AT_ONCE
from common.http.query import Query
from common.http.report import page_of
from common.quantities import money_wire, quantity_wire
from common.types import ValueType
from models.reports.replenishment import KINDS, ORDER, TRANSFER, Suggestion, suggestions
from models.rules import MOST_LINES

_NUMBER, _MAYBE, _TEXT = {"type": "number"}, {"type": ["number", "null"]}, {"type": "string"}
_ID = {"type": "integer"}
_COST = {"type": ["string", "null"], "description": "What the supplier asks for one.", "x-role": Role.MANAGER.label}
_OF_LINE: dict[str, Any] = {
    "item_id": _ID,
    "sku": _TEXT,
    "name": _TEXT,
    "unit": _TEXT,
    "quantity": _NUMBER | {"description": "How much to bring, in the item's unit."},
    "packs": {"type": ["integer", "null"], "description": "How many packs that is, of an order."},
    "pack_size": _MAYBE,
    "wanted": _NUMBER | {"description": "How much the store is short in all."},
    **dict.fromkeys(("on_hand", "in_transit", "on_order", "drafted", "reorder_point"), _NUMBER),
    "reorder_to": _MAYBE,
    "sold_per_day": _NUMBER | {"description": "Sales less returns, a day of `days`."},
    "days_of_cover": _MAYBE | {"description": "How long all that is there or coming lasts; null where nothing sells."},
    "surplus": _MAYBE | {"description": "What the store that gives has above what it keeps, of a transfer."},
    "unit_cost": _COST,
}
_LINES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": _OF_LINE,
        "required": [name for name in _OF_LINE if name != "unit_cost"],
        "additionalProperties": False,
    },
}
_BODY = {"type": "object", "description": "What to post to the action; `unsupplied` has none."}


class Suggested:
    """One document that is suggested; `part` tells those apart that would have too many lines."""

    __tablename__ = "suggested"


REPLENISHMENT = Shape(
    Suggested,
    "/reports/replenishment",
    [
        Field("kind", column=column("kind", String), rule=Choice(*KINDS), nullable=False),
        Field("store_id", column=column("store_id", BigInteger), nullable=False),
        Field("store", column=column("store", String), nullable=False),
        Field("to_store_id", column=column("to_store_id", BigInteger)),
        Field("to_store", column=column("to_store", String)),
        Field("supplier_id", column=column("supplier_id", BigInteger)),
        Field("supplier", column=column("supplier", String)),
        Field("part", column=column("part", BigInteger), nullable=False),
        Field("cost", column=column("cost", ValueType), role=Role.MANAGER),
        Field("lines", column=column("lines", String), schema=_LINES, nullable=False),
        Field("body", column=column("body", String), schema=_BODY),
    ],
    key=column("kind", String),
    version=None,
    computed=True,
    links=[
        Link("store", "/stores/%(store_id)d"),
        Link("to_store", "/stores/%(to_store_id)d", when=given("to_store_id")),
        Link("supplier", "/suppliers/%(supplier_id)d", when=given("supplier_id")),
        Link("transfer", "/transfers", "POST", Role.CLERK, (When("kind", TRANSFER), Own("store_id"))),
        Link("order", "/purchase-orders", "POST", Role.MANAGER, (When("kind", ORDER), Own("store_id"))),
    ],
)
_WIDTH = 5

Key = tuple[int, ...]


def answered(connection: Connection, caller: Caller, places: Select[Any], asked: Query, form: str) -> Response:
    """Return a page of documents; as CSV every line of all of them."""
    if form == "csv":
        return _sheet(connection, render.scope_of(caller), places, asked)
    # Twice through: what stands on a page is known when all of it was seen, and only that is kept.
    keys: Counter[Key] = Counter()
    for one in _found(connection, places, asked):
        keys[one.key] += 1
    parts = [(*key, part) for key, lines in keys.items() for part in range(1, -(-lines // MOST_LINES) + 1)]
    found = page_of(sorted(parts), _WIDTH, asked, signature(request.path, REPLENISHMENT.path))
    lines = _lines_of(_found(connection, places, asked), found.rows) if found.rows else {}
    scope = render.scope_of(caller)
    compiled = REPLENISHMENT.compiled(scope, asked.fields)
    documents = [_document(scope, key[-1], lines[key]) for key in found.rows]
    shown = compiled.show([[document[name] for name in compiled.names] for document in documents])
    return render.framed(request.path, asked, found, orjson.dumps(shown), lambda _, body: list_tag(body))


def _found(connection: Connection, places: Select[Any], asked: Query) -> Generator[Suggestion, None, None]:
    with gate.outside():  # the sales of a month are summed up before the first row
        result = connection.execute(places, execution_options={"yield_per": ROWS_AT_ONCE})
    with result:
        yield from suggestions(result, asked.asked)


def _lines_of(found: Iterable[Suggestion], keys: Iterable[Key]) -> dict[Key, list[Suggestion]]:
    wanted, seen = set(keys), Counter[Key]()
    lines: dict[Key, list[Suggestion]] = defaultdict(list)
    for one in found:
        seen[one.key] += 1
        key = (*one.key, -(-seen[one.key] // MOST_LINES))
        if key in wanted:
            lines[key].append(one)
    return lines


def _document(scope: Scope, part: int, lines: list[Suggestion]) -> dict[str, Any]:
    """Return a document's members, raw as a select would give them."""
    first = lines[0]
    costs = [None if one.taker.unit_cost is None else one.taker.unit_cost * one.quantity for one in lines]
    known = first.kind == ORDER and None not in costs
    about = _about(first)
    ids = {name: about[name] for name in ("supplier_id", "store_id", "to_store_id") if about[name] is not None}
    body = [{"item_id": one.taker.item_id, "quantity": quantity_wire(one.quantity)} for one in lines]
    return about | {
        "part": part,
        "cost": sum(cost for cost in costs if cost is not None) if known else None,
        "lines": [_line(scope, one) for one in lines],
        "body": ids | {"lines": body} if first.kind in {TRANSFER, ORDER} else None,
    }


def _about(one: Suggestion) -> dict[str, Any]:
    """Return which document a line belongs to."""
    own = one.taker if one.giver is None else one.giver
    sold = one.kind == ORDER
    return {
        "kind": one.kind,
        "store_id": own.store_id,
        "store": own.store,
        "to_store_id": one.taker.store_id if one.giver else None,
        "to_store": one.taker.store if one.giver else None,
        "supplier_id": one.taker.supplier_id if sold else None,
        "supplier": one.taker.supplier if sold else None,
    }


def _line(scope: Scope, one: Suggestion) -> dict[str, Any]:
    row, days = one.taker, one.days
    there = row.on_hand + row.in_transit + row.on_order + row.drafted
    members = {name: getattr(row, name) for name in ("item_id", "sku", "name", "unit")} | {
        "quantity": quantity_wire(one.quantity),
        "packs": one.packs,
        "pack_size": quantity_wire(row.pack_size) if one.packs else None,
        "wanted": quantity_wire(one.wanted),
        **{
            n: quantity_wire(getattr(row, n)) for n in ("on_hand", "in_transit", "on_order", "drafted", "reorder_point")
        },
        "reorder_to": None if row.reorder_to is None else quantity_wire(row.reorder_to),
        "sold_per_day": quantity_wire(max(0, row.sold) // days),
        "days_of_cover": None if row.sold <= 0 else max(0, there) * days * 10 // row.sold / 10,
        "surplus": None if one.surplus is None else quantity_wire(one.surplus),
    }
    if _sees_costs(scope):
        asks = row.unit_cost if one.kind == ORDER else None
        members["unit_cost"] = None if asks is None else money_wire(asks, scope.decimals)
    return members


def _sheet(connection: Connection, scope: Scope, places: Select[Any], asked: Query) -> Response:
    sheets.refuse_pages()
    shown = [n for n in REPLENISHMENT.visible(scope.role) if asked.fields is None or n in asked.fields]
    names = [name for name in shown if name not in {"part", "cost", "lines", "body"}]
    of_line = [name for name in _OF_LINE if name != "unit_cost" or _sees_costs(scope)]
    with ExitStack() as held:
        held.enter_context(sheets.room())
        found = _found(connection, places, asked)
        held.callback(found.close)
        batches = _batches(found)
        first = next(batches, [])  # what goes wrong at once is told before the head is sent
        lines = ([_about(one) | _line(scope, one) for one in batch] for batch in chain([first], batches))
        return sheets.streamed([*names, *(of_line if "lines" in shown else [])], lines, held)


def _sees_costs(scope: Scope) -> bool:
    return (scope.role or 0) >= Role.MANAGER


def _batches(found: Iterator[Suggestion]) -> Iterator[list[Suggestion]]:
    while batch := list(islice(found, ROWS_AT_ONCE)):
        yield batch
