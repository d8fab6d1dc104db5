"""Flask-RESTful's reqparse, mended. The only file that imports it.

As shipped it lets bad values through, reads query strings where a body is meant, turns 7.9 into 7 and "false" into
True, cannot tell null from absent, and answers 500 to a body that is a list (each is a test in tests/http). Here a
field's type is a rule from common/fields, called with the value alone; every failure is a field error; all of them
come at once, unknown names too.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Self

from flask_restful import reqparse as shipped

from common import errors
from common.fields import Attributes, Collector, Field, FieldProblem, shown
from common.http import body


class Argument(shipped.Argument):  # type: ignore[misc]
    """One field of a body: its rule, whether it must be there, whether it may be null, what stands in for it."""

    def __init__(
        self,
        name: str,
        type: Field,  # noqa: A002 - Flask-RESTful's word
        *,
        required: bool = False,
        nullable: bool = False,
        default: Any = None,
        store_missing: bool = True,
    ) -> None:
        super().__init__(
            name,
            type=type,
            required=required,
            nullable=nullable,
            default=default,
            location="json",
            trim=False,
            store_missing=store_missing,
        )

    def read(self, sent: dict[str, Any], problems: Collector) -> Any:
        """Return the value to keep, or `ABSENT`."""
        if self.name not in sent:
            if self.required:
                problems.add(self.name, FieldProblem("required", "This is required."))
            return self.stand_in() if self.store_missing else ABSENT
        value = sent[self.name]
        if value is None and self.nullable:
            return None
        if isinstance(self.type, Attributes) and isinstance(value, dict) and body.is_merge_patch():
            return Merge.of(self, value, problems)
        return problems.read(self.name, self.type, value)

    def stand_in(self) -> Any:
        """Return what an absent field gets; one that settings decide is asked for each time."""
        return self.default() if callable(self.default) else copy.copy(self.default)


ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge patch says of an object: members to set, and names to take away."""

    argument: Argument
    members: dict[str, Any]
    gone: frozenset[str]

    @classmethod
    def of(cls, argument: Argument, value: dict[str, Any], problems: Collector) -> Self:
        """Return the patch; its new members keep the field's rule."""
        members = {name: member for name, member in value.items() if member is not None}
        kept = problems.read(argument.name, argument.type, members)
        return cls(argument, kept or {}, frozenset(value) - frozenset(members))

    def onto(self, present: dict[str, Any]) -> dict[str, Any]:
        """Return the object after the patch; raises Invalid where the field's rule does not hold of the whole."""
        merged = {name: member for name, member in present.items() if name not in self.gone} | self.members
        problems = Collector()
        problems.read(self.argument.name, self.argument.type, merged)
        _finish(problems)
        return merged


class RequestParser(shipped.RequestParser):  # type: ignore[misc]
    """A table of fields. With `partial` none is required and absent ones stay absent; `optional`: so is the body."""

    args: list[Argument]

    def __init__(self, *, optional: bool = False, partial: bool = False) -> None:
        super().__init__(argument_class=Argument, bundle_errors=True)
        self.optional = optional
        self.is_partial = partial

    def add_argument(self, *args: Any, **kwargs: Any) -> Self:
        """Add a field: its name, `type` (a rule of common/fields), required, nullable, default."""
        if self.is_partial:
            kwargs |= {"required": False, "store_missing": False}
        super().add_argument(*args, **kwargs)
        return self

    def partial(self) -> RequestParser:
        """Return the same fields for PATCH: none required, absent ones left alone."""
        changes = RequestParser(partial=True)
        for argument in self.args:
            changes.add_argument(argument.name, type=argument.type, nullable=argument.nullable)
        return changes

    def but(self, *names: str, optional: bool | None = None) -> RequestParser:
        """Return the same fields but for some."""
        fewer = RequestParser(optional=self.optional if optional is None else optional)
        fewer.args = [argument for argument in self.args if argument.name not in names]
        return fewer

    def parse_args(self, req: Any = None, strict: bool = True, http_error_code: int = 400) -> dict[str, Any]:  # noqa: FBT001, FBT002 - Flask-RESTful's signature
        """Return the fields of the request's body; raises Invalid with every field error, or 415."""
        del req, strict, http_error_code
        sent = body.read(optional=self.optional)
        problems = Collector()
        values = {argument.name: argument.read(sent, problems) for argument in self.args}
        for name in sent.keys() - values.keys():
            problems.add(shown(name), FieldProblem("unknown", "There is no such field."))
        _finish(problems)
        return {name: value for name, value in values.items() if value is not ABSENT}


def _finish(problems: Collector) -> None:
    if problems.errors:
        raise errors.Invalid("Some fields are not valid; `errors` names each.", errors=problems.errors)
