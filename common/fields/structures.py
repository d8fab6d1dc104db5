"""Fields made of other fields; what is wrong anywhere below is told at once, each with its path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from common.fields.base import Collector, Field, FieldProblem, shown, wrong_type
from common.fields.numbers import bounded, number
from common.fields.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_ABSENT: Any = object()
_MOST_ATTRIBUTES = 50
_ATTRIBUTE_NAME = Text(64)
_ATTRIBUTE_TEXT = Text(500, min=0)
OPTION_TEXT = Text(100)
_ATTRIBUTE_PLACES = 9
_MOST_DIGITS = 15
_MOST_NUMBER = Decimal(10**_MOST_DIGITS - 1)


@dataclass(frozen=True, slots=True)
class ListOf(Field):
    """A list of `min` to `max` items; `unique_by` names what no two of them may share (a value's key)."""

    item: Field
    max: int
    min: int = 0
    unique_by: Callable[[Any], Hashable] | None = None

    def __call__(self, value: Any) -> list[Any]:
        """Return the items' values in their order."""
        if not isinstance(value, list):
            raise wrong_type(value, "a list")
        return self._read(value, self.item)

    def _read(self, values: list[Any], convert: Callable[[Any], Any]) -> list[Any]:
        if len(values) > self.max:
            raise FieldProblem("too_many", f"Must have at most {self.max} entries.")
        if len(values) < self.min:
            raise FieldProblem("too_few", f"Must have at least {self.min} entries.")
        problems = Collector()
        seen: set[Hashable] = set()
        items = []
        for index, value in enumerate(values):
            item = problems.read(str(index), convert, value)
            items.append(item)
            if self.unique_by and item is not None:
                key = self.unique_by(item)
                if key in seen:
                    problems.add(str(index), FieldProblem("duplicate", "Must not be here twice."))
                seen.add(key)
        problems.finish()
        return items

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {"type": "array", "items": self.item.schema, "minItems": self.min, "maxItems": self.max}

    def from_text(self, text: str) -> list[Any]:
        """Take items separated by commas; nothing at all is an empty list."""
        parts = [part.strip() for part in text.split(",", self.max)] if text.strip() else []
        return self._read(parts, self.item.from_text)


@dataclass(frozen=True, slots=True)
class Property:
    """A member of an Object. A default stands in where it is absent; a callable one is asked each time."""

    field: Field
    required: bool = False
    nullable: bool = False
    default: Any = _ABSENT

    @property
    def schema(self) -> dict[str, Any]:
        """The field's, with null where it may be null."""
        return {"anyOf": [self.field.schema, {"type": "null"}]} if self.nullable else self.field.schema


@dataclass(frozen=True, slots=True, eq=False)
class Object(Field):
    """An object of known members. One that is absent, not required and without default stays absent in the result.

    Of those that `one_of` names exactly one must be there, and not be null.
    """

    properties: dict[str, Property]
    one_of: tuple[str, ...] = ()

    def __call__(self, value: Any) -> dict[str, Any]:
        """Return the members' values by their names."""
        if not isinstance(value, dict):
            raise wrong_type(value, "an object")
        problems = Collector()
        members = {}
        for name, member in self.properties.items():
            found = self._member(problems, name, member, value.get(name, _ABSENT))
            if found is not _ABSENT:
                members[name] = found
        for name in filter(lambda name: name not in self.properties, value):
            problems.add(shown(name), FieldProblem("unknown", "There is no such field."))
        if self.one_of:
            self._choose(problems, [name for name in self.one_of if value.get(name) is not None])
        problems.finish()
        return members

    def _choose(self, problems: Collector, given: list[str]) -> None:
        if not given:
            problems.add(self.one_of[0], FieldProblem("required", f"One of {', '.join(self.one_of)} is required."))
        elif len(given) > 1:
            problems.add(given[-1], FieldProblem("choice", f"Give one of {', '.join(self.one_of)}."))

    @staticmethod
    def _member(problems: Collector, name: str, member: Property, value: Any) -> Any:
        if value is _ABSENT:
            if member.required:
                problems.add(name, FieldProblem("required", "Is required."))
            return member.default() if callable(member.default) else member.default
        if value is None and member.nullable:
            return None
        return problems.read(name, member.field, value)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        schema = {
            "type": "object",
            "properties": {name: member.schema for name, member in self.properties.items()},
            "required": [name for name, member in self.properties.items() if member.required],
            "additionalProperties": False,
        }
        return schema | ({"oneOf": [{"required": [name]} for name in self.one_of]} if self.one_of else {})


def _attribute(value: Any) -> str | bool | int | float:
    if isinstance(value, str):
        return _ATTRIBUTE_TEXT(value)
    if isinstance(value, bool):
        return value
    exact = bounded(number(value, "text, a number, true or false"), -_MOST_NUMBER, _MOST_NUMBER, _ATTRIBUTE_PLACES)
    if exact == int(exact):
        return int(exact)
    if len(exact.normalize().as_tuple().digits) > _MOST_DIGITS:
        raise FieldProblem("too_precise", f"Must have at most {_MOST_DIGITS} digits.")
    # Up to 15 digits a float is spelt as the decimal it came from, and every JSON column and encoder takes it.
    return float(exact)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise FieldProblem("duplicate", "Must not name a member twice.")
    return members


@dataclass(frozen=True, slots=True)
class Attributes(Field):
    """A flat object of at most 50 members: texts to 500 characters, numbers to 15 digits, true or false."""

    def __call__(self, value: Any) -> dict[str, Any]:
        """Return the members under their trimmed names."""
        if not isinstance(value, dict):
            raise wrong_type(value, "an object")
        if len(value) > _MOST_ATTRIBUTES:
            raise FieldProblem("too_many", f"Must have at most {_MOST_ATTRIBUTES} members.")
        return self._members(value, _attribute)

    @staticmethod
    def _members(value: dict[str, Any], rule: Callable[[Any], Any]) -> dict[str, Any]:
        problems = Collector()
        members: dict[str, Any] = {}
        for given, content in value.items():
            name = problems.read(shown(given), _ATTRIBUTE_NAME, given)
            if name is not None and name in members:
                problems.add(shown(given), FieldProblem("duplicate", "Must not be here twice."))
            members[name] = problems.read(shown(given), rule, content)
        problems.finish()
        return members

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {
            "type": "object",
            "maxProperties": _MOST_ATTRIBUTES,
            "propertyNames": _ATTRIBUTE_NAME.schema,
            "additionalProperties": {"anyOf": [_ATTRIBUTE_TEXT.schema, {"type": ["number", "boolean"]}]},
        }

    def from_text(self, text: str) -> dict[str, Any]:
        """Take the object as JSON; nothing at all is an empty one."""
        try:
            value = json.loads(text, parse_float=Decimal, object_pairs_hook=_unique) if text.strip() else {}
        except FieldProblem:
            raise
        except (ValueError, ArithmeticError, RecursionError):
            raise FieldProblem("format", "Must be a JSON object.") from None
        return self(value)


@dataclass(frozen=True, slots=True)
class Options(Attributes):
    """What an item is of each option of its group: a flat object of at most `max` short texts."""

    max: int

    def __call__(self, value: Any) -> dict[str, Any]:
        """Return the texts under their trimmed names."""
        if not isinstance(value, dict):
            raise wrong_type(value, "an object")
        if len(value) > self.max:
            raise FieldProblem("too_many", f"Must have at most {self.max} members.")
        return self._members(value, OPTION_TEXT)

    @property
    def schema(self) -> dict[str, Any]:
        """See Field."""
        return {
            "type": "object",
            "maxProperties": self.max,
            "propertyNames": _ATTRIBUTE_NAME.schema,
            "additionalProperties": {"anyOf": [OPTION_TEXT.schema]},
        }
