"""common/prepared.py: what it fetches is what SQLAlchemy would, as the driver gives it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import examples
import pytest
from sqlalchemy import String, bindparam, literal, select, text
from sqlalchemy.exc import DBAPIError

from common.database import translate
from common.errors import StorekeeperError
from common.prepared import Prepared
from common.types import Timestamp
from models.item import Item


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def connection(session):
    for number, price in enumerate(("1.00", "2.50", "2.50", None), start=1):
        examples.item(session, f"SKU-{number}", price=price and Decimal(price))
    return session.connection()


def fetched(connection, statement, **values):
    return Prepared(statement, connection.dialect).fetch(connection, values)


def test_it_fetches_what_sqlalchemy_does(connection):
    statement = select(Item.sku).where(Item.sku_key > bindparam("after")).order_by(Item.sku_key)

    rows = fetched(connection, statement, after="sku-2")

    assert rows == [("SKU-3",), ("SKU-4",)]
    assert rows == [tuple(row) for row in connection.execute(statement, {"after": "sku-2"})]


def test_a_parameter_is_converted_as_its_type_says_and_a_column_is_not(connection):
    statement = select(Item.sku, Item.price).where(Item.price == bindparam("price", type_=Item.price.type))

    assert fetched(connection, statement, price=Decimal("2.5")) == [("SKU-2", 25_000), ("SKU-3", 25_000)]


def test_moments_compare_as_they_are_kept(connection):
    statement = select(Item.sku).where(Item.created_at > bindparam("moment", type_=Timestamp))

    assert len(fetched(connection, statement, moment=datetime(2000, 1, 1, tzinfo=UTC))) == 4
    assert fetched(connection, statement, moment=datetime.now(UTC) + timedelta(days=1)) == []


def test_values_that_are_given_in_the_statement_hold_until_others_are_passed(connection):
    statement = select(Item.sku).where(Item.sku == bindparam("sku", "SKU-1"), literal(1) == 1)

    assert fetched(connection, statement) == [("SKU-1",)]
    assert fetched(connection, statement, sku="SKU-2") == [("SKU-2",)]


def test_a_name_may_stand_in_several_places_and_in_any_order(connection):
    statement = (
        select(bindparam("b", type_=String).label("b"), bindparam("a", type_=String).label("a"), Item.sku)
        .where(Item.sku == bindparam("a", type_=String))
        .limit(bindparam("limit"))
    )

    assert fetched(connection, statement, a="SKU-1", b="x", limit=1) == [("x", "SKU-1", "SKU-1")]


def test_a_parameter_that_is_missing_is_a_mistake_of_the_program(connection):
    with pytest.raises(KeyError):
        fetched(connection, select(Item.sku).where(Item.sku == bindparam("sku")))


def test_a_list_of_values_is_said_to_need_expanding(connection):
    several = select(Item.sku).where(Item.id.in_(bindparam("ids", expanding=True)))

    assert Prepared(several, connection.dialect).needs_expanding
    assert not Prepared(select(Item.sku), connection.dialect).needs_expanding


def test_it_sees_what_its_own_transaction_wrote(session, connection):
    examples.item(session, "NEW")

    assert fetched(connection, select(Item.sku).where(Item.sku == bindparam("sku")), sku="NEW") == [("NEW",)]


def test_what_the_database_refuses_is_said_as_sqlalchemy_says_it(connection):
    with pytest.raises(DBAPIError) as caught:
        fetched(connection, text("SELECT nothing FROM nowhere"))

    assert translate(caught.value) is caught.value
    assert not isinstance(translate(caught.value), StorekeeperError)
