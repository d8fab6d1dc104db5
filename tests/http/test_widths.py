"""Texts as long as their fields allow, in letters that grow when they are folded for searching and sorting."""

from __future__ import annotations

import pytest
from routing import BODIES, each

from common.fields import Code, Text, Username

GROWING = ("ﷺ", "ﬃ", "ΐ", "İ", "\U0001d518", "茶", "e\u0301")


@pytest.mark.parametrize("letter", GROWING)
@each(
    [
        call
        for call in BODIES
        if call.verb == "post" and call.url.rsplit("v1/")[-1] in {"items", "stores", "categories", "users"}
    ]
)
def test_the_longest_text_of_the_widest_letters_is_kept(fresh, call, letter):
    texts = {a.name: a.type for a in call.parser.args if isinstance(a.type, Text | Code | Username)}
    body = {name: (letter * 5000)[: 64 if isinstance(rule, Username) else rule.max] for name, rule in texts.items()}

    answer = call.send(fresh, body=call.body() | body)

    assert answer.status_code == 201, answer.text
    assert answer.json.items() >= body.items()
    if call.resource.shape.search:
        assert fresh.get(f"{call.url}?q={letter}").json["data"]
