"""What one resource alone may be asked: parameters of its own, beside those that every row or list takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from common import errors
from common.fields import Collector, Field, FieldProblem, shown


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter of a resource's own: its rule, what it means, what stands in where it is left out."""

    rule: Field
    description: str
    default: Any = None
    required: bool = False


def of_own(asks: Mapping[str, Asked]) -> dict[str, Any]:
    """Return what is asked of what is neither a row nor a list; raises Invalid with everything that is wrong."""
    values, problems = {name: one.default for name, one in asks.items()}, Collector()
    for name, texts in request.args.lists():
        if name not in asks:
            problems.add(shown(name), FieldProblem("unknown", "There is no such parameter here."))
        elif len(texts) > 1:
            problems.add(name, FieldProblem("duplicate", "This parameter stands here twice."))
        else:
            values[name] = problems.read(name, asks[name].rule.from_text, texts[0])
    for name in (name for name, one in asks.items() if one.required and name not in request.args):
        problems.add(name, FieldProblem("required", "Is required."))
    if problems.errors:
        raise errors.Invalid("Some parameters are not valid; `errors` names each.", errors=problems.errors)
    return values
