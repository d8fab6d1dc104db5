"""A shop is copied from any database into any other, whole and proven, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from shell import Shell
from sqlalchemy import event, inspect, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from commands.opening import bring_up_to_date  # noqa: F401 - with the commands come all models
from common.access import Caller, Role
from common.database import again, open_engine
from common.settings import Settings
from common.settings_schema import Database
from models import ledger
from models.category import Category
from models.item import Item
from models.store import Store

KILL = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}
WHO = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A small shop in a file, with batches; a category stands below a later one, ids were given whose rows are gone."""
    shell = Shell(tmp_path_factory.mktemp("source"))
    assert shell("demo").code == 0
    engine = open_engine(f"sqlite:///{(shell.folder / 'storekeeper.db').as_posix()}")
    with Session(engine, autoflush=False, expire_on_commit=False) as session:
        again(session, _turn_over)
        again(session, _bring_batches)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('sessions', 41)"))
    engine.dispose()
    return shell


def _turn_over(session):
    below = Category.create(session, name="Below")
    session.flush()
    above = Category.create(session, name="Above")
    session.flush()
    below.revise(parent_id=above.id)


def _bring_batches(session):
    item = Item.create(session, sku="MILK", name="Milk", tracks_batches=True)
    here, there = session.scalars(select(Store.id).order_by(Store.id).limit(2))
    of_item, act = {"item_id": item.id}, {"session": session, "caller": Caller(role=Role.CLERK), "store_id": here}
    came = [of_item | {"quantity": Decimal(3), "lot": lot, "expires_on": date(2027, 5, 31)} for lot in "AB"]
    ledger.post(kind="receipt", lines=came, **act)
    ledger.post(kind="transfer", to_store_id=there, lines=[of_item | {"quantity": Decimal(4)}], **act)


@pytest.fixture
def target(databases, tmp_path):
    """The address of a new and empty database of each kind."""
    if databases.name == "sqlite":
        return f"sqlite:///{(tmp_path / 'target.db').as_posix()}"
    return databases.settings(databases.create())["database"].url


@pytest.fixture
def opened(target):
    """Open it, to look into it."""
    engine = open_engine(Settings(database=Database(url=target)).database_url)
    yield engine
    engine.dispose()


def everything(path):
    engine = open_engine(f"sqlite:///{path.as_posix()}")
    with engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith("item_search")]
        found = {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in names}
        given = connection.execute(text("SELECT name, seq FROM sqlite_sequence ORDER BY name")).all()
    engine.dispose()
    return found, [tuple(row) for row in given if row[1]]


def source_of(shop):
    return everything(shop.folder / "storekeeper.db")


def test_a_shop_goes_there_and_comes_back_as_it_was(shop, target, tmp_path, monkeypatch):
    before = source_of(shop)

    there = shop("copy", "--to", target)

    assert (there.code, there.err) == (0, "")
    assert there.lines[0].startswith("Copied ")
    with monkeypatch.context() as patch:
        patch.setenv("STOREKEEPER_DATABASE_URL", target)
        assert shop("check").code == 0
        assert shop("copy", "--to", f"sqlite:///{(tmp_path / 'back.db').as_posix()}").code == 0
    assert everything(tmp_path / "back.db") == before == source_of(shop)
    assert ("sessions", 41) in before[1]
    assert shop("copy", "--to", target).code == 1


def test_a_row_that_the_copy_cannot_have_leaves_everything_as_it_was(shop, target, opened):
    broken = open_engine(f"sqlite:///{(shop.folder / 'storekeeper.db').as_posix()}")
    with broken.begin() as connection:
        name = connection.scalar(text("SELECT name FROM items WHERE id = 7"))
        connection.execute(text("UPDATE items SET name = :name WHERE id = 7"), {"name": "x" * 300})
    before = source_of(shop)
    try:
        refused = shop("copy", "--to", target)

        assert (refused.code, refused.out, len(refused.refusals)) == (1, "", 1)
        assert source_of(shop) == before
        assert inspect(opened).get_table_names() == []
    finally:
        with broken.begin() as connection:
            connection.execute(text("UPDATE items SET name = :name WHERE id = 7"), {"name": name})
        broken.dispose()


def test_a_connection_that_is_lost_half_way_leaves_everything_as_it_was(shop, target, opened):
    if (dialect := opened.dialect.name) == "sqlite":
        pytest.skip("a file has no connection to lose")
    before, killed = source_of(shop), []

    def kill(connection, cursor, statement, *_):
        if connection.dialect.name == dialect and statement.startswith("INSERT INTO movement_lines") and not killed:
            cursor.execute(WHO[dialect])
            killed.append(cursor.fetchone()[0])
            with opened.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                other.exec_driver_sql(KILL[dialect].format(killed[0]))

    event.listen(Engine, "before_cursor_execute", kill)
    try:
        refused = shop("copy", "--to", target)
    finally:
        event.remove(Engine, "before_cursor_execute", kill)

    assert killed
    assert (refused.code, refused.out) == (1, "")
    assert refused.refusals[-1].endswith("Nothing was copied.")
    assert source_of(shop) == before
    assert inspect(opened).get_table_names() == []
    assert shop("copy", "--to", target).code == 0


def test_a_copy_into_what_is_not_an_empty_database_is_refused(shop, target, opened):
    for url, code, words in (
        ("sqlite:///storekeeper.db", 1, "This is the database that the shop is in"),
        ("oracle://h/d", 2, "must begin with"),
        ("postgresql://nobody@127.0.0.1:1/nothing", 1, "port 1, did not answer"),
        ("mariadb://nobody@127.0.0.1:1/nothing", 1, "port 1, did not answer"),
    ):
        refused = shop("copy", "--to", url)
        assert (refused.code, refused.out, len(refused.refusals)) == (code, "", 1), refused.err
        assert words in refused.err

    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    refused = shop("copy", "--to", target)

    assert refused.code == 1
    assert ("is there already" if opened.dialect.name == "sqlite" else "is not empty") in refused.err
    assert inspect(opened).get_table_names() == ["theirs"]
