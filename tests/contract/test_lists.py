"""What may be asked of a list: every filter, choice of fields and expansion, checked against the whole list."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

import pytest
from refusals import assert_problem
from routing import LISTS, ROWS, each

from common.http.query import expanded_name
from common.http.shapes import registry

ODD_PARAMETERS = (
    *("limit[gte]=1", "sort[gte]=name", "archived=maybe", "total=1", "fields=", "fields=nothing", "expand=nothing"),
    *("sort=", "sort=nothing", "sort=--id", "sort=name,name", "id=x,1", "id=1,,2", "id="),
)
NAMES = {"id", "version", "username", "name", "created_at", "updated_at", "links"}


def fields(call):
    return call.resource.shape.fields


def wholes(service, call):
    """Yield each part of the list that a filter may start from, with the parameter that asks for it."""
    path = call.path(service)
    yield "", service.get(f"{path}?limit=200").json["data"]
    if call.resource.shape.archivable:
        yield "archived=true&", service.get(f"{path}?archived=true&limit=200").json["data"]


def spelt(value):
    """Return the value as a parameter spells it."""
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def ordered(value):
    """Return the value as ranges compare it; None where they need not."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Decimal(str(value))
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return Decimal(value)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def filtered(call):
    return [name for name, field in fields(call).items() if field.filters and not (field.filter_only or field.hidden)]


@each(LISTS)
def test_every_filter_finds_the_rows_that_have_the_value_and_no_others(served, call):
    path = call.path(served)

    for start, whole in wholes(served, call):
        for name in filtered(call):
            for value in {spelt(row[name]) for row in whole}:
                found = served.get(f"{path}?{start}limit=200&{name}={quote(value)}")

                assert found.status_code == 200, found.text
                assert found.json["data"] == [row for row in whole if spelt(row[name]) == value], (name, value)


@each(LISTS)
def test_every_range_finds_what_lies_within(served, call):
    path, (_, whole) = call.path(served), next(wholes(served, call))
    tests = {"gte": "__ge__", "gt": "__gt__", "lte": "__le__", "lt": "__lt__"}

    for name in filtered(call):
        values = {row[name]: ordered(row[name]) for row in whole if row[name] is not None}
        if None in values.values():
            continue  # a text, of which some may look like numbers
        for value, edge in list(values.items())[:3]:
            for operator, test in tests.items():
                found = served.get(f"{path}?limit=200&{name}[{operator}]={quote(str(value))}").json["data"]

                right = [row for row in whole if row[name] is not None and getattr(values[row[name]], test)(edge)]
                assert found == right, (name, operator, value)


@each(LISTS)
def test_several_values_find_the_rows_of_each(served, call):
    path, (_, whole) = call.path(served), next(wholes(served, call))

    for name in filtered(call):
        values = sorted({row[name] for row in whole if type(row[name]) is int})[:2]
        if len(values) == 2:
            found = served.get(f"{path}?limit=200&{name}={values[0]},{values[1]}").json["data"]

            assert found == [row for row in whole if row[name] in values]


@each(LISTS)
def test_null_may_stand_among_several_values(served, call):
    path, (_, whole) = call.path(served), next(wholes(served, call))

    for name in filtered(call):
        value = next((row[name] for row in whole if type(row[name]) is int), None)
        if value is not None and any(row[name] is None for row in whole):
            for several in (f"{value},null", f"null,{value}"):
                found = served.get(f"{path}?limit=200&{name}={several}").json["data"]

                assert found == [row for row in whole if row[name] in {value, None}]
    assert_problem(served.get(f"{path}?id=1,null"), 400) if "id" in filtered(call) else None


@each(LISTS)
def test_filters_narrow_together(served, call):
    path, (_, whole) = call.path(served), next(wholes(served, call))
    row = whole[-1]
    names = filtered(call)[:4]

    query = "&".join(f"{name}={quote(spelt(row[name]))}" for name in names)
    found = served.get(f"{path}?{query}&total=true").json

    right = [other for other in whole if all(spelt(other[name]) == spelt(row[name]) for name in names)]
    assert found["data"] == right
    assert found["page"]["total"] == len(right)


@each(LISTS)
def test_every_field_can_be_asked_for_alone(served, call):
    path, (_, whole) = call.path(served), next(wholes(served, call))

    for name in whole[0]:
        rows = served.get(f"{path}?limit=200&fields={name}").json["data"]

        assert rows == [{member: row[member] for member in row if member in {"id", name}} for row in whole], name


@each([call for call in [*LISTS, *ROWS] if any(field.expand for field in fields(call).values())])
def test_every_related_row_can_stand_in(served, call):
    path = call.path(served)

    for name in [name for name, field in fields(call).items() if field.expand]:
        answer = served.get(f"{path}?expand={expanded_name(name)}").json

        for row in answer.get("data", [answer]):
            related = row[expanded_name(name)]
            if related is not None:
                whole = served.get(related["links"]["self"]["href"]).json
                assert related.items() <= whole.items()
                assert all(isinstance(whole[member], list) for member in whole.keys() - related.keys())
                assert related["id"] == row[name] or related is row[name]
            else:
                assert row[name] is None


@each([call for call in LISTS if call.least == "viewer"])
def test_expanding_shows_no_more_than_the_rows_own_address_would(served, call):
    path = call.path(served)

    for name in [name for name, field in fields(call).items() if field.expand and field.role is None]:
        for row in served.get(f"{path}?expand={expanded_name(name)}", role="viewer").json["data"]:
            related = row[expanded_name(name)]
            if related is not None:
                alone = served.get(related["links"]["self"]["href"], role="viewer")
                assert related.keys() <= (alone.json.keys() if alone.status_code == 200 else NAMES), name


@each([call for call in LISTS if call.least != "admin" and any(field.role for field in fields(call).values())])
def test_what_a_role_does_not_see_it_cannot_ask_for(served, call):
    path = call.path(served)
    hidden = [name for name, field in fields(call).items() if field.role]

    assert not set(hidden) & set(served.get(path, role="clerk").json["data"][0])
    for name in hidden:
        for query in (f"{name}=1", f"{name}[gte]=0", f"fields={name}", f"sort={name}", f"expand={name}"):
            assert_problem(served.get(f"{path}?{query}", role="clerk"), 400, "invalid")


@each(LISTS)
def test_odd_parameters_are_refused(served, call):
    path = call.path(served)
    odd = [*ODD_PARAMETERS, *([] if call.resource.shape.search else ["q=x"])]
    odd += [] if call.resource.shape.archivable else ["archived=true"]

    for query in odd:
        assert_problem(served.get(f"{path}?{query}"), 400, "invalid")


@each([call for call in LISTS if call.resource.shape.search])
def test_a_search_finds_each_row_by_the_words_of_its_name(served, call):
    path, (_, whole) = call.path(served), next(wholes(served, call))

    for row in whole:
        for word in row["name"].split():
            found = served.get(f"{path}?limit=200&q={quote(word)}").json["data"]

            assert row in found or not any(map(str.isalnum, word)), word


@pytest.mark.parametrize("noun", sorted(registry))
def test_a_field_that_expands_names_a_noun(noun):
    assert all(field.expand in registry for field in registry[noun].fields.values() if field.expand)
