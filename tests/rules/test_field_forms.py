from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from common import clock
from common.fields import Attributes, Boolean, Date, FieldProblem, Integer, Money, Quantity, Rate, Text, Timestamp

LIMIT = Integer(1, 200)


def refusal(convert, value):
    with pytest.raises(FieldProblem) as caught:
        convert(value)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20t09:30:00.123999z", datetime(2026, 11, 20, 9, 30, 0, 123000, tzinfo=UTC)),
        ("2026-11-20T09:30:00.1+02:00", datetime(2026, 11, 20, 7, 30, 0, 100000, tzinfo=UTC)),
        ("2026-11-20 09:30:00.123456789012-05:30", datetime(2026, 11, 20, 15, 0, 0, 123000, tzinfo=UTC)),
        ("1969-12-31T23:00:00-01:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_kept_in_utc_cut_to_milliseconds(text, moment):
    kept = Timestamp()(text)

    assert kept == moment
    assert kept.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-20T09:30:00", "format"),
        ("2026-11-20", "format"),
        ("2026-11-20T09:30Z", "format"),
        ("2026-11-20T24:00:00Z", "format"),
        ("2026-11-20T09:30:60Z", "format"),
        ("2026-13-20T09:30:00Z", "format"),
        ("2026-11-20T09:30:00+24:00", "format"),
        ("2026-11-20T09:30:00 02:00", "format"),
        ("2026-W47-5T09:30:00Z", "format"),
        ("0000-01-01T00:00:00Z", "format"),
        ("2026-11-20T09:30:00Z\n", "format"),
        (f"2026-11-20T09:30:00.{'1' * 1000}Z", "format"),
        ("1969-12-31T23:59:59.999Z", "too_small"),
        ("0001-01-01T00:00:00+01:00", "too_small"),
        ("9999-12-31T23:59:59-00:01", "too_large"),
    ],
)
def test_what_is_no_single_moment_of_our_time_is_refused(text, code):
    refused = refusal(Timestamp(), text)

    assert refused == code


def test_where_the_future_is_closed_now_is_the_last_moment(monkeypatch):
    now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    past = Timestamp(future=False)

    assert past("2026-11-20T10:30:00+01:00") == now
    assert refusal(past, "2026-11-20T09:30:00.001Z") == "in_the_future"


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (LIMIT, "007", 7),
        (Integer(-5, 5), "-5", -5),
        (Boolean(), "TRUE", True),
        (Boolean(), "false", False),
        (Quantity(), "1.5", Decimal("1.5")),
        (Rate(), "19", Decimal(19)),
        (Money(), "15.99", Decimal("15.99")),
        (Text(20), "12", "12"),
        (Date(), "2026-11-20", date(2026, 11, 20)),
        (Attributes(), '{"colour": "red", "size": 4.5}', {"colour": "red", "size": 4.5}),
        (Attributes(), " ", {}),
    ],
)
def test_a_field_reads_its_plain_text_form(field, text, kept):
    result = field.from_text(text)

    assert result == kept


@pytest.mark.parametrize("field", [Integer(-(10**9), 10**9), Quantity(signed=True), Rate(), Money()])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+5",
        "1_000",
        "1e3",
        "1,5",
        "0x10",
        "\u0663",
        "\uff15",
        "5.",
        ".5",
        "--5",
        "NaN",
        "inf",
        "5\n",
        "9" * 5000,
    ],
)
def test_a_number_in_text_is_plain_ascii_or_refused(field, text):
    refused = refusal(field.from_text, text)

    assert refused == "format"


@pytest.mark.parametrize("text", ["1", "0", "yes", "on", "", "tru\u0435", "null"])
def test_a_truth_in_text_is_one_of_two_words(text):
    refused = refusal(Boolean().from_text, text)

    assert refused == "format"
