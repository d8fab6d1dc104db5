"""The rules that values keep, once for every edge: request bodies, query strings, imported cells, commands."""

from common.fields.base import MAX_ERRORS, Collector, Field, FieldProblem, FieldProblems, field_errors, shown
from common.fields.moments import Date, Timestamp, Timezone
from common.fields.numbers import MAX_ID, Boolean, Id, Integer, Money, Quantity, Rate
from common.fields.structures import Attributes, ListOf, Object, Property
from common.fields.texts import Barcode, Choice, Code, Email, Password, Text, Username

__all__ = [
    "MAX_ERRORS",
    "MAX_ID",
    "Attributes",
    "Barcode",
    "Boolean",
    "Choice",
    "Code",
    "Collector",
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
    "Password",
    "Property",
    "Quantity",
    "Rate",
    "Text",
    "Timestamp",
    "Timezone",
    "Username",
    "field_errors",
    "shown",
]
