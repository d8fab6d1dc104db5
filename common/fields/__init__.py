"""The rules that values keep, once for every edge: request bodies, query strings, imported cells, commands."""

from common.fields.base import MAX_ERRORS, Collector, Field, FieldProblem, FieldProblems, field_errors, shown
from common.fields.credentials import Credential
from common.fields.moments import Date, Timestamp, Timezone
from common.fields.numbers import MAX_ID, Boolean, Id, Integer, Money, PlainQuantity, Quantity, Rate
from common.fields.structures import Attributes, ListOf, Object, Options, Property
from common.fields.texts import Barcode, Choice, Code, Email, Password, Scan, Text, Username

__all__ = [
    "MAX_ERRORS",
    "MAX_ID",
    "Attributes",
    "Barcode",
    "Boolean",
    "Choice",
    "Code",
    "Collector",
    "Credential",
    "Date",
    "Email",
    "Field",
    "FieldProblem",
    "FieldProblems",
    "Id",
    "Integer",
    "ListOf",
    "Money",
    "Object",
    "Options",
    "Password",
    "PlainQuantity",
    "Property",
    "Quantity",
    "Rate",
    "Scan",
    "Text",
    "Timestamp",
    "Timezone",
    "Username",
    "field_errors",
    "shown",
]
