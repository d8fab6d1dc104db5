from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.gtin import barcode_key, check_digit_ok, has_gtin_form, lookup_keys


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def with_check_digit(body):
    return next(body + digit for digit in "0123456789" if check_digit_ok(body + digit))


BODIES = st.sampled_from([7, 11, 12, 13]).flatmap(
    lambda length: st.text("0123456789", min_size=length, max_size=length).filter(lambda body: body.strip("0"))
)


def test_the_known_cases_get_their_verdict(shared_data):
    cases = rows(shared_data("lists/ean_cases.csv"))

    verdicts = {row["code"]: has_gtin_form(row["code"]) and check_digit_ok(row["code"]) for row in cases}

    assert len(verdicts) > 15
    for row in cases:
        expected = row["mod10_status"] == "valid" and "refused" not in row["source"]
        assert verdicts[row["code"]] == expected, row


def test_a_real_catalogue_has_two_wrong_check_digits(shared_data):
    codes = [row["ean"] for row in rows(shared_data("off_catalogue_1470_ean.csv"))]

    wrong = [code for code in codes if has_gtin_form(code) and not check_digit_ok(code)]

    assert len(codes) == 1470
    assert len(wrong) == 2
    assert len({barcode_key(code) for code in codes}) == len(set(codes))


@given(BODIES)
def test_every_body_has_exactly_one_check_digit(body):
    right = [digit for digit in "0123456789" if check_digit_ok(body + digit)]

    assert len(right) == 1


@given(BODIES, st.integers(0, 13), st.integers(1, 9))
def test_a_single_mistyped_digit_is_found(body, place, shift):
    code = with_check_digit(body)
    place %= len(code)

    mistyped = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]

    assert not check_digit_ok(mistyped)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("036000291452", "0036000291452"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("96385074", "0000096385074"),
        ("4006381333931", "04006381333931"),
    ],
)
def test_leading_zeros_and_upc_and_ean_forms_are_one_code(one, other):
    keys = {barcode_key(one), barcode_key(other)}

    assert len(keys) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("036000291452", "10036000291459"),
        ("36000291452", "036000291452"),
        ("A1", "a1"),
        ("0123", "123"),
        ("=00036000291452", "00036000291452"),
        ("00000000000017", "17"),
        ("4006381333932", "4006381333931"),
    ],
)
def test_other_codes_are_different_codes(one, other):
    keys = {barcode_key(one), barcode_key(other)}

    assert len(keys) == 2


@given(BODIES, st.integers(0, 17))
def test_zeros_more_or_fewer_matter_only_outside_the_lengths_of_gtins(body, length):
    code = with_check_digit(body)
    other = code.lstrip("0").zfill(length)

    same = barcode_key(code) == barcode_key(other)

    assert same == (len(other) in {8, 12, 13, 14} or other == code)


@given(st.text(min_size=1, max_size=15), st.text(min_size=1, max_size=15))
def test_internal_codes_are_the_same_only_when_spelt_the_same(one, other):
    keys = barcode_key(one), barcode_key(other)

    assert (keys[0] == keys[1]) == (one == other)


@given(BODIES, st.sampled_from([8, 12, 13, 14]))
def test_a_gtin_keeps_its_key_in_every_length_that_holds_it(body, length):
    code = with_check_digit(body)

    padded = code.zfill(length)

    if len(padded) == length:
        assert barcode_key(padded) == barcode_key(code) == code.zfill(14)


def test_a_code_that_lost_its_zeros_is_looked_up_as_the_gtin_after_itself():
    keys = lookup_keys("36000291452")

    assert keys == (barcode_key("36000291452"), barcode_key("036000291452"))


@pytest.mark.parametrize("code", ["036000291452", "4006381333932", "SKU-1", "", "0", "000", "٤٠٠٦٣٨١٣٣٣٩٣١", "\0"])
def test_any_other_code_is_looked_up_as_itself_alone(code):
    keys = lookup_keys(code)

    assert keys == (barcode_key(code),)


@pytest.mark.parametrize("code", ["", "0", "00000000", "0000000000000", "٤٠٠٦٣٨١٣٣٣٩٣١", "400638133393X", " 96385074"])
def test_what_is_no_digits_or_all_zeros_has_no_check_digit(code):
    verdict = check_digit_ok(code)

    assert verdict is False
