"""Keys: when two spellings are one, and that they are the same whoever asks, as often as asked."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import fold, key, words

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
EVERY_CHARACTER = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c)[0] != "C"]
WIDTHS = {40: 120, 64: 192, 200: 600, 254: 762}  # the longest text of each keyed column, and what its key's holds


@pytest.mark.parametrize(
    ("one", "other"),
    [("TEA-1", "tea-1"), ("Straße", "STRASSE"), ("ﬁne", "FINE"), ("Élan", "E\u0301LAN"), ("ΣΊΣΥΦΟΣ", "σίσυφος")],
)
def test_two_spellings_of_a_code_that_differ_in_case_are_one(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("Élan", "Elan"), ("TEA-1", "TEA 1"), ("0012", "12"), ("\u0131", "i")])
def test_what_people_tell_apart_stays_apart_as_a_code(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Élan", "elan"), ("Ölkanne", "OLKANNE"), ("Smørrebrød", "SMØRREBRØD"), ("한글", "한글")]
)
def test_search_and_sorting_ignore_case_and_accents(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize("derive", [key, fold])
def test_the_key_of_each_character_there_is_is_its_own_key(derive):
    assert [c for c in EVERY_CHARACTER if derive(derive(c)) != derive(c)] == []


@given(TEXT)
def test_the_key_of_a_key_is_itself(text):
    assert key(key(text)) == key(text)
    assert fold(fold(text)) == fold(text)
    assert words(" ".join(words(text))) == words(text)


@given(TEXT)
def test_a_text_is_found_however_it_is_composed(text):
    for form in ("NFC", "NFD"):
        assert key(unicodedata.normalize(form, text)) == key(text)


@pytest.mark.parametrize("derive", [key, fold])
@pytest.mark.parametrize(("longest", "width"), WIDTHS.items())
@pytest.mark.parametrize("character", ["a", "ΐ", "\ufdfa", "㍿", "\U0001d51e"])
def test_the_key_of_the_longest_text_fits_its_column(derive, longest, width, character):
    kept = derive(character * longest)

    assert len(kept) <= width
    assert derive(kept) == kept


def test_a_short_text_keeps_its_whole_key_however_far_it_unfolds():
    assert key("\ufdfa") == key("صلى الله عليه وسلم")
    assert key("㍿") == "株式会社"


def test_words_are_what_stands_between_anything_else_each_once():
    assert words("Tea, green; GREEN-tea (250 g)") == ["tea", "green", "250", "g"]
    assert words("SKU_0815/ä.b") == ["sku", "0815", "a", "b"]
    assert words("… — !") == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [("Łódź", "lodz"), ("Smørrebrød", "smorrebrod"), ("Bœuf", "boeuf"), ("Æbleskiver", "aebleskiver")],
)
def test_letters_that_unicode_leaves_whole_are_found_as_they_are_typed(text, typed):
    assert words(text) == words(typed) == [typed]
