"""The walk's steps with documents of one store, with transfers, and the way back of all of them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import multiple, precondition
from orders_book import shares
from sheet import No, Want
from walking import DOCUMENTS, TRANSFERS, UNITS, Walker, step
from wishes import ASKED, ITEM, LANDED, OUTCOME, PARTS, STORE, WISHES

WHEN = st.sampled_from((None, None, None, None, "2020-02-29T12:00:00Z", "2999-01-01T00:00:00Z"))
FUTURE = "invalid", ("occurred_at", "in_the_future", {})
FLOODS = st.sampled_from(((400_000, 9_999_999_999_999), (999_999_999_999, 1_000_000), (10**12 - 1, 10**13 - 1)))
ANYTHING = st.booleans()


def wire_money(units):
    """Return money as a client writes it."""
    return None if units is None else f"{units // 10_000}.{units % 10_000:04}"


class Documents(Walker):
    def line(self, wish, store, sign=1):
        """Return a line as it is sent, and as the books understand it."""
        sent, item, units = self.named(wish)
        sent["quantity"] *= sign
        level = self.books.level(store, item).on_hand
        expected = {"nothing": None, "what is": level, "another": level + 1000}[
            wish.expects if level < 10**11 else "nothing"
        ]
        if expected is not None:
            sent["expected_on_hand"] = expected / 1000
        sent |= {"unit_cost": wire_money(wish.cost), "unit_price": wire_money(wish.cost)}
        return sent, Want(item, sign * units, wish.cost, wish.cost, expected)

    def document(self, kind, store, lines, *, to=None, when=None, **more):
        """Post a document of lines as `line` makes them, and let the books have it."""
        wants = [want for _, want in lines]
        body = {"store_id": store, "lines": [sent for sent, _ in lines], "occurred_at": when, **more}
        landed = money_of(more.get("landed_cost"))
        path = kind.replace("_", "-") + "s"

        def recorded():
            priced, before = shares(wants, self.books.own_costs, landed), dict(self.books.levels)
            document = self.books.record(kind, store, priced, to)
            if when and when > "2900":
                self.books.levels = before
                raise No(*FUTURE, status=400)
            if landed is not None:
                document.brought = [(None, want.landed) for want in priced]
            return document

        document = self.post(path, body, recorded)
        return multiple() if document is None else document

    @step(target=DOCUMENTS, store=STORE, wishes=WISHES, landed=LANDED, when=WHEN)
    def receive(self, store, wishes, landed, when):
        store = self.stores[store]
        lines = [self.line(wish, store) for wish in wishes]
        return self.document("receipt", store, lines, when=when, landed_cost=wire_money(landed))

    @step(target=DOCUMENTS, store=STORE, wishes=WISHES, part=PARTS)
    def receive_more(self, store, wishes, part):
        """A shop lives on what comes in."""
        store = self.stores[store]
        wishes = [wish._replace(pieces=wish.pieces * 12, part=part * 12, expects="nothing") for wish in wishes]
        return self.document("receipt", store, [self.line(wish, store) for wish in wishes])

    @step(target=DOCUMENTS, store=STORE, wishes=WISHES, when=WHEN)
    def sell(self, store, wishes, when):
        store = self.stores[store]
        return self.document("sale", store, [self.line(wish, store) for wish in wishes], when=when)

    @step(target=DOCUMENTS, store=STORE, wishes=WISHES)
    def take_back(self, store, wishes):
        store = self.stores[store]
        return self.document("return", store, [self.line(wish, store) for wish in wishes])

    @step(target=DOCUMENTS, store=STORE, wishes=WISHES)
    def write_off(self, store, wishes):
        store = self.stores[store]
        return self.document("write_off", store, [self.line(wish, store) for wish in wishes], reason="broken")

    @step(target=DOCUMENTS, store=STORE, wishes=WISHES, down=ANYTHING)
    def adjust(self, store, wishes, down):
        """Every other line goes the other way."""
        store = self.stores[store]
        lines = [self.line(wish, store, -1 if (n % 2 == 0) == down else 1) for n, wish in enumerate(wishes)]
        return self.document("adjustment", store, lines, reason="miscounted")

    @step(target=DOCUMENTS, store=STORE, item=ITEM)
    def sell_all(self, store, item):
        """Down to the last unit, and, where there is nothing, one too many."""
        store, n = self.stores[store], item
        units = max(1000, self.books.level(store, self.items[n]).on_hand)
        lines = []
        while units:  # no line says more than a billion
            part = min(units, 999_999_999_000)
            lines.append(({"item_id": self.items[n], "quantity": part / 1000}, Want(self.items[n], part)))
            units -= part
        return self.document("sale", store, lines)

    @precondition(lambda self: self.steps > 60)  # what is worth so much makes all else look small
    @step(target=DOCUMENTS, store=STORE, flood=FLOODS)
    def flood(self, store, flood):
        """More than a shop has, up to what the ledger can hold, and beyond."""
        units, cost = flood
        item, units = self.items[3], units // 1000 * 1000
        sent = {"item_id": item, "quantity": units // 1000, "unit_cost": wire_money(cost)}
        return self.document("receipt", self.stores[store], [(sent, Want(item, units, cost))])

    @step(targets=(DOCUMENTS, TRANSFERS), store=STORE, other=st.integers(1, 2), wishes=WISHES)
    def transfer(self, store, other, wishes):
        store, to = self.stores[store], self.stores[(store + other) % 3]
        lines = [self.line(wish, store) for wish in wishes]
        return self.document("transfer", store, lines, to=to, to_store_id=to)

    @step(target=DOCUMENTS, transfer=TRANSFERS, asked=ASKED)
    def arrive(self, transfer, asked):
        return self.come_to("arrival", transfer, asked)

    @step(target=DOCUMENTS, transfer=TRANSFERS, kind=OUTCOME, asked=ASKED)
    def settle(self, transfer, kind, asked):
        return self.come_to(kind, transfer, asked)

    def come_to(self, kind, transfer, asked):
        """Let all of a transfer, or some pieces of what it holds and of what it may not hold, come to something."""
        sent = [one for one in self.documents if one.kind == "transfer"]
        transfer = self.live(transfer, sent, lambda one: not one.undone and any(n for _, n, _ in one.left.values()))
        held = [item for item, _, _ in transfer.left.values()]
        lines = None
        if asked:
            lines = [(self.items[3] if n == 7 else held[n % len(held)], pieces) for n, pieces in asked]
            lines = [(i, n * (333 if UNITS[self.items.index(i)] == "kg" else 1000)) for i, n in lines]

        def settled():
            alien = [n for n, (item, _) in enumerate(lines or []) if item not in held]
            if alien:
                raise No("invalid", *((f"lines/{n}/item_id", "not_sent", {}) for n in alien), status=400)
            return self.books.settle(kind, transfer, lines)

        body = {"reason": "fell off the van"} if kind == "loss" else {}
        if lines:
            body["lines"] = [{"item_id": item, "quantity": units / 1000} for item, units in lines]
        return self.post(f"transfers/{transfer.id}/{kind}", body, settled) or multiple()

    @step(target=DOCUMENTS, document=DOCUMENTS)
    def reverse(self, document):
        document = self.live(document, self.documents, lambda one: not one.undone and one.kind != "reversal")

        def reversed_():
            undone = self.books.reverse(document)
            if document.order:
                document.order.bring(document.taken, back=True)
            return undone

        undone = self.post(f"movements/{document.id}/reversal", {"note": "typed twice"}, reversed_)
        if undone and document.order:
            self.read_order(document.order)
        return undone or multiple()


def money_of(text):
    """Return what freight and duty come to in units of value."""
    return None if text is None else int(text.replace(".", "")) * 1000
