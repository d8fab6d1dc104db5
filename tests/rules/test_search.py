"""The search finds the same on every engine: each word, by prefix, without case or accents."""

from __future__ import annotations

import examples
import pytest
from sqlalchemy import select

from models import search
from models.text import fold, words

CATALOGUE = {
    "TEA-1": ("Green tea", ["4006381333931"]),
    "TEA-2": ("Grüner Tee, 250 g", []),
    "SKU_0815": ("Élan", ["int-7"]),
    "X": ("ÖLKANNE (rot)", []),
    "Y": ("Зелёный чай", []),
    "Z": ("茶碗", []),
    "HI": ("हिन्दी चाय", []),
    "O'B": ("'quoted' & \"both\" <b>:*| !", []),
    "W": ("ﬁne flour 1e5 0x1F 007 3.50", []),
    "V": ("Elanor's not or and near", []),
    "LONG": ("x" * 200, []),
}
QUESTIONS = {
    "green": ["TEA-1"],
    "GRE te": ["TEA-1"],
    "tea": ["TEA-1", "TEA-2"],
    "gruner 250": ["TEA-2"],
    "0815": ["SKU_0815"],
    "sku_08": ["SKU_0815"],
    "elan": ["SKU_0815", "V"],
    "élan": ["SKU_0815", "V"],
    "int-7": ["SKU_0815"],
    "400638": ["TEA-1"],
    "olk ROT": ["X"],
    "зеле": ["Y"],
    "ЧАЙ": ["Y"],
    "茶": ["Z"],
    "हिन्": ["HI"],
    "o'b": ["O'B"],
    "' both": ["O'B"],
    "fine": ["W"],
    "1e5": ["W"],
    "0x1f": ["W"],
    "007": ["W"],
    "3.5": ["W"],
    "not and or near": ["V"],
    "x" * 150: ["LONG"],
    "een": [],
    "green olkanne": [],
}
# Letters and numerals to Python, which one engine or the other has been seen to take for blanks.
ODD_LETTERS = "\u19b0\u1cf2\u0967\U00010107\U00030000\U0001e900\uff19"


@pytest.fixture
def engine(every_engine):
    return every_engine


def found(session, query):
    connection = session.connection()
    dialect = connection.dialect.name
    match = search.match(dialect, query)
    ids = select(match.id).select_from(match.source).where(match.where).order_by(match.id)
    return list(connection.scalars(ids, {"q": search.expression(dialect, query)}))


def test_each_question_finds_what_has_all_its_words(session):
    ids = {examples.item(session, sku, name=name, barcodes=codes).id: sku for sku, (name, codes) in CATALOGUE.items()}

    answers = {query: [ids[id_] for id_ in found(session, query)] for query in QUESTIONS}

    assert answers == QUESTIONS


def test_a_renamed_item_is_found_by_its_new_name_alone(session):
    item = examples.item(session, name="Green tea", barcodes=["int-7"])

    item.revise(name="Black coffee", barcodes=[])
    session.flush()

    assert found(session, "black") == [item.id]
    assert found(session, "green") == []
    assert found(session, "int") == []


def test_a_change_that_is_undone_is_not_found(session):
    item = examples.item(session, name="Green tea")
    savepoint = session.begin_nested()
    item.revise(name="Black coffee")
    session.flush()

    savepoint.rollback()

    assert found(session, "green") == [item.id]
    assert found(session, "black") == []


@pytest.mark.parametrize("letter", ODD_LETTERS, ids=ascii)
def test_no_engine_cuts_a_word_at_an_odd_letter(session, letter):
    (word,) = words(f"x{letter}y")
    item = examples.item(session, name=word)

    assert found(session, word) == [item.id]
    assert found(session, "y") == []


@pytest.mark.parametrize("query", ["", "   ", "—", "_", "'\"*():&|!<->"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mariadb"])
def test_a_question_without_a_word_has_no_expression(dialect, query):
    assert search.expression(dialect, query) == ""


def test_what_is_indexed_is_folded_once_and_for_all():
    assert words("Grüner TEE") == fold("Grüner TEE").split() == ["gruner", "tee"]
