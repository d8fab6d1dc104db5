"""models/purchase_order.py, by the numbers of its invariants."""

from __future__ import annotations

from decimal import Decimal

import buying
import examples
from sqlalchemy import select

from common import clock
from common.access import Caller, Role
from common.errors import Archived, Closed, InUse, Invalid, NotAllowed, Refused, Stale
from models.audit import AuditEntry
from models.purchase_order import PurchaseOrder, PurchaseOrderLine

line = examples.line


def told(order):
    return [(one.quantity, one.pack_size, one.unit_cost, one.supplier_sku) for one in order.lines()]


def test_four_cases_of_twelve_order_forty_eight(session, firm, here, tea):
    order = buying.drafted(session, firm, here, buying.packs(tea, 4), line(tea, 5, "2.10"))

    assert told(order) == [(48, 12, Decimal("1.95"), "T-12"), (5, 12, Decimal("2.10"), "T-12")]


def test_what_a_pack_holds_must_be_known(session, firm, here, tea):
    salt = examples.item(session, "SALT")

    refused = examples.refused(
        Invalid, buying.drafted, session, firm, here, buying.packs(salt, 4), buying.packs(tea, 1), line(salt, "1.5")
    )
    assert refused == [("lines/2/quantity", "not_whole")]
    assert examples.refused(Invalid, buying.drafted, session, firm, here, buying.packs(salt, 4)) == [
        ("lines/0/packs", "unknown")
    ]


def test_packs_that_hold_more_than_can_be_kept_are_refused(session, firm, here, tea):
    buying.sold(session, firm, tea, pack_size=Decimal(999_999))

    refused = examples.refused(Invalid, buying.drafted, session, firm, here, buying.packs(tea, 999_999))

    assert refused == [("lines/0/packs", "too_large")]


def test_all_that_is_unknown_is_told_at_once(session, firm, here):
    firm.id, at = 99, here
    firm_id = firm.id
    session.expunge(firm)

    refused = examples.refused(
        Invalid,
        PurchaseOrder.create,
        session,
        buying.MANAGER,
        supplier_id=firm_id,
        store_id=at.id + 9,
        lines=[{"item_id": 99, "quantity": Decimal(1)}],
    )

    assert refused == [("supplier_id", "unknown"), ("store_id", "unknown"), ("lines/0/item_id", "unknown")]


def test_an_order_is_for_a_store_of_ones_own(session, firm, here, tea):
    elsewhere = examples.store(session, "ELSEWHERE")
    manager = Caller(role=Role.MANAGER, store_ids=frozenset({here.id}))

    assert examples.refused(NotAllowed, buying.drafted, session, firm, elsewhere, line(tea, 1), caller=manager) == []
    order = buying.drafted(session, firm, here, line(tea, 1), caller=manager)
    assert examples.refused(NotAllowed, order.revise, manager, store_id=elsewhere.id) == []


def test_2_a_draft_is_changed_line_by_line(session, firm, here, tea):
    salt = examples.item(session, "SALT")
    order = buying.drafted(session, firm, here, line(tea, 1), line(salt, 2), line(salt, 3))
    kept = [one.id for one in order.lines()]

    order.revise(buying.MANAGER, lines=[line(tea, 1), line(salt, 4, "0.5")])
    session.flush()

    assert [one.id for one in order.lines()] == kept[:2]
    assert told(order) == [(1, 12, Decimal("1.95"), "T-12"), (4, 1, Decimal("0.5"), None)]
    assert order.version == 2


def test_6_equal_lines_are_no_change(session, firm, here, tea):
    order = buying.drafted(session, firm, here, line(tea, 1))

    order.revise(buying.MANAGER, lines=[line(tea, 1)], note=None)
    session.flush()

    assert (order.version, [one.version for one in order.lines()]) == (1, [1])


def test_2_what_was_sent_stays_as_it_was_sent(session, firm, here, tea):
    order = buying.sent(session, firm, here, line(tea, 1))

    for act in (lambda: order.revise(buying.MANAGER, note="x"), order.send, order.abandon):
        assert examples.refused(Closed, act) == []
    assert (order.state, order.sent_at is not None) == ("sent", True)


def test_2_a_draft_that_is_abandoned_leaves_nothing_but_its_record(session, firm, here, tea):
    order = buying.drafted(session, firm, here, line(tea, 1))

    order.abandon()
    session.flush()

    assert session.scalars(select(PurchaseOrder)).all() == session.scalars(select(PurchaseOrderLine)).all() == []
    kinds = session.execute(select(AuditEntry.entity, AuditEntry.kind, AuditEntry.store_id).order_by(AuditEntry.id))
    assert kinds.all()[-2:] == [
        ("purchase_order_lines", "deleted", here.id),
        ("purchase_orders", "deleted", here.id),
    ]


def test_3_closing_gives_up_what_did_not_come(session, firm, here, tea):
    draft = buying.drafted(session, firm, here, line(tea, 1))
    order = buying.sent(session, firm, here, line(tea, 5))

    assert examples.refused(Refused, draft.close) == []
    order.close(reason="discontinued")
    session.flush()
    assert (order.state, order.reason, order.closed_at is not None) == ("closed", "discontinued", True)
    assert examples.refused(Closed, order.close) == []
    assert examples.refused(Closed, buying.received, session, order, line(tea, 5)) == []


def test_4_what_is_archived_is_not_ordered(session, firm, here, tea):
    salt, spare = examples.item(session, "SALT"), buying.supplier(session, "Spare")
    order = buying.drafted(session, firm, here, line(tea, 1), line(salt, 1))
    salt.archive()
    spare.archive()
    session.flush()

    assert examples.refused(Archived, order.send) == [("lines/1/item_id", "archived")]
    assert examples.refused(Archived, buying.drafted, session, firm, here, line(salt, 1)) == [
        ("lines/0/item_id", "archived")
    ]
    assert examples.refused(Archived, buying.drafted, session, spare, here, line(tea, 1)) == [
        ("supplier_id", "archived")
    ]
    here.assign({"archived_at": clock.now()})  # as in a shop of before stores stayed for their orders
    session.flush()
    assert examples.refused(Archived, order.send) == []


def test_4_a_supplier_stays_while_something_is_on_order(session, firm, here, tea):
    order = buying.drafted(session, firm, here, line(tea, 1))

    assert examples.refused(InUse, firm.archive) == []
    order.send()
    session.flush()
    assert examples.refused(InUse, firm.archive) == []
    order.close()
    session.flush()
    assert firm.archive().archived_at is not None


def test_the_unit_of_what_is_ordered_stays(session, firm, here):
    salt = examples.item(session, "SALT")
    buying.drafted(session, firm, here, line(salt, 1))

    assert examples.refused(InUse, salt.revise, unit="kg") == []


def test_who_read_an_older_one_does_not_send_it(session, firm, here, tea):
    order = buying.drafted(session, firm, here, line(tea, 1))
    session.connection().exec_driver_sql("UPDATE purchase_orders SET version = 2")

    assert examples.refused(Stale, order.send) == []
