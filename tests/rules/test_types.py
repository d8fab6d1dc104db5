"""common/types.py: what is kept is what was given, on every engine, and in a form that can be compared there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from blanks import session_of
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, cast, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from common.types import JsonText, MoneyType, QuantityType, RateType, Timestamp, ValueType, dump_json, load_json

BIGGEST = 2**63 - 1
KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(type_.__name__.lower(), type_) for type_ in (MoneyType, QuantityType, RateType, ValueType)),
    Column("moment", Timestamp),
    Column("json", JsonText),
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - in UTC by `timezones`
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('abé茶 "\\', max_size=4), inner, max_size=4),
    max_leaves=8,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)


@pytest.fixture
def session(every_engine):
    """Its table is gone with the transaction that made it, whatever becomes of the test."""
    with session_of(every_engine) as session:
        KEPT.create(session.connection())
        yield session


def keep(session, **values):
    """Write and read again."""
    session.execute(KEPT.delete())
    session.execute(insert(KEPT).values(id=1, **values))
    (kept,) = session.execute(select(*(KEPT.c[name] for name in values))).one()
    return kept


@pytest.mark.parametrize(
    ("column", "value", "units"),
    [
        ("moneytype", Decimal("15.99"), 159_900),
        ("moneytype", Decimal("-0.0001"), -1),
        ("quantitytype", Decimal("1.5"), 1500),
        ("quantitytype", 3, 3000),
        ("ratetype", Decimal(19), 190_000),
        ("valuetype", Decimal(BIGGEST).scaleb(-7), BIGGEST),
        ("valuetype", Decimal(-BIGGEST).scaleb(-7), -BIGGEST),
        ("moneytype", None, None),
    ],
)
def test_a_number_is_kept_as_units_and_comes_back_exactly(session, column, value, units):
    kept = keep(session, **{column: value})

    assert kept == value
    assert kept is None or isinstance(kept, Decimal)
    assert session.scalar(text(f"SELECT {column} FROM kept")) == units


@pytest.mark.parametrize(
    ("column", "value"), [("quantitytype", "0.0005"), ("moneytype", "0.00001"), ("valuetype", "NaN")]
)
def test_a_number_that_would_lose_digits_is_not_kept(session, column, value):
    with pytest.raises(StatementError, match="number"):
        keep(session, **{column: Decimal(value)})


def test_a_number_sorts_and_compares_as_a_number(session):
    values = [Decimal(text) for text in ("-1", "0", "0.001", "0.01", "9", "10", "100.5")]
    session.execute(insert(KEPT), [{"id": i, "quantitytype": value} for i, value in enumerate(reversed(values))])
    column = KEPT.c.quantitytype

    assert session.scalars(select(column).order_by(column)).all() == values
    assert session.scalars(select(column).where(column >= Decimal("9.5")).order_by(column)).all() == values[-2:]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20, 8, 0, 0, 123_000, tzinfo=UTC),
        datetime(2026, 11, 20, 8, 0, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_in_utc(session, moment):
    kept = keep(session, moment=moment)

    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


@given(moments=st.lists(MOMENTS, min_size=2, max_size=8, unique=True))
def test_what_sqlite_keeps_of_moments_sorts_as_they_do(moments):
    def kept(moment):
        return Timestamp().process_bind_param(moment, sqlite.dialect())

    assert sorted(moments) == sorted(moments, key=kept)
    assert {len(kept(moment)) for moment in moments} == {24}


def test_no_moment_is_none(session):
    assert keep(session, moment=None) is None


@given(JSON)
def test_json_comes_back_as_it_was(value):
    assert load_json(dump_json(value)) == value


@given(NUMBERS)
def test_a_decimal_in_json_keeps_all_its_digits(number):
    written = dump_json({"width": number})

    assert load_json(written)["width"] == number
    assert "e" not in written.lower()


def test_json_is_kept_as_compact_text(session):
    kept = keep(session, json={"colour": "rötlich", "width": Decimal("1.50"), "new": True})

    assert kept == {"colour": "rötlich", "width": Decimal("1.50"), "new": True}
    assert (
        session.scalar(select(cast(KEPT.c.json, KEPT.c.json.type.impl)))
        == '{"colour":"rötlich","width":1.50,"new":true}'
    )


def test_what_is_no_json_is_not_written():
    with pytest.raises(TypeError):
        dump_json({"when": object()})
