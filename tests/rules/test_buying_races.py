"""Two who receive, reverse, close or send one order at one moment: nothing that came is lost."""

from __future__ import annotations

from decimal import Decimal

import buying
import examples
import pytest
from blanks import session_of
from racing import lost_by_second, race
from sqlalchemy import func, select

from common.database import unit_of_work
from common.errors import Archived, Closed, InUse, Stale
from models import checking_orders, receiving
from models.item import Item
from models.level import Level
from models.movement import Movement
from models.purchase_order import PurchaseOrder
from models.store import Store
from models.supplier import Supplier
from models.supplier_item import SupplierItem


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def filled(engine):
    """A shop that waits for ten of one thing and four of another, of which one has come; and a draft."""
    with session_of(engine) as session, unit_of_work(session, write=True):
        here, firm = examples.store(session, "HERE"), buying.supplier(session)
        tea, salt = examples.item(session, "TEA"), examples.item(session, "SALT")
        buying.supplier(session, "Other")
        order = buying.sent(session, firm, here, examples.line(tea, 10), examples.line(salt, 4))
        buying.received(session, order, examples.line(salt, 1))
        buying.drafted(session, firm, here, examples.line(tea, 1))
    return engine


def nth(session, model, number=1):
    return session.scalars(select(model).order_by(model.id)).all()[number - 1]


def receives(*lines):
    """Return the work of receiving these of the order: SKU and quantity."""

    def work(session):
        items = {item.sku: item for item in session.scalars(select(Item))}
        buying.received(session, nth(session, PurchaseOrder), *(examples.line(items[sku], came) for sku, came in lines))

    return work


def reverses(session):
    receiving.reverse(session, examples.CLERK, nth(session, Movement))


def outcome(engine):
    with session_of(engine) as session:
        on_hand = session.scalars(select(Level.on_hand).order_by(Level.item_id)).all()
        return (*buying.state(nth(session, PurchaseOrder)), [level for level in on_hand if level])


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (receives(("TEA", 3)), receives(("TEA", 4)), ("partly_received", [7, 1], [7, 1])),
        (receives(("TEA", 3), ("SALT", 1)), receives(("SALT", 2), ("TEA", 8)), ("received", [11, 4], [11, 4])),
        (receives(("TEA", 10)), reverses, ("partly_received", [10, 0], [10])),
        (reverses, receives(("SALT", 4)), ("partly_received", [0, 4], [4])),
    ],
)
def test_what_both_did_counts(filled, first, second, left):
    assert race(filled, first, second) == {}

    state, received, on_hand = outcome(filled)
    assert (state, received, [level for level in on_hand if level]) == (
        *left[:2],
        [level for level in left[2] if level],
    )
    with session_of(filled) as session:
        proofs = (checking_orders.received, checking_orders.brought, checking_orders.states)
        assert [one for proof in proofs for one in proof(session.connection())] == []


def test_what_came_already_does_not_come_twice(filled):
    everything = receives(("TEA", 10), ("SALT", 3))

    assert lost_by_second(race(filled, everything, everything), Closed) == []

    assert outcome(filled) == ("received", [10, 4], [10, 4])


def test_nothing_is_received_of_what_is_being_closed(filled):
    refusals = race(filled, lambda session: nth(session, PurchaseOrder).close(), receives(("TEA", 10)))

    assert lost_by_second(refusals, Closed) == []


def test_who_closes_an_order_of_which_something_comes_looks_again(filled):
    def closes(session):
        nth(session, PurchaseOrder).close()

    refusals = race(filled, receives(("TEA", 1)), closes)

    # On SQLite the second reads after the first is done; on a server it had read before.
    assert refusals == {} if filled.dialect.name == "sqlite" else lost_by_second(refusals, Stale) == []
    assert outcome(filled)[1] == [1, 1]


def test_a_draft_is_sent_or_abandoned(filled):
    refusals = race(
        filled,
        lambda session: nth(session, PurchaseOrder, 2).send(),
        lambda session: nth(session, PurchaseOrder, 2).abandon(),
    )

    lost_by_second(refusals, Closed if filled.dialect.name == "sqlite" else Stale)


def archives(session):
    nth(session, Supplier, 2).archive()


def orders(session):
    other = session.execute(select(Supplier.id).order_by(Supplier.id)).all()[1]  # as a request does: not read before
    buying.drafted(session, other, nth(session, Store), examples.line(nth(session, Item), 1))


def test_a_supplier_that_is_being_archived_gets_no_order(filled):
    assert lost_by_second(race(filled, archives, orders), Archived) == [("supplier_id", "archived")]


def test_a_supplier_that_gets_an_order_is_not_archived(filled):
    assert lost_by_second(race(filled, orders, archives), InUse) == []


def test_one_supplier_becomes_the_preferred_one(filled):
    def prefers(number):
        def work(session):
            firm, tea = nth(session, Supplier, number), nth(session, Item, 1)
            SupplierItem.put(session, firm, tea, sku=None, pack_size=Decimal(1), unit_cost=None, preferred=True)

        return work

    assert race(filled, prefers(1), prefers(2)) == {}

    with session_of(filled) as session:
        preferred = select(func.count()).select_from(SupplierItem).where(SupplierItem.preferred)
        assert session.scalar(preferred) == 1
