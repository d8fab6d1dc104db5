"""The proofs of batches, each on a database damaged in just the way that it is there for."""

from __future__ import annotations

import pytest
from behind import damage, dialect_of, findings
from damages_of_batches import BELOW_ZERO, BOUNDS, OF_BATCHES
from psycopg.errors import CheckViolation


def line(quantity, **more):
    return {"sku": "MILK", "quantity": quantity} | more


@pytest.fixture
def batched(fresh):
    fresh.made("items", {"sku": "MILK", "name": "Milk", "tracks_batches": True})
    a, b = {"lot": "A", "expires_on": "2027-05-31"}, {"lot": "B", "expires_on": "2027-06-30"}
    fresh.made("receipts", {"store_id": 1, "lines": [line(7, **a), line(4, **b)]})
    fresh.made("sales", {"store_id": 1, "lines": [line(1)]})
    fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [line(3)]})
    fresh.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": [line(2, lot="a")]})
    fresh.made("transfers/16/arrival", {})
    fresh.made("movements/17/reversal", {})
    fresh.made("transfers/16/arrival", {})
    return fresh


def test_a_shop_with_batches_keeps_every_proof(batched):
    assert [finding for finding in findings(batched).values() if not finding.holds] == []


@pytest.mark.parametrize(("statement", "title", "offender"), OF_BATCHES.values(), ids=OF_BATCHES)
def test_damage_to_batches_is_named(batched, statement, title, offender):
    damage(batched, statement.replace("{off}", "false" if dialect_of(batched) == "postgresql" else "0"))

    finding = findings(batched)[title]

    assert not finding.holds
    assert any(offender in one for one in finding.offenders), finding.offenders


def test_a_batch_below_zero_is_named_or_never_gets_there(batched):
    if dialect_of(batched) == "postgresql":  # which checks its rows whoever writes them
        with pytest.raises(CheckViolation, match="ck_batch_levels_on_hand_not_below_zero"):
            damage(batched, BELOW_ZERO)
        return
    damage(batched, BELOW_ZERO)

    assert findings(batched)[BOUNDS].offenders == ("store MAIN, item MILK: on hand 3 of 5, in transit 0 of 0",)
