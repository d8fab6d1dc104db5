"""Two real sessions at one moment: one is under way when the other begins, and only one of them wins."""

from __future__ import annotations

import examples
import pytest
from blanks import session_of
from racing import lost_by_second, race
from sqlalchemy import select

from common.database import unit_of_work
from common.errors import (
    AlreadyReversed,
    Archived,
    Closed,
    Duplicate,
    InsufficientStock,
    InUse,
    LastAdministrator,
    NotFound,
)
from models import ledger
from models.deployment import offer_setup, set_up
from models.item import Item
from models.level import Level
from models.movement import Movement
from models.store import Store
from models.user import User


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture
def filled(engine):
    """A shop that has five pieces and sold two, and two administrators."""
    with session_of(engine) as session, unit_of_work(session, write=True):
        here, _ = examples.store(session, "HERE"), examples.store(session, "THERE")
        examples.store(session, "DEBT", allow_negative_stock=True)
        tea = examples.item(session, "TEA")
        examples.posted(session, "receipt", here, (tea, 7))
        examples.posted(session, "sale", here, (tea, 2))
        for name in ("anna", "ben"):
            examples.user(session, name, role="admin")
    return engine


def row(session, model, **by):
    return session.scalars(select(model).filter_by(**by)).one()


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("sku", lambda s: examples.item(s, "SALT"), lambda s: examples.item(s, "salt")),
        ("code", lambda s: examples.store(s, "NEW"), lambda s: examples.store(s, "new")),
        ("username", lambda s: examples.user(s, "carl"), lambda s: examples.user(s, "CARL")),
        (
            "email",
            lambda s: examples.user(s, "carl", email="c@example.com"),
            lambda s: examples.user(s, "dora", email="C@example.com"),
        ),
        (
            "barcodes",
            lambda s: examples.item(s, "A", barcodes=["036000291452"]),
            lambda s: examples.item(s, "B", barcodes=["0036000291452"]),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_two_who_take_the_same_key_one_is_told_that_it_is_taken(engine, field, first, second):
    lost = lost_by_second(race(engine, first, second), Duplicate)

    assert lost in ([(field, "duplicate")], [(f"{field}/0", "duplicate")])


def test_of_two_who_reverse_a_document_one_is_told_that_it_was(filled):
    def act(session):
        ledger.reverse(session, examples.CLERK, row(session, Movement, kind="sale"))

    assert lost_by_second(race(filled, act, act), AlreadyReversed) == []


def test_of_two_who_receive_a_transfer_one_is_told_that_it_came(filled):
    with session_of(filled) as session, unit_of_work(session, write=True):
        here, there = row(session, Store, code="HERE"), row(session, Store, code="THERE")
        examples.posted(session, "transfer", here, (row(session, Item, sku="TEA"), 1), to_store_id=there.id)

    def act(session):
        ledger.arrive(session, examples.CLERK, row(session, Movement, kind="transfer"))

    assert lost_by_second(race(filled, act, act), Closed) == []


def sell(quantity):
    def act(session):
        tea = row(session, Item, sku="TEA")
        examples.posted(session, "sale", row(session, Store, code="HERE"), (tea, quantity))

    return act


def test_of_two_who_take_the_last_pieces_one_is_told_what_is_left(filled):
    refusals = race(filled, sell(4), sell(2))

    assert lost_by_second(refusals, InsufficientStock) == [("lines/0/quantity", "insufficient")]
    assert refusals["second"].errors[0].extra == {"requested": 2, "available": 1}


def test_two_who_take_what_there_is_for_both_both_get_it(filled):
    assert race(filled, sell(3), sell(2)) == {}

    with session_of(filled) as session:
        assert session.scalars(select(Level.on_hand)).all() == [0]


def test_two_first_deliveries_of_an_item_make_one_level(filled):
    def deliver(session):
        tea = row(session, Item, sku="TEA")
        examples.posted(session, "receipt", row(session, Store, code="THERE"), (tea, 3))

    assert race(filled, deliver, deliver) == {}

    with session_of(filled) as session:
        assert sorted(session.scalars(select(Level.on_hand))) == [5, 6]


def test_transfers_there_and_back_do_not_wait_for_each_other_for_ever(filled):
    def send(source, to):
        def act(session):
            ids = {code: row(session, Store, code=code) for code in (source, to)}
            tea = row(session, Item, sku="TEA")
            examples.posted(session, "transfer", ids[source], (tea, 1), to_store_id=ids[to].id)

        return act

    with session_of(filled) as session, unit_of_work(session, write=True):
        examples.posted(session, "receipt", row(session, Store, code="THERE"), (row(session, Item, sku="TEA"), 3))

    assert race(filled, send("HERE", "THERE"), send("THERE", "HERE")) == {}


def leave(username):
    def act(session):
        row(session, User, username=username).deactivate()

    return act


def test_of_two_last_administrators_who_leave_at_once_one_stays(filled):
    assert lost_by_second(race(filled, leave("anna"), leave("ben")), LastAdministrator) == []

    with session_of(filled) as session:
        assert User.there_is_an_admin(session)


def close(session):
    row(session, Store, code="THERE").archive()


def forbid_debts(session):
    row(session, Store, code="DEBT").revise(allow_negative_stock=False)


def move(kind, code):
    """Post a document as the edge does, which has not looked at the store."""

    def act(session):
        id_ = session.scalar(select(Store.id).where(Store.code == code))
        lines = [examples.line(row(session, Item, sku="TEA"), 1)]
        ledger.post(session, examples.CLERK, kind=kind, store_id=id_, lines=lines)

    return act


def test_a_shop_does_not_close_while_goods_come(filled):
    assert lost_by_second(race(filled, move("receipt", "THERE"), close), InUse) == []


def test_goods_do_not_come_to_a_shop_that_is_closing(filled):
    assert lost_by_second(race(filled, close, move("receipt", "THERE")), Archived) == []


def test_a_shop_does_not_forbid_debts_while_it_makes_one(filled):
    assert lost_by_second(race(filled, move("sale", "DEBT"), forbid_debts), InUse) == []


def test_a_shop_makes_no_debt_while_that_is_being_forbidden(filled):
    lost = lost_by_second(race(filled, forbid_debts, move("sale", "DEBT")), InsufficientStock)

    assert lost == [("lines/0/quantity", "insufficient")]


def test_of_two_who_hold_the_set_up_code_one_becomes_administrator(engine):
    with session_of(engine) as session, unit_of_work(session, write=True):
        code = offer_setup(session)

    def as_(username):
        return lambda session: set_up(session, code=code, username=username, password_hash=examples.HASH)

    assert lost_by_second(race(engine, as_("anna"), as_("eve")), NotFound) == []
