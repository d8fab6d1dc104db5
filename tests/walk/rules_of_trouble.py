"""The walk's steps in which something goes wrong, or is looked at: the database, the line, the client, the power."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition
from walking import DOCUMENTS, Walker, step
from wishes import AT, ITEM, STORE

BAD_LINES = {
    "unknown item": ({"item_id": 10**9, "quantity": 1}, "lines/0/item_id"),
    "unknown code": ({"barcode": "walk-nothing", "quantity": 1}, "lines/0/barcode"),
    "half a piece": ({"sku": "walk-0", "quantity": 0.5}, "lines/0/quantity"),
    "nothing": ({"sku": "walk-0", "quantity": 0}, "lines/0/quantity"),
    "too many": ({"sku": "walk-0", "quantity": 1_000_000_000}, "lines/0/quantity"),
    "too many packs": ({"barcode": "walk-case-0", "quantity": 999_999_999}, "lines/0/quantity"),
    "too small a part": ({"sku": "walk-2", "quantity": 0.0001}, "lines/0/quantity"),
    "a negative cost": ({"sku": "walk-0", "quantity": 1, "unit_cost": "-1"}, "lines/0/unit_cost"),
    "too high a cost": ({"sku": "walk-0", "quantity": 1, "unit_cost": "1000000000"}, "lines/0/unit_cost"),
    "too fine a cost": ({"sku": "walk-0", "quantity": 1, "unit_cost": "0.00001"}, "lines/0/unit_cost"),
}
KINDS = st.sampled_from(("receipts", "sales", "returns"))


class Trouble(Walker):
    @precondition(lambda self: self.armed is None and self.steps % 2)
    @step(at=AT, met=st.sampled_from((False, False, True)))
    def fail_next(self, at, met):
        """The database fails at that statement of the next change, or (0) when it is committed."""
        self.armed = at, met

    @precondition(lambda self: not self.forgets and self.steps % 2)
    @step()
    def lose_next_answer(self):
        self.forgets = True

    @precondition(lambda self: self.steps % 40 == 20)
    @step()
    def begin_anew(self):
        self.restart()
        self.told["restart"] += 1

    @step(document=DOCUMENTS)
    def replay(self, document):
        path, body, key, first = document.request
        again = self.service.post(path, body, headers=key)
        assert again.status_code == 201, f"L5: a replay is refused: {again.text}"
        assert again.data == first.data, "L5: another answer under the same key"
        assert again.headers["Idempotent-Replayed"] == "true", "L5: it was done again"
        for name in ("ETag", "Location"):
            assert again.headers.get(name) == first.headers.get(name)
        self.told["replay"] += 1

    @step(document=DOCUMENTS)
    def use_a_key_for_something_else(self, document):
        path, body, key, _ = document.request
        name = "reference"
        other = self.service.post(path, {**body, name: f"{body.get(name)} no more"}, headers=key)
        assert (other.status_code, other.json["type"]) == (422, "/problems/idempotency-key-reused"), "L5"
        self.told["key reused"] += 1

    @step(kind=KINDS, store=STORE, what=st.sampled_from(sorted(BAD_LINES)))
    def ask_for_nonsense(self, kind, store, what):
        line, field = BAD_LINES[what]
        good = {"sku": "walk-0", "quantity": 1}
        answer = self.send(kind, {"store_id": self.stores[store], "lines": [line, good]})
        assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (400, [field])
        self.told["nonsense"] += 1

    @step(store=STORE, item=ITEM)
    def read_a_level(self, store, item):
        key = self.stores[store], self.items[item]
        rows = self.service.get(f"stock?store_id={key[0]}&item_id={key[1]}").json["data"]
        on_hand = [row["on_hand"] * 1000 for row in rows] or [0]
        assert [round(units) for units in on_hand] == [self.books.level(*key).on_hand]

    @step(document=DOCUMENTS)
    def read_a_document(self, document):
        self.compare(self.service.get(f"movements/{document.id}").json, document)

    @precondition(lambda self: self.steps % 50 == 30)
    @step()
    def read_everything(self):
        self.read_all()
