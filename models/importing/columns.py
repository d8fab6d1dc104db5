"""Which column of a file is which of our fields, and what a row's cells say.

With a mapping only its columns are read. Several columns may give one field: the first that is not blank counts, and
of barcodes all. One column may give several fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.errors import FieldError, Invalid
from common.fields import FieldProblem, FieldProblems, field_errors
from common.tabular import Row, Table
from models.importing.tally import Entry, Problem

Readers = Mapping[str, Callable[[str], Any]]

ATTRIBUTE = "attributes."
NUMBERS = {"price", "cost", "tax_rate", "quantity", "unit_cost", "unit_price"}
_IGNORED = re.compile(r"[\s_.\-]+")
SYNONYMS = {
    "articlenumber": "sku",
    "code": "sku",
    "itemcode": "sku",
    "itemnumber": "sku",
    "productcode": "sku",
    "stockcode": "sku",
    "itemname": "name",
    "productname": "name",
    "title": "name",
    "barcode": "barcodes",
    "ean": "barcodes",
    "ean13": "barcodes",
    "gtin": "barcodes",
    "upc": "barcodes",
    "categorypath": "category",
    "costprice": "cost",
    "saleprice": "price",
    "taxrate": "tax_rate",
    "vat": "tax_rate",
    "batch": "lot",
    "batchnumber": "lot",
    "lotnumber": "lot",
    "bestbefore": "expires_on",
    "expires": "expires_on",
    "expirydate": "expires_on",
    "useby": "expires_on",
    "date": "occurred_at",
    "datetime": "occurred_at",
    "timestamp": "occurred_at",
    "qty": "quantity",
    "onhand": "quantity",
    "storecode": "store",
    "tostorecode": "to_store",
    "storename": "name",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read.

    `mapping` is pairs of their column and our field; `constants` are texts that stand in where a row's cell is blank
    or has no column; `timezone` is the deployment's.
    """

    kind: str
    mode: str = "both"
    mapping: tuple[tuple[str, str], ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    partial: bool = False
    dry_run: bool = False


class Columns:
    """The columns of one file that are read; `unknown` names the others where no mapping chose."""

    def __init__(self, table: Table, readers: Readers, options: Options) -> None:
        self._table, self._readers, self._constants = table, readers, options.constants
        self.unknown: list[str] = []
        self._columns = self._mapped(options.mapping) if options.mapping else self._matched()
        self.titles = {field: table.header[index] for index, field in reversed(self._columns)}
        self._refuse_fields(options.constants)
        for name, read in readers.items():
            self.refuse_constant(name, read)

    def require(self, *alternatives: str) -> None:
        """Raise Invalid where none of these fields has a column or a constant."""
        if not any(name in self.titles or name in self._constants for name in alternatives):
            message = f"No column gives {' or '.join(alternatives)}. The file has: {self._titles()}."
            raise Invalid(message, errors=[FieldError("mapping", "required", message, {"fields": alternatives})])

    def refuse_constant(self, name: str, rule: Callable[[str], Any]) -> None:
        """Raise Invalid where a constant breaks a rule: told once, for every row would say the same."""
        try:
            if name in self._constants:
                rule(self._constants[name])
        except (FieldProblem, FieldProblems) as problem:
            message = " ".join(one.message for one in field_errors("", problem))
            raise Invalid(message, errors=[FieldError(f"constants/{name}", "wrong", message)]) from None

    def read(self, row: Row) -> tuple[Entry, list[Problem]]:
        """Return what a row says, and what of it is no value of its field."""
        entry = Entry(row.number, {}, dict(self._constants))
        if row.problem or any(cell.strip() for cell in row.cells[len(self._table.header) :]):
            message = row.problem or "The row has more cells than the first row has names."
            return entry, [Problem(row.number, "", "unreadable", message)]
        entry.texts.update(self._texts(row))
        problems: list[Problem] = []
        attributes = {}
        for name, text in entry.texts.items():
            if name.startswith(ATTRIBUTE):
                attributes[name.removeprefix(ATTRIBUTE)] = text
                continue
            try:
                entry.values[name] = self._readers[name](text)
            except (FieldProblem, FieldProblems) as problem:
                problems += (self.problem(entry, name, e.code, e.message) for e in field_errors("", problem))
        if attributes:
            entry.values[ATTRIBUTE] = attributes
        return entry, problems

    def problem(self, entry: Entry, name: str, code: str, message: str) -> Problem:
        """Return what is wrong with a field of a row, under the title of its column."""
        return Problem(entry.row, self.titles.get(name, name), code, message, entry.texts.get(name, ""))

    def _texts(self, row: Row) -> dict[str, str]:
        texts: dict[str, str] = {}
        for index, name in self._columns:
            text = row.cells[index].strip() if index < len(row.cells) else ""
            if text and name in NUMBERS:
                text = self._table.number(index, text)
            if text and name == "barcodes" and name in texts:
                texts[name] += f" {text}"
            elif text:
                texts.setdefault(name, text)
        return texts

    def _matched(self) -> list[tuple[int, str]]:
        ours = {_plain(name): name for name in self._readers}
        found = []
        for index, title in enumerate(self._table.header):
            name = ours.get(_plain(title)) or self._synonym(_plain(title))
            if name:
                found.append((index, name))
            elif title:
                self.unknown.append(title)
        exact = {name for index, name in found if _plain(self._table.header[index]) == _plain(name)}
        weaker = [one for one in found if one[1] in exact and _plain(self._table.header[one[0]]) != _plain(one[1])]
        self.unknown += [self._table.header[index] for index, name in weaker if name != "barcodes"]
        return [one for one in found if one not in weaker or one[1] == "barcodes"]

    def _synonym(self, plain: str) -> str | None:
        """Where a line names its item by one barcode, that is what a column of barcodes gives."""
        name = SYNONYMS.get(plain)
        name = "barcode" if name == "barcodes" and "barcode" in self._readers else name
        return name if name in self._readers else None

    def _mapped(self, mapping: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
        self._refuse_fields(name for _, name in mapping)
        found = []
        for title, name in mapping:
            header = self._table.header
            alike = [i for i, known in enumerate(header) if known == title] or [
                i for i, known in enumerate(header) if _plain(known) == _plain(title)
            ]
            if not alike:
                raise _no_mapping(f"The file has no column {title}. It has: {self._titles()}.")
            found.append((alike[0], name))
        return found

    def _titles(self) -> str:
        return ", ".join(filter(None, self._table.header))

    def _refuse_fields(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._readers and not (name.startswith(ATTRIBUTE) and "attributes" in self._readers):
                raise _no_mapping(f"There is no field {name}. There are: {', '.join(self._readers)}.")


def _plain(title: str) -> str:
    return _IGNORED.sub("", title.casefold())


def _no_mapping(message: str) -> Invalid:
    return Invalid(message, errors=[FieldError("mapping", "unknown", message)])
