"""The proofs of batches, each on a database damaged in just the way that it is there for."""

from __future__ import annotations

import pytest
from behind import damage, dialect_of, findings
from damages_of_batches import OF_BATCHES


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
