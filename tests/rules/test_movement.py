"""models/movement.py, by the numbers of its invariants (1: test_witnesses.py), and who sees which documents."""

from __future__ import annotations

from collections import Counter

import examples
import pytest
from sqlalchemy import select

from common.access import Caller, Role
from common.errors import AlreadyReversed, Closed
from models import ledger
from models.level import Level
from models.movement import DOCUMENT_QUANTITY, VERSION, Movement, MovementLine, Transfer


def limited(*stores, sees_all=False):
    ids = frozenset(store.id for store in stores)
    return Caller(role=Role.CLERK, store_ids=ids, sees_all_stores=sees_all)


@pytest.fixture
def shops(session):
    """Three shops; goods came to the first, four went to the second and arrived, and the third sold one on credit."""
    first, second, third = (examples.store(session, code, allow_negative_stock=code == "C") for code in "ABC")
    tea, salt = examples.item(session, "TEA"), examples.item(session, "SALT")
    examples.posted(session, "receipt", first, (tea, 10, "2"), (salt, 9, "0.3333"))
    transfer = examples.posted(session, "transfer", first, (tea, 4), (salt, 7), (tea, 1), to_store_id=second.id)
    ledger.arrive(session, examples.CLERK, transfer)
    examples.posted(session, "sale", third, (tea, 1))
    session.flush()
    return first, second, third


def seen(session, model, caller):
    return session.scalars(model.visible_to(caller).order_by(model.id)).all()


def movement(session, kind):
    return session.scalars(select(Movement).where(Movement.kind == kind)).one()


def test_2_a_document_is_reversed_once_and_what_arrived_does_not_arrive_again(session, shops):
    sale, transfer = movement(session, "sale"), movement(session, "transfer")
    ledger.reverse(session, examples.CLERK, sale)

    assert examples.refused(AlreadyReversed, ledger.reverse, session, examples.CLERK, sale) == []
    assert examples.refused(Closed, ledger.arrive, session, examples.CLERK, transfer) == []


def test_3_a_transfer_and_its_arrival_each_sum_to_zero(session, shops):
    sums = Counter()
    for line in session.scalars(select(MovementLine).order_by(MovementLine.id)):
        sums[line.movement_id, "quantity"] += line.quantity
        sums[line.movement_id, "value"] += line.value

    for kind in ("transfer", "arrival"):
        id_ = movement(session, kind).id
        assert (sums[id_, "quantity"], sums[id_, "value"]) == (0, 0)


def test_4_a_version_is_one_and_one_more_for_each_later_document_that_names_it(session, shops):
    arrival = movement(session, "arrival")
    ledger.reverse(session, examples.CLERK, arrival)
    session.flush()

    for kind, version in (("receipt", 1), ("transfer", 3), ("arrival", 2), ("reversal", 1)):
        document = movement(session, kind)
        assert document.version == version
        assert session.scalar(select(VERSION).where(Movement.id == document.id)) == version
        assert (document.updated_at == document.recorded_at) == (version == 1)


def test_documents_are_seen_from_either_end(session, shops):
    first, second, third = shops

    def kinds(caller):
        return [document.kind for document in seen(session, Movement, caller)]

    assert kinds(limited(first)) == ["receipt", "transfer"]
    assert kinds(limited(second)) == ["transfer", "arrival"]
    assert kinds(limited(third)) == ["sale"]
    assert kinds(limited(first, third)) == ["receipt", "transfer", "sale"]


def test_who_sees_all_shops_or_is_limited_to_none_sees_every_document(session, shops):
    for caller in (limited(shops[0], sees_all=True), limited()):
        assert len(seen(session, Movement, caller)) == 4
        assert len(seen(session, Level, caller)) == 5
        assert len(seen(session, MovementLine, caller)) == 15


def test_lines_and_levels_of_other_shops_are_not_there(session, shops):
    for shop in shops:
        assert {line.store_id for line in seen(session, MovementLine, limited(shop))} == {shop.id}
        assert {level.store_id for level in seen(session, Level, limited(shop))} == {shop.id}


def test_documents_of_one_kind_are_those_that_are_seen(session, shops):
    first, _, third = shops

    of_kind = session.scalars(Movement.of_kind(limited(third), "sale")).all()

    assert [document.kind for document in of_kind] == ["sale"]
    assert session.scalars(Movement.of_kind(limited(first), "sale")).all() == []
    assert [transfer.kind for transfer in seen(session, Transfer, limited(first))] == ["transfer"]
    assert seen(session, Transfer, limited(third)) == []


def test_a_line_says_how_many_were_sold_or_sent_not_what_that_did(session, shops):
    said = select(Movement.kind, DOCUMENT_QUANTITY).join(MovementLine, MovementLine.movement_id == Movement.id)
    rows = session.execute(said.where(MovementLine.place == "on_hand").order_by(MovementLine.id)).all()

    assert [(kind, int(quantity)) for kind, quantity in rows] == [
        ("receipt", 10),
        ("receipt", 9),
        ("transfer", 4),
        ("transfer", 7),
        ("transfer", 1),
        ("arrival", 4),
        ("arrival", 7),
        ("arrival", 1),
        ("sale", 1),
    ]
