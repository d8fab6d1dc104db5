"""Rows that a rule needs to be asked at all, flushed as the pipeline would."""

from __future__ import annotations

from decimal import Decimal

import pytest

from common.access import Caller, Role
from models import ledger
from models.category import Category
from models.item import Item
from models.store import Store
from models.user import User

CLERK = Caller(role=Role.CLERK)
HASH = "the hash of a password"


def made(session, model, **fields):
    row = model.create(session, **fields)
    session.flush()
    return row


def store(session, code="MAIN", **more):
    return made(session, Store, **{"code": code, "name": f"Shop {code}", "timezone": "Europe/Berlin"} | more)


def item(session, sku="TEA", **more):
    return made(session, Item, **{"sku": sku, "name": f"Item {sku}"} | more)


def category(session, name="Food", **more):
    return made(session, Category, name=name, **more)


def user(session, username="anna", **more):
    return made(session, User, **{"username": username, "role": "clerk", "password_hash": HASH} | more)


def line(row, quantity, cost=None, **more):
    """Return a document's line; numbers are given as a reader would write them."""
    costs = {} if cost is None else {"unit_cost": Decimal(cost)}
    return {"item_id": row.id, "quantity": Decimal(quantity), **costs, **more}


def posted(session, kind, at, *lines, caller=CLERK, **more):
    """Post a document whose lines are whole ones, or what `line` takes."""
    whole = [given if isinstance(given, dict) else line(*given) for given in lines]
    movement = ledger.post(session, caller, kind=kind, store_id=at.id, lines=whole, **more)
    session.flush()
    return movement


def refused(error, act, *args, **fields):
    """Return what an act was refused with: the (field, code) pairs."""
    with pytest.raises(error) as caught:
        act(*args, **fields)
    assert caught.type is error
    return [(problem.field, problem.code) for problem in caught.value.errors]
