from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.currencies import CURRENCY_DECIMALS
from common.quantities import (
    MAX_MONEY,
    MONEY_PLACES,
    QUANTITY_PLACES,
    VALUE_PLACES,
    money_wire,
    quantity_wire,
    scale,
    unscale,
    value_wire,
)

UNITS = st.integers(-(2**63), 2**63 - 1)


@given(UNITS, st.sampled_from([MONEY_PLACES, QUANTITY_PLACES, VALUE_PLACES]))
def test_what_is_scaled_comes_back(units, places):
    value = unscale(units, places)

    again = scale(value, places)

    assert again == units
    assert Fraction(value) == Fraction(units, 10**places)


@pytest.mark.parametrize(
    "value", ["0.00001", "1.23456", "1e-999999", "1e999999", "NaN", "sNaN", "Infinity", "-Infinity", "9" * 80]
)
def test_what_four_decimals_cannot_hold_is_refused(value):
    number = Decimal(value)

    with pytest.raises(ValueError, match=r"decimals|finite"):
        scale(number, MONEY_PLACES)


def test_zeros_past_the_last_decimal_and_exponents_are_exact():
    spellings = ["15.99", "15.9900000", "1599e-2", "0.01599E3"]

    units = {scale(Decimal(spelling), MONEY_PLACES) for spelling in spellings}

    assert units == {159900}


@pytest.mark.parametrize(
    ("units", "decimals", "shown"),
    [
        (159900, 2, "15.99"),
        (0, 2, "0.00"),
        (0, 0, "0"),
        (1, 2, "0.0001"),
        (-1, 2, "-0.0001"),
        (-159900, 2, "-15.99"),
        (150000, 2, "15.00"),
        (159910, 2, "15.991"),
        (150000, 0, "15"),
        (155000, 0, "15.5"),
        (150000, 3, "15.000"),
        (150000, 4, "15.0000"),
        (9999999999999, 2, "999999999.9999"),
    ],
)
def test_money_shows_the_currencys_decimals_and_more_only_where_not_zero(units, decimals, shown):
    wire = money_wire(units, decimals)

    assert wire == shown


@given(UNITS, st.integers(0, 4))
def test_money_on_the_wire_is_exact(units, decimals):
    wire = money_wire(units, decimals)

    assert scale(Decimal(wire), MONEY_PLACES) == units
    assert len(wire.partition(".")[2]) >= decimals


@given(st.integers(-(10**15), 10**15))
def test_a_quantity_on_the_wire_is_exact(units):
    wire = quantity_wire(units)

    assert Decimal(repr(wire)) * 1000 == units
    assert Decimal(json.dumps(wire)) * 1000 == units


@pytest.mark.parametrize("units", [10**15, 10**15 - 1, -(10**15) + 1, 999_999_999_999, 1, -1, 10**14 + 1])
def test_a_quantity_is_exact_at_the_ends_of_its_range(units):
    wire = quantity_wire(units)

    assert Decimal(repr(wire)) * 1000 == units


def test_a_whole_quantity_is_an_int():
    wires = [quantity_wire(units) for units in (7000, 0, -7000, 1500, -1500)]

    assert wires == [7, 0, -7, 1.5, -1.5]
    assert [type(wire) for wire in wires] == [int, int, int, float, float]


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (159900_000, "15.99"),
        (125_000_500, "12.50"),
        (125_001_500, "12.5002"),
        (125_000_501, "12.5001"),
        (125_000_499, "12.50"),
        (-125_000_500, "-12.50"),
        (-125_001_500, "-12.5002"),
        (-125_000_501, "-12.5001"),
        (-499, "0.00"),
        (-500, "0.00"),
    ],
)
def test_a_value_is_rounded_half_to_even_at_the_fourth_decimal(units, shown):
    wire = value_wire(units)

    assert wire == shown


@given(UNITS)
def test_a_value_rounds_as_decimal_does(units):
    exact = unscale(units, VALUE_PLACES)

    wire = value_wire(units)

    assert Decimal(wire) == exact.quantize(Decimal("0.0001"))


def test_the_largest_money_fits_its_column():
    units = scale(MAX_MONEY, MONEY_PLACES)

    assert units < 2**63
    assert money_wire(units) == str(MAX_MONEY)


def test_currencies_have_the_decimals_of_iso_4217(shared_data):
    tree = ET.parse(shared_data("lists/iso-4217-list-one.xml"))  # noqa: S314 - the standard's own list, kept with the tests
    listed = {row.findtext("Ccy"): row.findtext("CcyMnrUnts") for row in tree.iter("CcyNtry")}

    expected = {code: int(minor) for code, minor in listed.items() if code and minor.isdigit()}

    # The Caribbean guilder came after the list of 2024.
    assert expected | {"XCG": 2} == CURRENCY_DECIMALS


def test_gold_is_no_currency_and_no_currency_has_more_decimals_than_money():
    absent = {"XAU", "XXX", "XTS"} & CURRENCY_DECIMALS.keys()

    assert not absent
    assert max(CURRENCY_DECIMALS.values()) <= MONEY_PLACES
    assert (CURRENCY_DECIMALS["EUR"], CURRENCY_DECIMALS["JPY"], CURRENCY_DECIMALS["KWD"]) == (2, 0, 3)
