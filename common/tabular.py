"""Tables as shops send them: CSV whose encoding, separator and decimal comma are found by looking.

What cannot be told is not guessed: `1,234` in a column without clearer numbers stays as it is, for its field to refuse.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from common.errors import Invalid

SEPARATORS = ",;\t|"
_SAMPLE = 1000
_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?')
_GROUP = "[.'\u00a0\u202f ]"
_COMMA = re.compile(
    rf"-?(?:\d{{1,3}}(?:{_GROUP}\d{{3}})+|\d+),(?:\d{{1,2}}|\d{{4,}})|-?\d{{1,3}}(?:{_GROUP}\d{{3}})+,\d+"
)
_POINT = re.compile(r"-?\d+\.(?:\d{1,2}|\d{4,})|-?\d{1,3}(?:,\d{3})+\.\d+")
_IN_COMMAS = re.compile(rf"-?(?:\d{{1,3}}(?:{_GROUP}\d{{3}})+|\d+)(?:,\d+)?")
_IN_POINTS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPS = re.compile(_GROUP)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is what a spreadsheet shows beside it. Where it cannot be read, `problem` says why."""

    number: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What was found by looking; `commas` tells for each column whether its decimals stand behind a comma, or None."""

    encoding: str
    separator: str
    header: Row
    commas: tuple[bool | None, ...]


class Table:
    """A CSV file that is open for reading in binary and can be read from its start again; the caller closes it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.layout = self._look()

    @property
    def header(self) -> list[str]:
        """The columns' names, trimmed."""
        return self.layout.header.cells

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._stream.tell()

    def rows(self) -> Iterator[Row]:
        """Read the rows below the header, from the first on, blank ones left out."""
        rows = _filled(_parse(self._lines(self.layout.encoding), self.layout.separator))
        return islice(rows, 1, None)

    def number(self, column: int, text: str) -> str:
        """Return a number with a decimal point and without grouping, where it or the column's others tell how."""
        comma = self.layout.commas[column]
        if (_IN_COMMAS if comma else _COMMA).fullmatch(text) and comma is not False:
            return _GROUPS.sub("", text).replace(",", ".")
        if (_POINT if comma is None else _IN_POINTS).fullmatch(text) and not comma:
            return text.replace(",", "")
        return text

    def _look(self) -> Layout:
        encoding = self._encoding()
        separator = self._named_separator(encoding) or max(SEPARATORS, key=lambda s: self._fits(encoding, s))
        sample = list(islice(_filled(_parse(self._lines(encoding), separator)), _SAMPLE))
        if not sample:
            raise Invalid("The file is empty.")
        header = Row(sample[0].number, [cell.strip() for cell in sample[0].cells], sample[0].problem)
        if header.problem:
            raise Invalid(f"The first row cannot be read. {header.problem}")
        return Layout(encoding, separator, header, _commas(len(header.cells), sample[1:]))

    def _encoding(self) -> str:
        """A byte that is no UTF-8 may be the last of a million rows, so all are looked at."""
        self._stream.seek(0)
        block = self._stream.read(_BLOCK)
        if block.startswith(_WORKBOOKS):
            raise Invalid("This is a workbook. Save it as CSV UTF-8 first.")
        for bom, encoding in _BOMS:
            if block.startswith(bom):
                return encoding
        if b"\0" in block[:_SAMPLE]:
            return "utf-16-be" if block[:1] == b"\0" else "utf-16-le"
        candidates = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252")}
        while candidates:
            for name, decoder in list(candidates.items()):
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError:
                    del candidates[name]
            if not block:
                return next(iter(candidates), "")
            block = self._stream.read(_BLOCK)
        raise Invalid("The file's encoding is not known. Save it as CSV UTF-8.")

    def _lines(self, encoding: str) -> Iterator[str]:
        """A line may end in CR, LF or both; what stands inside quotation marks is kept as it is."""
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, encoding=encoding, newline="")
        try:
            first = text.readline()
            if not _SEPARATOR_LINE.fullmatch(first):
                yield first
            for line in text:  # noqa: UP028 - `yield from` would close the file with the generator
                yield line
        except UnicodeDecodeError:
            raise _no_text() from None
        finally:
            if not self._stream.closed:
                text.detach()

    def _named_separator(self, encoding: str) -> str:
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, encoding=encoding, newline="")
        try:
            found = _SEPARATOR_LINE.fullmatch(text.readline())
        except UnicodeDecodeError:
            raise _no_text() from None
        finally:
            text.detach()
        return found.group(1) if found else ""

    def _fits(self, encoding: str, separator: str) -> tuple[float, int]:
        rows = list(islice(_filled(_parse(self._lines(encoding), separator)), 50))
        width = len(rows[0].cells) if rows else 0
        alike = sum(len(row.cells) == width for row in rows)
        return (alike / len(rows), width) if width > 1 else (0, 0)


def _no_text() -> Invalid:
    return Invalid("The file holds bytes that are no text. Save it as CSV UTF-8.")


def _parse(lines: Iterable[str], separator: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield Row(number, next(reader))
        except StopIteration:
            return
        except csv.Error:
            yield Row(number, [], "Its quotation marks do not match.")


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row.problem or any(cell.strip() for cell in row.cells))


def _commas(width: int, rows: list[Row]) -> tuple[bool | None, ...]:
    """A column's own numbers decide; where they cannot, other columns with a clear comma and none with a point do."""
    found: list[bool | None] = []
    for column in range(width):
        cells = [row.cells[column].strip() for row in rows if column < len(row.cells)]
        comma, point = any(map(_COMMA.fullmatch, cells)), any(map(_POINT.fullmatch, cells))
        found.append(None if comma == point else comma)
    unclear = True if True in found and False not in found else None
    return tuple(unclear if one is None else one for one in found)
