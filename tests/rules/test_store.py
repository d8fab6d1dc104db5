"""models/store.py, by the numbers of its invariants."""

from __future__ import annotations

import buying
import examples
import pytest

from common.errors import Archived, Duplicate, InUse
from models import ledger
from models.store import Store


def opened(session, code):
    return Store.create(session, code=code, name="Shop", timezone="Europe/Berlin")


@pytest.mark.parametrize("again", ["MAIN", "main", "Main"])
def test_1_a_code_is_taken_whatever_its_case(session, again):
    examples.store(session, "Main")

    assert examples.refused(Duplicate, opened, session, again) == [("code", "duplicate")]


def test_1_a_store_may_change_the_case_of_its_own_code_and_not_take_another_s(session):
    main, side = examples.store(session, "MAIN"), examples.store(session, "SIDE")

    main.revise(code="Main")
    session.flush()

    assert (main.code, main.version) == ("Main", 2)
    assert examples.refused(Duplicate, side.revise, code="mAIN") == [("code", "duplicate")]


def test_2_a_store_with_goods_in_it_is_not_closed(session):
    shop, tea = examples.store(session), examples.item(session)
    examples.posted(session, "receipt", shop, (tea, 3))

    assert examples.refused(InUse, shop.archive) == []

    examples.posted(session, "write_off", shop, (tea, 3))
    assert shop.archive().archived_at is not None


def test_2_a_store_that_goods_are_on_their_way_to_is_not_closed(session):
    here, there, tea = examples.store(session, "HERE"), examples.store(session, "THERE"), examples.item(session)
    examples.posted(session, "receipt", here, (tea, 3))
    transfer = examples.posted(session, "transfer", here, (tea, 3), to_store_id=there.id)

    assert examples.refused(InUse, there.archive) == []
    assert here.archive().archived_at is not None

    here.restore()
    session.flush()
    ledger.reverse(session, examples.CLERK, transfer)
    assert there.archive().archived_at is not None


def test_2_a_store_that_is_ordered_for_is_not_closed(session, firm, here, there, tea):
    order = buying.drafted(session, firm, here, examples.line(tea, 1))

    assert examples.refused(InUse, here.archive) == []
    assert there.archive().archived_at is not None
    order.send()
    session.flush()
    assert examples.refused(InUse, here.archive) == []
    order.close()
    session.flush()
    assert here.archive().archived_at is not None


def test_2_a_store_that_owes_goods_is_not_closed(session):
    shop, tea = examples.store(session, allow_negative_stock=True), examples.item(session)
    examples.posted(session, "sale", shop, (tea, 1))

    assert examples.refused(InUse, shop.archive) == []


def test_3_a_store_that_owes_goods_does_not_begin_to_forbid_it(session):
    shop, tea = examples.store(session, allow_negative_stock=True), examples.item(session)
    examples.posted(session, "sale", shop, (tea, 1))

    assert examples.refused(InUse, shop.revise, allow_negative_stock=False) == []

    session.expire(shop)
    examples.posted(session, "receipt", shop, (tea, 1))
    assert shop.revise(allow_negative_stock=False).allow_negative_stock is False


def test_a_closed_store_stays_as_it_was_and_takes_no_document(session):
    shop, tea = examples.store(session), examples.item(session)
    shop.archive()
    session.flush()

    assert examples.refused(Archived, shop.revise, name="Other") == []
    assert examples.refused(Archived, examples.posted, session, "receipt", shop, (tea, 1)) == []
