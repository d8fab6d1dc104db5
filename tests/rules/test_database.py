"""common/database.py: how databases are opened, and what their refusals mean."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import examples
import pytest
import trustme
from blanks import session_of
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from common import database
from common.database import WRITE, insert_first, insert_missing, open_engine, translate, unit_of_work
from common.errors import Busy, Refused, SettingsInvalid, StorekeeperError
from common.mariadb import FrugalConnection
from models.level import Level

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "cache_size": -16_000,
    "temp_store": 2,
}


def test_every_connection_has_the_pragmas_that_keep_a_shop_s_data(engine):
    readers = engine.execution_options(**{WRITE: False})
    with readers.connect() as first, readers.connect() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
            assert found == PRAGMAS


def test_connections_that_meet_in_a_new_file_are_all_set_up(tmp_path):
    """Two that switch the same empty file to its log at once: SQLite tells one of them not to wait."""
    at_once = Barrier(3)

    def meet(name):
        engine = open_engine(f"sqlite:///{(tmp_path / name).as_posix()}")
        try:
            at_once.wait(timeout=10)
            with engine.connect() as connection:
                return connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        finally:
            engine.dispose()

    with ThreadPoolExecutor(3) as threads:
        for number in range(60):
            assert list(threads.map(meet, [f"{number}.db"] * 3)) == ["wal"] * 3


def test_an_old_sqlite_that_can_corrupt_a_database_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(database.sqlite, "sqlite_version_info", (3, 51, 2))

    assert examples.refused(SettingsInvalid, open_engine, f"sqlite:///{(tmp_path / 'x.db').as_posix()}") == []


def test_the_sqlite_that_is_used_is_new_enough(engine):
    with engine.connect() as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()

    assert tuple(map(int, version.split("."))) >= database.OLDEST_SQLITE


def test_a_repeated_insert_is_told_from_the_first(every_engine):
    with session_of(every_engine) as session:
        shop, tea = examples.store(session), examples.item(session)
        row = {"store_id": shop.id, "item_id": tea.id}

        assert [insert_first(session, Level, row) for _ in range(3)] == [True, False, False]
        session.execute(update(Level).values(on_hand=7, value=1))
        insert_missing(session, Level, [row, row | {"item_id": examples.item(session, "SALT").id}])
        insert_missing(session, Level, [])

        assert session.scalars(select(Level.on_hand).order_by(Level.id)).all() == [7, 0]


def refusal(session, statement):
    with pytest.raises(DBAPIError) as caught:
        session.execute(text(statement))
    session.rollback()
    return caught.value


def test_a_constraint_is_told_by_its_name_and_one_without_a_name_in_the_table_is_a_refusal(every_engine):
    named = every_engine.dialect.name != "sqlite"
    with session_of(every_engine) as session:
        examples.item(session, "TEA")
        examples.item(session, "SALT")
        session.commit()

        taken = refusal(session, "UPDATE items SET sku_key = 'same'")
        other = refusal(session, "UPDATE items SET category_id = 99")

    assert isinstance(taken, IntegrityError)
    assert [problem.field for problem in translate(taken).errors] == (["sku"] if named else [])
    assert isinstance(translate(taken), Refused)
    assert type(translate(other)) is Refused


def test_a_mistake_of_the_program_stays_what_it_is(every_engine):
    with session_of(every_engine) as session:
        for statement in ("SELECT nothing FROM nowhere", "SELEC 1"):
            error = refusal(session, statement)
            assert translate(error) is error
            assert not isinstance(error, StorekeeperError)


def test_a_database_that_is_not_there_is_busy_not_broken(tmp_path):
    engine = open_engine(f"sqlite:///{(tmp_path / 'no such folder' / 'x.db').as_posix()}")

    with session_of(engine) as session:
        refused = examples.refused(Busy, unit_of_work(session, write=True).__enter__)

    assert refused == []
    engine.dispose()


def test_a_server_that_does_not_answer_is_busy_not_broken():
    engine = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    with session_of(engine) as session:
        refused = examples.refused(Busy, unit_of_work(session, write=True).__enter__)

    assert refused == []


def test_certificates_are_loaded_once_unless_a_mariadb_url_names_those_to_trust(tmp_path):
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    trusted = {"ssl": {"ca": str(tmp_path / "ca.pem")}}  # what SQLAlchemy makes of `?ssl_ca=…`

    one, other, *sure = (FrugalConnection(defer_connect=True, **more) for more in ({}, {}, trusted, trusted))

    assert one.ctx is other.ctx
    assert (one.ctx.verify_mode, one.ctx.check_hostname) == (ssl.CERT_NONE, False)
    assert {(each.ctx.verify_mode, each.ctx.check_hostname) for each in sure} == {(ssl.CERT_REQUIRED, True)}
    assert len({one.ctx, *(each.ctx for each in sure)}) == 3


def test_a_connection_to_mariadb_is_of_that_kind(every_engine):
    with every_engine.connect() as connection:
        kind = type(connection.connection.dbapi_connection)

    assert (kind is FrugalConnection) == (every_engine.dialect.name == "mariadb")
