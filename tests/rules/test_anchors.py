"""Heads of the record, kept outside the database: what is cut off its end is missed."""

from __future__ import annotations

import logging
from datetime import timedelta

import examples
import pytest
from blanks import session_of
from sqlalchemy import text

from common import anchors as kept
from common.anchors import Anchors
from common.database import WRITE, unit_of_work
from models import checking


@pytest.fixture
def engine(every_engine, tmp_path):
    every_engine.anchors = Anchors(tmp_path)
    return every_engine


@pytest.fixture
def record(engine):
    """Add items, one in each transaction."""

    def add(*skus):
        for sku in skus:
            with session_of(engine) as session, unit_of_work(session, write=True):
                examples.item(session, sku)

    return add


QUIET = {
    "postgresql": ("SET session_replication_role = replica", "RESET session_replication_role"),
    "mariadb": ("SET @quiet = 1", "SET @quiet = NULL"),  # see tests/places.py
}


def cut(engine, first):
    """Take everything from a position on out of the record, with nothing that tells of it."""
    embedded = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        if embedded:
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(QUIET[engine.dialect.name][0]))
        ids = connection.scalars(text("SELECT entry_id FROM audit_seals WHERE position >= :first"), {"first": first})
        for id_ in ids.all():
            connection.execute(text("DELETE FROM audit_seals WHERE entry_id = :id"), {"id": id_})
            connection.execute(text("DELETE FROM audit_entries WHERE id = :id"), {"id": id_})
        if embedded:
            for _, sql in triggers:
                connection.execute(text(sql))
        else:
            connection.execute(text(QUIET[engine.dialect.name][1]))
        connection.commit()


def offenders(engine):
    with engine.connect() as connection:
        (finding,) = checking.prove(connection, engine.anchors, titles={checking.ANCHORED})
        (chain,) = checking.prove(connection, titles={"The record is one unbroken chain"})
    assert chain.holds  # what is left is whole: the chain alone would not tell
    return finding.offenders


def test_each_change_keeps_the_head_that_it_made(engine, record):
    record("TEA", "JAM")

    with engine.connect() as connection:
        seals = connection.execute(text("SELECT position, hash FROM audit_seals ORDER BY position")).all()
    assert [(position, head) for position, head, _ in engine.anchors.all()] == [tuple(seal) for seal in seals]
    assert offenders(engine) == ()


def test_a_record_that_was_cut_is_found(engine, record):
    record("TEA", "JAM", "RYE")
    cut(engine, 3)

    (offender,) = offenders(engine)
    assert offender.startswith("position 3, kept at ")


def test_a_record_that_was_cut_and_went_on_is_found(engine, record):
    record("TEA", "JAM", "RYE")
    cut(engine, 2)
    record("OIL", "FIG", "NUT")

    assert [offender.split(" is ")[0] for offender in offenders(engine)] == ["position 2", "position 3"]


def test_a_line_that_is_no_head_is_named(engine, record):
    record("TEA")
    with engine.anchors.path.open("a", encoding="ascii") as file:
        file.write("what is this\n")

    assert offenders(engine) == ("a line of record.heads is no head: what is this",)


def test_what_is_undone_keeps_no_head(engine):
    with session_of(engine) as session:
        examples.item(session, "TEA")
        session.rollback()

    assert list(engine.anchors.all()) == []


def test_a_head_that_cannot_be_kept_costs_no_change(engine, record, caplog):
    engine.anchors.path.mkdir()

    with caplog.at_level(logging.ERROR):
        record("TEA")

    assert "the head of the record could not be kept" in caplog.text
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_seals")) == 1


def test_a_large_file_keeps_the_newest_heads_and_the_first_of_each_hour(tmp_path, time, monkeypatch):
    monkeypatch.setattr(kept, "_MOST_BYTES", 1000)
    monkeypatch.setattr(kept, "_NEWEST", 3)
    anchors = Anchors(tmp_path)
    for minute in range(0, 180, 10):
        time.after(timedelta(minutes=minute))
        anchors.keep(minute + 1, "0" * 64)

    anchors.thin()
    anchors.thin()

    assert [position for position, _, _ in anchors.all()] == [1, 61, 121, 151, 161, 171]
    assert [path.name for path in tmp_path.iterdir()] == ["record.heads"]
