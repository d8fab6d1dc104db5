"""Six hundred documents of every kind, good and bad: after each the books are sound, and a refusal changed nothing."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import examples
import pytest
from ledger_walk import assert_sound, dump

from common import errors
from common.database import unit_of_work
from models import checking, ledger
from models.movement import KINDS, Movement

STEPS, SEED = 600, 20261120
KINDS_POSTED = ("receipt", "receipt", "receipt", "sale", "sale", "return", "write_off", "adjustment", "transfer")
# What the shop of this walk writes; it has no search and no record.
BOOKS = [
    title
    for title, proof in checking.PROOFS.items()
    if proof.__module__ in {"models.checking", "models.checking_levels", "models.checking_times"}
]
REFUSALS = (
    errors.InsufficientStock,
    errors.UnexpectedLevel,
    errors.Closed,
    errors.AlreadyReversed,
    errors.Refused,
    errors.Invalid,
    errors.Archived,
)


@pytest.fixture
def engine(every_engine):
    return every_engine


class Shops:
    """Three shops, one of which may owe goods, four items, and somebody who posts at random."""

    def __init__(self, session, chance: random.Random) -> None:
        self.session, self.chance = session, chance
        self.posted = []
        self.stores = [
            examples.store(session, "MAIN"),
            examples.store(session, "SIDE", allow_negative_stock=True),
            examples.store(session, "FAR"),
        ]
        self.items = [
            examples.item(session, "TEA"),
            examples.item(session, "CUP", cost=Decimal("2.3333")),
            examples.item(session, "SALT", unit="kg"),
            examples.item(session, "RICE", unit="kg", cost=Decimal("0.0001")),
        ]
        examples.item(session, "GONE").archive()
        session.flush()

    def step(self):
        """Post or reverse something, or let a transfer come to something; return what came of it."""
        act = self.chance.choices((self.post, self.settle, self.reverse), (7, 4, 2))[0]
        movement = act()
        self.posted.append((movement.id, movement.kind))
        return movement

    def post(self):
        kind, chance = self.chance.choice(KINDS_POSTED), self.chance
        here, there = chance.sample(self.stores, 2)
        more = {"to_store_id": chance.choice([there.id] * 9 + [here.id])} if kind == "transfer" else {}
        lines = [self.line(kind) for _ in range(chance.randint(1, 4))]
        return examples.posted(self.session, kind, here, *lines, **more)

    def line(self, kind):
        chance = self.chance
        item = chance.choice(self.items)
        thousandths = chance.choice((1000, 1000, 2000, 5000, 12_000, 333 if item.unit == "kg" else 3000))
        sign = -1 if kind == "adjustment" and chance.random() < 0.5 else 1
        cost = chance.choice(
            (None, Decimal(0), Decimal("1.99"), Decimal("0.3333"), Decimal(chance.randint(1, 99999)) / 10_000)
        )
        more = {"expected_on_hand": Decimal(chance.randint(0, 9))} if chance.random() < 0.05 else {}
        by_name = (
            {"sku": "gone"} if chance.random() < 0.02 else chance.choice(({"item_id": item.id}, {"sku": item.sku}))
        )
        return by_name | {"quantity": Decimal(sign * thousandths) / 1000, "unit_cost": cost} | more

    def settle(self):
        """Let something become of a transfer: of all that is on its way, or of a piece or three of what it may hold."""
        chance = self.chance
        transfers = [id_ for id_, kind in self.posted if kind == "transfer"]
        act = chance.choice((ledger.arrive, ledger.arrive, ledger.lose, ledger.recall))
        more = {"reason": "missing"} if act is ledger.lose else {}
        if chance.random() < 0.7:
            items = chance.sample(self.items, chance.randint(1, 2))
            more["lines"] = [examples.line(item, chance.choice((1, 1, 3))) for item in items]
        return self.follow(act, transfers[-6:], **more)

    def reverse(self):
        return self.follow(ledger.reverse, [id_ for id_, _ in self.posted[-12:]])

    def follow(self, act, ids, **more):
        if not ids:
            return self.post()
        movement = act(self.session, examples.CLERK, self.session.get(Movement, self.chance.choice(ids)), **more)
        self.session.flush()
        return movement


def test_whatever_is_posted_the_books_are_sound_and_a_refusal_changes_nothing(session):
    with unit_of_work(session, write=True):
        shops = Shops(session, random.Random(SEED))  # noqa: S311 - a walk to be walked again
    outcomes, before = Counter(), dump(session)
    session.rollback()

    for number in range(STEPS):
        try:
            with unit_of_work(session, write=True):
                outcomes[shops.step().kind] += 1
        except REFUSALS as refusal:
            outcomes[type(refusal).__name__] += 1
            assert dump(session) == before, f"step {number} was refused and changed something"
        else:
            before = dump(session)
            assert_sound(before)
        session.rollback()

    assert [finding for finding in checking.prove(session.connection(), titles=BOOKS) if not finding.holds] == []
    assert outcomes.keys() >= {*KINDS, "InsufficientStock", "UnexpectedLevel", "Closed", "AlreadyReversed", "Archived"}
