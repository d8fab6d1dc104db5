"""Suppliers and orders that a rule of buying needs to be asked at all, flushed as the pipeline would."""

from __future__ import annotations

from decimal import Decimal

import examples
from sqlalchemy import select

from common.access import Caller, Role
from models import receiving
from models.level import Level
from models.purchase_order import PurchaseOrder
from models.supplier import Supplier
from models.supplier_item import SupplierItem

MANAGER = Caller(role=Role.MANAGER)
WORDS = {"reference": None, "note": None, "expected_at": None}


def supplier(session, name="Tea & Co", **more):
    return examples.made(session, Supplier, name=name, **more)


def sold(session, firm, item, **fields):
    row = SupplierItem.put(session, firm, item, **{"sku": None, "unit_cost": None} | fields)
    session.flush()
    return row


def drafted(session, firm, at, *lines, caller=MANAGER):
    ids = {"supplier_id": firm.id, "store_id": at.id}
    order = PurchaseOrder.create(session, caller, lines=list(lines), **ids, **WORDS)
    session.flush()
    return order


def sent(session, firm, at, *lines):
    order = drafted(session, firm, at, *lines).send()
    session.flush()
    return order


def packs(item, number, **more):
    return {"item_id": item.id, "packs": number, **more}


def received(session, order, *lines, caller=examples.CLERK, **more):
    about = {"purchase_order_id": order.id, "store_id": order.store_id}
    movement = receiving.receive(session, caller, lines=list(lines), **about | more)
    session.flush()
    return movement


def state(order):
    """Return the order's state, and what each of its lines has received."""
    return order.state, [line.received for line in order.lines()]


def worth(session, item):
    """Return what is on hand of an item, and what it is worth."""
    level = session.execute(select(Level.on_hand, Level.value).where(Level.item_id == item.id)).one()
    return Decimal(level.on_hand), Decimal(level.value)
