"""Levels and lines in whole pieces and whole money, for examples that a reader can follow in the head."""

from __future__ import annotations

from models.plan import Level, Wanted, plan

PIECE = 1_000
MONEY = 10_000
VALUE = PIECE * MONEY
HERE, THERE, TEA, SALT = 1, 2, 7, 8


def level(pieces=0, worth=0, *, store=HERE, item=TEA, last_cost=None, allow_negative=False, **transit):
    transit = {"in_transit": 0, "transit_value": 0} | transit
    cost = None if last_cost is None else last_cost * MONEY
    return Level(store, item, pieces * PIECE, worth * VALUE, **transit, last_cost=cost, allow_negative=allow_negative)


def line(pieces, *, position=0, item=TEA, cost=None, **more):
    return Wanted(position, item, pieces * PIECE, unit_cost=None if cost is None else cost * MONEY, **more)


def by_key(*levels):
    return {(one.store_id, one.item_id): one for one in levels}


def planned(kind, lines, *levels, fallback=None, **more):
    return plan(kind, lines, by_key(*levels), store_id=HERE, fallback_costs={TEA: fallback}, **more)


def on_hand(result):
    (after,) = result.levels
    return after.on_hand / PIECE, after.value / VALUE
