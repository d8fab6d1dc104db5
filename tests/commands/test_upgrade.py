"""A shop of an earlier version is brought up to date, with a copy of it put by first."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from common import schema
from common.database import open_engine

FIRST = "0001"
NOW = "'2026-11-20T08:00:00.000Z'"
OLD_SHOP = f"""
INSERT INTO stores
  (id, code, code_key, name, name_key, timezone, allow_negative_stock, version, created_at, updated_at)
  VALUES (1, 'MAIN', 'main', 'Main', 'main', 'UTC', 0, 1, {NOW}, {NOW});
INSERT INTO items
  (id, sku, sku_key, name, name_key, unit, barcodes, attributes, version, created_at, updated_at)
  VALUES (1, 'TEA', 'tea', 'Tea', 'tea', 'each', '[]', '{{}}', 1, {NOW}, {NOW});
INSERT INTO item_search (rowid, words) VALUES (1, 'TEA Tea');
INSERT INTO levels (store_id, item_id, on_hand, in_transit, value, transit_value, updated_at)
  VALUES (1, 1, 5000, 0, 0, 0, {NOW});
INSERT INTO movements (id, kind, store_id, occurred_at, recorded_at) VALUES (1, 'receipt', 1, {NOW}, {NOW});
INSERT INTO movement_lines
  (movement_id, position, place, store_id, item_id, quantity, value, unit_cost, on_hand_after)
  VALUES (1, 0, 'on_hand', 1, 1, 5000, 0, 0, 5000)
"""


@pytest.fixture
def old(shell):
    """The shop, as the first version kept it."""
    engine = open_engine(f"sqlite:///{(shell.folder / 'storekeeper.db').as_posix()}")
    schema.migrate(engine, to=FIRST)
    with engine.begin() as connection:
        for statement in OLD_SHOP.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    return shell


def test_an_older_shop_is_copied_then_brought_up_to_date_and_found_right(old):
    said = old("check")

    assert (said.code, said.err) == (0, "")
    (copy,) = (old.folder / "backups").iterdir()
    assert copy.name.startswith(f"before-migration-{FIRST}-")
    engine = open_engine(f"sqlite:///{copy.as_posix()}")
    with engine.connect() as connection:
        assert schema.current(connection) == FIRST
        assert connection.scalar(text("SELECT count(*) FROM movement_lines")) == 1
    engine.dispose()


def test_what_an_older_shop_does_from_now_on_is_recorded(old):
    lines = old.write("sales.csv", "kind,store,sku,quantity\nsale,MAIN,TEA,2\n")

    assert old("load", lines, "--kind", "movements").code == 0
    assert old("check").code == 0
    assert old.rows("SELECT entity, kind, row_id FROM audit_entries") == [("movements", "created", 2)]


def test_a_shop_that_is_up_to_date_is_not_copied(old):
    old("check")
    old("check")

    assert len(list((old.folder / "backups").iterdir())) == 1
