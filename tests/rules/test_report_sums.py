"""Whole numbers divided and rounded in the database: alike on each engine, and as Python does it exactly."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from sqlalchemy import BigInteger, literal, select, union_all

from models.level import average, quotient
from models.reports import worth

NUMBERS = (0, 1, -1, 499, 500, 501, -499, -500, -501, 1499, 1500, -1500, -1999, 2500, -2500, 19_999_999, -19_999_999)
LARGE = (9_007_199_254_740_993, -9_007_199_254_740_993, 922_337_203_685_477_580, -922_337_203_685_477_580)
DIVISORS = (1, 3, 1000, 10_000_000, 999_999_999_999)


@pytest.fixture
def told(every_engine):
    """Ask the database for something of each of some rows of numbers."""

    def ask(make, rows):
        held = union_all(
            *(select(*(literal(n, BigInteger).label(f"c{i}") for i, n in enumerate(row))) for row in rows)
        ).subquery()
        with every_engine.connect() as connection:
            found = connection.execute(select(*held.c, make(*held.c).label("told")).group_by(*held.c))
            return {tuple(row[:-1]): row[-1] for row in found}

    return ask


def test_a_quotient_has_no_rest_and_goes_towards_zero(told):
    rows = [(number, by) for number in NUMBERS + LARGE for by in DIVISORS]

    found = told(quotient, rows)

    assert {row: int(value) for row, value in found.items()} == {
        (n, by): abs(n) // by * (1 if n >= 0 else -1) for n, by in rows
    }


def test_a_value_is_rounded_once_half_to_even(told):
    rows = [(number,) for number in NUMBERS + LARGE]

    assert told(worth, rows) == {
        (n,): Decimal(n).scaleb(-7).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN) for (n,) in rows
    }


def test_an_average_is_rounded_half_up_however_small_the_rest(told):
    rows = [(units, value) for units in DIVISORS for value in (*NUMBERS, *LARGE) if value >= 0]

    found = told(average, rows)

    assert found == {
        (units, value): (Decimal(value) / units).quantize(Decimal(1), rounding=ROUND_HALF_UP).scaleb(-4)
        for units, value in rows
    }
