"""All that is taken is told at once."""

from __future__ import annotations

import examples
import pytest

from common.errors import Duplicate
from models.item import Item

EAN, UPC, FREE = "4006381333931", "036000291452", "int-7"


def test_an_item_is_told_of_its_sku_and_of_each_barcode(session):
    examples.item(session, "TEA", barcodes=[EAN])
    examples.item(session, "SALT", barcodes=[UPC])
    codes = [EAN, FREE, UPC, FREE]

    with pytest.raises(Duplicate) as caught:
        Item.create(session, sku="tea", name="Tea", barcodes=codes)

    told = [(problem.field, problem.message) for problem in caught.value.errors]
    other, twice = "Another item has this barcode already.", "The same barcode stands here twice."
    sku = "Another item has this sku already."
    assert told == [("sku", sku), ("barcodes/0", other), ("barcodes/2", other), ("barcodes/3", twice)]
    assert caught.value.detail == f"{sku} {other} {twice}"


def test_a_revised_item_is_told_of_both_too(session):
    examples.item(session, "TEA", barcodes=[EAN])
    salt = examples.item(session, "SALT", barcodes=[FREE])

    refused = examples.refused(Duplicate, salt.revise, sku="TEA", barcodes=[FREE, EAN])

    assert refused == [("sku", "duplicate"), ("barcodes/1", "duplicate")]


def test_a_user_is_told_of_name_and_address(session):
    examples.user(session, "anna", email="anna@example.com")

    refused = examples.refused(Duplicate, examples.user, session, "Anna", email="ANNA@example.com")

    assert refused == [("username", "duplicate"), ("email", "duplicate")]
