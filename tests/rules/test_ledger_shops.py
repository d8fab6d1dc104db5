"""models/ledger.py: who posts where, and which shops take part."""

from __future__ import annotations

import examples
import pytest
from ledger_walk import assert_sound, dump

from common.access import Caller, Role
from common.errors import Archived, Invalid, NotAllowed
from models import ledger


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.mark.parametrize("kind", ["receipt", "transfer"])
def test_who_is_limited_to_a_shop_posts_there_alone(session, here, there, tea, kind):
    other = {"to_store_id": here.id} if kind == "transfer" else {}
    limited = Caller(role=Role.CLERK, store_ids=frozenset([here.id]))
    blind = Caller(role=Role.CLERK, store_ids=frozenset([here.id]), sees_all_stores=False)

    assert examples.posted(session, "receipt", here, (tea, 3), caller=limited).store_id == here.id
    assert examples.refused(NotAllowed, examples.posted, session, kind, there, (tea, 1), caller=limited, **other) == []
    unseen = examples.refused(Invalid, examples.posted, session, kind, there, (tea, 1), caller=blind, **other)
    assert unseen == [("store_id", "unknown")]


def test_goods_are_received_by_who_may_post_where_they_arrive(session, here, there, tea):
    examples.posted(session, "receipt", here, (tea, 3))
    transfer = examples.posted(session, "transfer", here, (tea, 2), to_store_id=there.id)
    of_here, of_there = (Caller(role=Role.CLERK, store_ids=frozenset([shop.id])) for shop in (here, there))

    assert examples.refused(NotAllowed, ledger.arrive, session, of_here, transfer) == []
    assert ledger.arrive(session, of_there, transfer).kind == "arrival"


@pytest.mark.parametrize(("to", "code"), [("HERE", "same"), ("nowhere", "unknown")])
def test_a_transfer_goes_to_another_shop_that_is_there(session, here, tea, to, code):
    to_store_id = here.id if to == "HERE" else 99

    refused = examples.refused(Invalid, examples.posted, session, "transfer", here, (tea, 1), to_store_id=to_store_id)

    assert refused == [("to_store_id", code)]


def test_nothing_is_sent_to_a_shop_that_closed(session, here, there, tea):
    examples.posted(session, "receipt", here, (tea, 3))
    there.archive()
    session.flush()

    sent = examples.refused(Archived, examples.posted, session, "transfer", here, (tea, 1), to_store_id=there.id)

    assert sent == []
    assert_sound(dump(session))
