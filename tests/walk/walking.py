"""What every step of the walk does: ask the service, ask the books, and hold the two against each other."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import wraps

from books import Books
from failing import Failing
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule
from service import Service
from sheet import No, wire
from showing import document_shown, levels_shown, lines_shown
from wishes import ITEMS, STORES, Wish
from witness import Witness

from common.database import db, unit_of_work
from models import checking
from wsgi import create_app

DOCUMENTS, TRANSFERS = Bundle("documents"), Bundle("transfers")
ORDERS, COUNTS = Bundle("orders"), Bundle("counts")

COSTS = (None, "2.3333", "0.0001", None)
UNITS = ("each", "each", "kg", "each")
PACKS = (12, None, None, 6)
LOOK_AT_ALL_EVERY = 40
SUMMED = {"transfer", "arrival", "recall"}


def step(**given):
    """Make a method a rule of the walk, after which all that it promises is looked at."""

    def ruled(work):
        @wraps(work)
        def walked(self, **drawn):
            result = work(self, **drawn)
            self.every_invariant_holds()
            return result

        return rule(**given)(walked)

    return ruled


class Walker(RuleBasedStateMachine):
    """A shop of its own: two stores that owe no goods, one that may, and four items.

    `told` counts what came of all steps, and how many these were.
    """

    def __init__(self, template, told):
        super().__init__()
        self.told, self.held = told, ExitStack()
        self.databases = template.databases
        self.service = self.held.enter_context(template.lend())
        self.failing = Failing(self.databases, self.service)
        self.number, self.steps, self.armed, self.forgets = 0, 0, None, False
        self.documents, self.counts, self.orders = [], [], []
        self._open_shop()
        self.books = Books({self.stores[2]}, dict(zip(self.items, map(money, COSTS), strict=True)))
        self.witness = Witness(self.service, self.stores)

    def _open_shop(self):
        made = self.service.made
        self.stores = [
            made("stores", {"code": f"WALK-{n}", "name": "Walk", "allow_negative_stock": n == STORES - 1})["id"]
            for n in range(STORES)
        ]
        self.items = []
        for n in range(ITEMS):
            pack = [{"barcode": f"walk-case-{n}", "quantity": PACKS[n], "name": "case"}] if PACKS[n] else []
            row = {"sku": f"WALK-{n}", "name": "Walk", "unit": UNITS[n], "cost": COSTS[n], "packs": pack}
            self.items.append(made("items", row | {"barcodes": [f"walk-{n}"]})["id"])
        self.supplier = made("suppliers", {"name": "Walk"})["id"]
        self.sold = {}
        for n, pack, cost in ((0, 12, "1.95"), (2, 5, None)):
            body = {"sku": f"S-{n}", "pack_size": pack, "unit_cost": cost}
            self.service.send("PUT", f"suppliers/{self.supplier}/items/{self.items[n]}", body=body)
            self.sold[self.items[n]] = pack * 1000, money(cost)

    def live(self, drawn, everything, is_live):
        """Return what was drawn, or, where nothing more comes of that, mostly the latest of which something does."""
        if is_live(drawn) or self.steps % 8 == 0:
            return drawn
        return next((one for one in reversed(everything) if is_live(one)), drawn)

    def named(self, wish: Wish):
        """Return how a line names its item and how much of it, the item, and that in its unit."""
        n, item = wish.item, self.items[wish.item]
        units = wish.part if UNITS[n] == "kg" else wish.pieces * 1000
        names = {"item_id": item, "sku": f"walk-{n}", "barcode": f"walk-{n}", "pack": f"walk-case-{n}"}
        how = "barcode" if wish.how == "pack" and not PACKS[n] else wish.how
        line = {"barcode" if how == "pack" else how: names[how], "quantity": wire(units)}
        return line, item, units * (PACKS[n] if how == "pack" else 1)

    def send(self, path, body=None, method="POST"):
        """Send once, or, where the answer is lost or the database fails on the way, until it was done."""
        self.number += 1
        key = {"Idempotency-Key": f"walk-{self.number}"} if method == "POST" else {}

        def once():
            return self.service.send(method, path, body=body, headers=key)

        answer = self._struck(once) if self.armed is not None else once()
        if self.forgets and method == "POST" and answer.status_code == 201:
            self.forgets = False
            again = once()
            assert (again.status_code, again.data) == (201, answer.data), "L5: another answer under the same key"
            assert again.headers["Idempotent-Replayed"] == "true", "L5: it was done again"
            self.told["answers lost"] += 1
        self.last = path, body, key, answer
        return answer

    def _struck(self, once):
        (at, met), self.armed = self.armed, None
        self.failing.strike(at, met=met)
        answer = once()
        if not self.failing.spare():
            return answer
        if answer.status_code < 500:
            self.told["run again"] += 1
            return answer
        assert answer.status_code in {500, 503}, answer.text
        self.witness.look(self.books)  # nothing of it is there
        self.told["failed"] += 1
        return once()

    def ask(self, path, body, rule, *, method="POST", done=201):
        """Ask the service and the books; return the answer and what the books say, None twice where both refuse."""
        answer, result, no = self.send(path, body, method), None, None
        try:
            result = rule()
        except No as refusal:
            no = refusal
        if no is not None:
            said = [(e["field"], e["code"], _figures(e)) for e in answer.json.get("errors", [])]
            told = answer.status_code, answer.json.get("type"), said
            assert told == (no.status, f"/problems/{no.slug}", no.told), f"the books refuse it: {no}"
            self.told[no.slug] += 1
            return None, None
        assert answer.status_code == done, f"the books take it: {answer.text}"
        return answer, result

    def post(self, path, body, rule):
        """Post what becomes a document; return it, None where it is refused."""
        answer, document = self.ask(path, body, rule)
        if document is None:
            return None
        document.id, document.request = answer.json["id"], self.last
        self.keep(document)
        self.compare(answer.json, document)
        return document

    def keep(self, document):
        """Take note of a document that the service has recorded, line by line."""
        self.documents.append(document)
        self.told[document.kind] += 1
        lines = self.witness.lines(document.id)
        assert lines == document.lines, "the ledger's lines are not those of the books"
        if document.kind in SUMMED:
            assert sum(line.quantity for line in lines) == 0, f"L4: {document} does not sum to zero"

    def every_invariant_holds(self):
        """Look at the ledger after a step, past the service."""
        self.steps += 1
        self.told["steps"] += 1
        self.witness.look(self.books)
        under_way = {}
        for transfer in self.documents:
            for item, units, value in () if transfer.undone else transfer.left.values():
                before = under_way.get((transfer.to, item), (0, 0))
                under_way[transfer.to, item] = before[0] + units, before[1] + value
        for key, level in self.books.levels.items():
            there = under_way.get(key, (0, 0))
            assert there == (level.in_transit, level.transit_value), f"L4: {key} has {level}, its transfers {there}"
        if self.steps % LOOK_AT_ALL_EVERY == LOOK_AT_ALL_EVERY - 1:
            self.witness.look_at_all()

    def restart(self):
        """End the service and let another one begin on what is on the disk."""
        app, cookies = self.service.app, self.service.cookies
        self.failing.close()
        self.service.close()
        self.service = Service(create_app(app.extensions["storekeeper"]), cookies=cookies)
        self.held.callback(self.service.close)
        self.failing = Failing(self.databases, self.service)

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self._look_back()
        finally:
            self.witness.close()
            self.failing.close()
            self.held.close()

    def _look_back(self):
        """At the end everything is shown as the books have it, and the service's own proofs hold."""
        self.witness.look_at_all()
        self.read_all()
        with self.service.app.app_context(), unit_of_work(db.session(), write=False) as session:
            found = checking.prove(session.connection())
            assert {one.title: one.offenders for one in found if not one.holds} == {}
        self.told["examples"] += 1

    def read_all(self):
        """Read every document, level, stocktake and order through the service."""
        stores = ",".join(map(str, self.stores))
        documents, path = {}, f"movements?store_id={stores}&limit=200"
        while path:
            page = self.service.get(path).json
            documents |= {row["id"]: row for row in page["data"]}
            path = page["links"]["next"]
        expected = {document.id: document for document in self.documents}
        assert documents.keys() == expected.keys(), "L7: other documents than those that were answered"
        for id_, document in expected.items():
            self.compare(documents[id_], document)
        assert levels_shown(self.service.get(f"stock?store_id={stores}&limit=200").json["data"], self.books) == []
        for count in self.counts:
            rows = self.service.get(f"counts/{count.id}/variances?limit=200").json["data"]
            shown = count.shown()
            assert {row["item_id"]: {name: row[name] for name in shown[row["item_id"]]} for row in rows} == shown
        for order in self.orders:
            self.read_order(order)

    def compare(self, row, document):
        """Hold what the service shows of a document against the books."""
        shown = document_shown(document)
        row |= {"lines": lines_shown(row["lines"])}
        row["progress"] = [
            {n: v for n, v in line.items() if n not in {"sku", "name"}} for line in row["progress"] or []
        ]
        assert {name: row[name] for name in shown} == shown

    def read_order(self, order):
        row, shown = self.service.get(f"purchase-orders/{order.id}").json, order.shown()
        lines = [{name: line[name] for name in shown["lines"][0]} for line in row["lines"]]
        assert {"state": row["state"], "lines": lines} == shown


def money(text):
    """Return money in its smallest units; None where there is none."""
    return None if text is None else int(text.replace(".", "")) * 10 ** (4 - len(text.partition(".")[2]))


def _figures(error):
    words = {"field", "code", "message", "sku", "name"}
    return {name: value for name, value in error.items() if name not in words}
