"""The documentation's page: complete, and its examples are true."""

from __future__ import annotations

import ast
import html
import json
import re

import pytest
from described import operation
from routing import BODIES, CALLS, CREDENTIALS, TIMELY, each
from service import BASE

from common.http.docs import said
from common.http.prose import prose
from common.http.samples import example

DOCS = f"{BASE}/docs"


def section(text: str, call) -> str:
    """Return what the documentation's page says of one verb of an address, as text."""
    name = operation(call)["operationId"]
    found = re.search(rf'<article aria-labelledby="{name}">.*?</article>', text, re.DOTALL)
    assert found, name
    return html.unescape(re.sub(r"<[^>]+>", "", found[0]))


def test_the_documentation_tells_of_every_verb(shop):
    text = shop.get(DOCS, role=None).text

    for call in CALLS:
        told, said_of = section(text, call), operation(call)
        assert said_of["summary"] in told
        assert f"Takes: {said_of['x-role']}." in told
        assert all(f"\n{argument.name}" in told for argument in (call.parser.args if call.parser else []))
        assert [name for name in ("curl", "PowerShell", "Python") if f"\n{name}\n" in told] == [
            "curl",
            "PowerShell",
            "Python",
        ]


@each(BODIES)
def test_the_three_examples_send_the_same(shop, call):
    told = section(shop.get(DOCS, role=None).text, call)
    schema = operation(call)["requestBody"]["content"]["application/json"]["schema"]

    curl = re.search(r"-d '(.*)'", told)[1]
    powershell = re.search(r"-Body '(.*)'", told)[1]
    python = ast.parse(re.search(r"^session\.\w+\(.*\)$", told, re.MULTILINE)[0], mode="eval").body
    sent = next(ast.literal_eval(keyword.value) for keyword in python.keywords if keyword.arg == "json")

    assert json.loads(curl) == json.loads(powershell) == sent == example(schema)
    assert "-ContentType 'application/json; charset=utf-8'" in told
    assert told.count("If-Match' = '\"1\"'") == call.needs_match


@each([call for call in BODIES if str(call) not in CREDENTIALS.keys() | TIMELY.keys()])
def test_the_examples_pass(fresh, call):
    schema = operation(call)["requestBody"]["content"]["application/json"]["schema"]

    answer = call.send(fresh, body=example(schema))

    assert answer.status_code < 300, answer.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain.", "<p>Plain.</p>"),
        ("<b> & `a<b`", "<p>&lt;b&gt; &amp; <code>a&lt;b</code></p>"),
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two\nlines.</p>"),
        (
            "Before:\n\n- a\n- **b**\n\nAfter.",
            "<p>Before:</p><ul><li>a</li><li><strong>b</strong></li></ul><p>After.</p>",
        ),
        ("[here](/problems/stale)", '<p><a href="/problems/stale">here</a></p>'),
        ("[no](javascript:alert(1))", "<p>[no](javascript:alert(1))</p>"),
        ("", ""),
    ],
)
def test_prose_is_escaped_and_marked_up(text, expected):
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 64}, "string, 1 to 64 characters"),
        (
            {"type": ["integer", "null"], "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
            "integer, from 1 or null",
        ),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 3}, "list of integer, up to 3 entries"),
        ({"type": "boolean", "default": False}, "boolean; `false` when left out"),
        ({"enum": ["a", "b"], "default": "b"}, "one of `a`, `b`; `b` when left out"),
        ({"type": "array", "items": {"enum": ["a"]}, "default": ["a"]}, "list of one of `a`; `a` when left out"),
        ({"anyOf": [{"$ref": "#/components/schemas/Item"}, {"type": "null"}]}, "[Item](#row-Item) or null"),
        ({"const": "null"}, "`null`"),
        ({}, "anything"),
    ],
)
def test_a_schema_is_said_in_words(schema, words):
    assert said(schema) == words
