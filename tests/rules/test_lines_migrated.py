"""The step that gives lines of an older shop their values and times, on every engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from blanks import session_of, settings_of
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from test_ledger_walk import BOOKS

from common import schema
from common.database import open_engine, unit_of_work
from models import checking, levels_at
from models.level import Level

FIRST = datetime(2026, 11, 20, 8, 0, 0, 123_000, tzinfo=UTC)
# Hours after the first, kind, lines as (place, store, item, quantity, value); two by a clock that was set back.
DOCUMENTS = (
    (0, "receipt", [("on_hand", 1, 1, 9000, 900), ("on_hand", 1, 2, 5000, 0)]),
    (2, "transfer", [("on_hand", 1, 1, -4000, -400), ("in_transit", 2, 1, 4000, 400)]),
    (1, "arrival", [("in_transit", 2, 1, -3000, -300), ("on_hand", 2, 1, 3000, 300)]),
    (5, "sale", [("on_hand", 2, 1, -3000, -300)]),
    (-1, "receipt", [("on_hand", 1, 2, 1000, 0)]),
)
ROWS = {
    "stores": "id, code, code_key, name, name_key, timezone, allow_negative_stock, version, created_at, updated_at",
    "items": "id, sku, sku_key, name, name_key, unit, barcodes, attributes, version, created_at, updated_at, tax_rate",
    "listings": "store_id, item_id, reorder_point, version, created_at, updated_at",
    "movements": "id, kind, store_id, to_store_id, transfer_id, occurred_at, recorded_at",
    "movement_lines": "movement_id, position, place, store_id, item_id, quantity, value, unit_cost, on_hand_after",
    "levels": "store_id, item_id, on_hand, in_transit, value, transit_value, updated_at",
}


@pytest.fixture
def older(every_blanks):
    """A shop as version 0009 kept it: two stores, two items, of which one is listed in the second store."""
    engine = open_engine(settings_of(every_blanks.places, every_blanks.places.create()).database_url)
    schema.migrate(engine, to="0009")
    sums, lines, movements, updated = {}, [], [], {}
    for number, (hours, kind, moves) in enumerate(DOCUMENTS, start=1):
        moment = at(hours)
        more = (2, None) if kind == "transfer" else (None, 2 if kind == "arrival" else None)
        movements.append((number, kind, 2 if number in {3, 4} else 1, *more, moment, moment))
        for place, store, item, quantity, value in moves:
            units, worth = sums.get((store, item, place), (0, 0))
            sums[store, item, place] = units + quantity, worth + value
            lines.append((number, item - 1, place, store, item, quantity, value, 0, units + quantity))
            updated[store, item] = moment
    none = (0, 0)
    levels = [
        (*key, *(sums.get((*key, place), none)[i] for i in (0, 1) for place in ("on_hand", "in_transit")), moment)
        for key, moment in updated.items()
    ]
    stores = [(n, f"S{n}", f"s{n}", "S", "s", "UTC", False, 1, at(0), at(0)) for n in (1, 2)]
    items = [(n, f"I{n}", f"i{n}", "I", "i", "each", "[]", "{}", 1, at(0), at(0), None) for n in (1, 2)]
    listed = [(2, 2, 1000, 1, at(-3), at(-3))]
    levels.append((2, 2, 0, 0, 0, 0, at(-3)))
    with engine.begin() as connection:
        for (name, columns), rows in zip(ROWS.items(), (stores, items, listed, movements, lines, levels), strict=True):
            put(connection, name, columns, rows)
    yield engine
    engine.dispose()


def at(hours):
    return (FIRST + timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def put(connection, table, columns, rows):
    names = columns.split(", ")
    values = ", ".join(f":{name}" for name in names)
    statement = text(f"INSERT INTO {table} ({columns}) VALUES ({values})")
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def test_an_older_shops_lines_get_what_they_left_and_when_they_count_from(older):
    schema.migrate(older)

    with session_of(older) as session:
        found = session.execute(text("SELECT value_after, recorded_at FROM movement_lines ORDER BY id")).all()
        hours = [(milliseconds - int(FIRST.timestamp()) * 1000 - 123) / 3_600_000 for _, milliseconds in found]
        assert [value for value, _ in found] == [900, 0, 500, 400, 100, 300, 0, 0]
        assert hours == [0, 0, 2, 2, 2, 2, 5, 0]
        created = dict(
            zip(
                ["first", "second", "there", "listed"],
                session.scalars(select(Level.created_at).order_by(Level.id)),
                strict=True,
            )
        )
        assert created == {
            "first": FIRST,
            "second": FIRST,
            "there": FIRST + timedelta(hours=2),
            "listed": FIRST - timedelta(hours=3),
        }
        second = Level.store_id == 1, Level.item_id == 2
        assert session.scalar(select(Level.updated_at).where(*second)) == FIRST
        assert [one for one in checking.prove(session.connection(), titles=BOOKS) if not one.holds] == []
        then = session.execute(levels_at.levels_at(FIRST + timedelta(hours=4)).where(Level.store_id == 2)).all()
        assert [(row.item_id, row.on_hand, row.in_transit) for row in then] == [(1, 3, 1), (2, 0, 0)]


@pytest.mark.parametrize("change", ["UPDATE movement_lines SET value_after = 0", "DELETE FROM movement_lines"])
def test_the_ledger_is_append_only_again_afterwards(older, change):
    schema.migrate(older)

    with session_of(older) as session, pytest.raises(IntegrityError, match="append"):
        session.execute(text(change))
    with session_of(older) as session, unit_of_work(session, write=False):
        titles = {"The database guards the ledger itself"}
        assert [one.offenders for one in checking.prove(session.connection(), titles=titles)] == [()]
