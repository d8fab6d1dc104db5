"""The walk's steps with stocktakes and orders."""

from __future__ import annotations

from counts_book import Stocktake
from hypothesis import strategies as st
from hypothesis.stateful import multiple, precondition
from orders_book import Order, Ordered, shares
from rules_of_documents import wire_money
from sheet import No, Want, wire
from walking import COUNTS, DOCUMENTS, ORDERS, Walker, step
from wishes import ITEM, LANDED, MONEY, PIECES, STORE, WISH

TOLERANCE = st.sampled_from((None, None, 1000, 20_000))
ORDERED = st.lists(st.tuples(ITEM, PIECES, st.booleans(), MONEY), min_size=1, max_size=3)
BROUGHT = st.lists(st.tuples(st.integers(0, 2), PIECES, st.booleans(), MONEY), min_size=1, max_size=3)


def _is_open(count):
    return count.state == "open"


class Stocktakes(Walker):
    @precondition(lambda self: len(self.counts) <= self.steps / 15)
    @step(target=COUNTS, store=STORE, tolerance=TOLERANCE)
    def open_count(self, store, tolerance):
        count = Stocktake(self.stores[store], tolerance)
        body = {"store_id": count.store, "tolerance": None if tolerance is None else wire(tolerance)}

        def opened():
            other = [one.id for one in self.counts if one.store == count.store and one.state == "open"]
            if other:
                raise No("in-use", ("store_id", "open", {"count_id": other[0]}))
            count.list(self.books)
            return count

        answer, done = self.ask("counts", body, opened)
        if done is None:
            return multiple()
        count.id = answer.json["id"]
        self.counts.append(count)
        self.told["count"] += 1
        return count

    @step(count=COUNTS, wish=WISH, back=st.sampled_from((False, False, False, True)))
    def tally(self, count, wish, back):
        count = self.live(count, self.counts, _is_open)
        line, item, units = self.named(wish)
        sign = -1 if back else 1
        body = line | {"quantity": sign * line["quantity"]}
        answer, row = self.ask(f"counts/{count.id}/tallies", body, lambda: count.tally(self.books, item, sign * units))
        if row is not None:
            self.told["tally"] += 1
            told = answer.json["item_id"], answer.json["quantity"], answer.json["counted"]
            assert told == (item, wire(sign * units), wire(row.sum))

    @step(count=COUNTS, item=ITEM, more=st.sampled_from((0, 0, 1)))
    def tally_what_is_there(self, count, item, more):
        """As a count mostly ends: at the level, or beside it."""
        count = self.live(count, self.counts, _is_open)
        item = self.items[item]
        units = max(0, self.books.level(count.store, item).on_hand) + 1000 * more
        if units < 10**12:
            body = {"item_id": item, "quantity": wire(units)}
            self.ask(f"counts/{count.id}/tallies", body, lambda: count.tally(self.books, item, units))

    @step(count=COUNTS, item=ITEM)
    def recount(self, count, item):
        count = self.live(count, self.counts, _is_open)
        item = self.items[item]
        self.ask(f"counts/{count.id}/recounts", {"item_id": item}, lambda: count.recount(self.books, item))

    @step(target=DOCUMENTS, count=COUNTS, zeroed=st.booleans(), beyond=st.sampled_from((True, True, False)))
    def approve(self, count, zeroed, beyond):
        count = self.live(count, self.counts, _is_open)
        body = {"uncounted": "zeroed" if zeroed else "left", "beyond_tolerance": beyond}

        def approved():
            return count.approve(self.books, zeroed=zeroed, beyond=beyond), count

        answer, done = self.ask(f"counts/{count.id}/approval", body, approved)
        if done is None:
            return multiple()
        self.told["approval"] += 1
        posted, _ = done
        assert (answer.json["state"], answer.json["movement_id"] is None) == ("approved", posted is None)
        if posted is None:
            return multiple()
        posted.id, posted.request = answer.json["movement_id"], self.last
        self.keep(posted)
        return posted

    @precondition(lambda self: self.steps % 5 == 0)
    @step(count=COUNTS)
    def abandon(self, count):
        count = self.live(count, self.counts, _is_open)
        answer, _ = self.ask(f"counts/{count.id}", None, lambda: count.abandon() or count, method="DELETE", done=204)
        self.told["abandoned"] += answer is not None


class Buying(Walker):
    @precondition(lambda self: len(self.orders) <= self.steps / 20)
    @step(target=ORDERS, store=STORE, ordered=ORDERED, sent=st.sampled_from((True, True, True, False)))
    def order(self, store, ordered, sent):
        """Some by the pack, where it is known what one holds; some of one item twice."""
        lines, sheet = [], []
        for n, pieces, packs, cost in ordered:
            item = self.items[n]
            pack, known = self.sold.get(item, (1000, None))
            known_pack = packs and item in self.sold
            how = {"packs": pieces} if known_pack else {"quantity": pieces}
            lines.append({"item_id": item, "unit_cost": wire_money(cost), **how})
            quantity = pieces * (pack if known_pack else 1000)
            sheet.append(Ordered(item, quantity, pack, known if cost is None else cost))
        order = Order(self.stores[store], sheet)
        body = {"supplier_id": self.supplier, "store_id": order.store, "lines": lines}
        answer, _ = self.ask("purchase-orders", body, lambda: order)
        order.id = answer.json["id"]
        for line, shown in zip(order.lines, answer.json["lines"], strict=True):
            line.id = shown["id"]
        self.orders.append(order)
        self.told["order"] += 1
        if sent:
            self.ask(f"purchase-orders/{order.id}/sending", None, lambda: order)
            order.state = "sent"
        self.read_order(order)
        return order

    @step(target=DOCUMENTS, order=ORDERS, brought=BROUGHT, landed=LANDED)
    def receive_of_order(self, order, brought, landed):
        order = self.live(order, self.orders, lambda one: one.state in {"sent", "partly_received"})
        taken, lines = [], []
        for n, pieces, packs, cost in brought:
            line = order.lines[n % len(order.lines)]
            is_only = [one.item for one in order.lines].count(line.item) == 1
            named = {} if is_only and n % 2 else {"order_line": line.id}
            how = {"packs": pieces} if packs else {"quantity": pieces}
            lines.append({"item_id": line.item, "unit_cost": wire_money(cost), **named, **how})
            units = pieces * (line.pack if packs else 1000)
            taken.append((line, units, line.cost if cost is None else cost))
        body = {"store_id": order.store, "purchase_order_id": order.id, "lines": lines}

        def received():
            wants = [Want(line.item, units, cost) for line, units, cost in taken]
            wants = shares(wants, self.books.own_costs, landed and landed * 1000)
            order.ensure_open()
            document = self.books.record("receipt", order.store, wants)
            document.brought = [(line.id, want.landed) for (line, *_), want in zip(taken, wants, strict=True)]
            document.order, document.taken = order, [(line, units) for line, units, _ in taken]
            order.bring(document.taken)
            return document

        document = self.post("receipts", body | {"landed_cost": wire_money(landed)}, received)
        if document:
            self.told["receipt of an order"] += 1
            self.read_order(order)
        return document or multiple()

    @precondition(lambda self: self.steps % 10 == 0)
    @step(order=ORDERS)
    def close_order(self, order):
        self.ask(f"purchase-orders/{order.id}/closing", {}, lambda: order.close() or order)
        self.read_order(order)
