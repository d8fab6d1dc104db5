"""Reading tables as shops send them, on files in memory and on the real ones."""

from __future__ import annotations

import io
import json

import pytest

from common.errors import Invalid
from common.tabular import Table

TEXT = "sku,name\nT1,Thé vert\nT2,Crème\n"


def table(content):
    return Table(io.BytesIO(content.encode("utf-8") if isinstance(content, str) else content))


def cells(content):
    return [row.cells for row in table(content).rows()]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        TEXT.replace("\n", "\r\n").encode("utf-8"),
        TEXT.replace("\n", "\r").encode("utf-8"),
        TEXT.replace(",", ";").encode("utf-8"),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", "|").encode("utf-8"),
        ("sep=;\r\n" + TEXT.replace(",", ";")).encode("utf-8"),
    ],
)
def test_every_encoding_separator_and_line_end_gives_the_same_table(content):
    found = table(content)

    assert found.header == ["sku", "name"]
    assert [(row.number, row.cells) for row in found.rows()] == [(2, ["T1", "Thé vert"]), (3, ["T2", "Crème"])]


def test_one_foreign_byte_at_the_end_of_a_long_file_makes_all_of_it_windows_1252():
    content = b"sku,name\n" + b"T1,plain\n" * 300_000 + "T2,Crème\n".encode("cp1252")

    *_, last = table(content).rows()

    assert (last.number, last.cells) == (300_002, ["T2", "Crème"])


def test_a_row_is_numbered_as_a_spreadsheet_shows_it():
    content = 'sku,name\n\nT1,"two\nlines"\n,\nT2,plain\n'

    numbers = [(row.number, row.cells[0]) for row in table(content).rows()]

    assert numbers == [(3, "T1"), (5, "T2")]


def test_a_table_is_read_again_from_its_start():
    found = table(TEXT)
    first = list(found.rows())

    assert list(found.rows()) == first


def test_quotation_marks_that_do_not_match_are_the_rows_own_problem():
    found = list(table('sku,name\nT1,"tea" green\nT2,plain\nT3,"open\n').rows())

    assert [(row.number, bool(row.problem)) for row in found] == [(2, True), (3, False), (4, True)]


def test_a_comma_in_a_header_or_a_text_is_no_separator():
    content = "SKU;Price, net;Name\nT1;1,50;Tea, green\nT2;2,50;Tea, black\n"

    assert cells(content) == [["T1", "1,50", "Tea, green"], ["T2", "2,50", "Tea, black"]]


def test_one_column_is_a_table_too():
    assert cells("sku\nT1\nT2\n") == [["T1"], ["T2"]]


@pytest.mark.parametrize(
    ("column", "given", "meant"),
    [
        (["2,55"], "2,55", "2.55"),
        (["2,55"], "1.234,50", "1234.50"),
        (["2,55"], "1\u00a0234,50", "1234.50"),
        (["2,55"], "1,234", "1.234"),
        (["2,55"], "-3,5", "-3.5"),
        (["2,55"], "17", "17"),
        (["2.55"], "2.55", "2.55"),
        (["2.55"], "1,234.50", "1234.50"),
        (["2.55"], "1,234", "1234"),
        (["2.55"], "2,55", "2,55"),
        (["1,234", "1.234"], "1,234", "1,234"),
        (["1,234"], "1.234", "1.234"),
        (["7"], "2,55", "2.55"),
        (["7"], "1,234.50", "1234.50"),
        (["2,55", "2.55"], "1,234", "1,234"),
        (["twelve"], "twelve", "twelve"),
    ],
)
def test_a_number_is_read_as_its_column_writes_numbers_and_never_guessed(column, given, meant):
    found = table("sku;price\n" + "".join(f"T{i};{text}\n" for i, text in enumerate(column)))

    assert found.number(1, given) == meant


def test_each_column_has_its_own_decimal_comma():
    found = table("price;customer\n2,55;17850.0\n")

    assert (found.number(0, "1.234,5"), found.number(1, "1,234.5")) == ("1234.5", "1234.5")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"PK\x03\x04 and more", "workbook"),
        (b"sku,name\nT1,\x81\n", "encoding"),
        ("sku,name\nT1,Tea\n".encode("utf-16")[:-1], "no text"),
        ("sku;name\nT1;Tea\n".encode("utf-16-be")[:-1], "no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\0\0\0\xdc\xd8", "no text"),
        (b'"sku,name\nT1,Tea\n', "first row"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(Invalid, match=sentence):
        list(table(content).rows())


def test_a_file_closed_before_all_of_it_was_read_leaves_no_trouble(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("sku,name\n" + "T1,Tea\n" * 5000, encoding="utf-8")

    with path.open("rb") as stream:
        rows = Table(stream).rows()
        next(rows)
    del rows
    path.unlink()

    assert not path.exists()


@pytest.mark.parametrize(
    "name",
    ["comma_in_quotes", "escaped_quotes", "json", "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "utf8"],
)
def test_the_csv_spectrum_is_read_as_it_says(shared_data, name):
    folder = shared_data("lists") / "csv-spectrum"
    expected = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    with (folder / f"{name}.csv").open("rb") as stream:
        found = Table(stream)
        rows = [dict(zip(found.header, row.cells, strict=True)) for row in found.rows()]

    assert rows == expected
