from __future__ import annotations

import pytest

from common.errors import Invalid
from common.http.cursors import Cursor, is_moment, is_text, is_whole, signature

ORDER = signature("/items", "name")


@pytest.mark.parametrize("keys", [(1,), ("Élan / 茶", 7), (-(2**63), 2**63 - 1), ("", 0)])
@pytest.mark.parametrize("back", [False, True])
def test_a_cursor_comes_back_as_it_went(keys, back):
    text = Cursor(keys, back).encode(ORDER)

    assert Cursor.decode(text, ORDER, [is_whole if isinstance(key, int) else is_text for key in keys]) == Cursor(
        keys, back
    )
    assert text.isascii()
    assert not set(text) & set("+/=&?# ")


@pytest.mark.parametrize(
    ("order", "fits"),
    [
        (signature("/stores", "name"), [is_text, is_whole]),
        (ORDER, [is_whole]),
        (ORDER, [is_whole, is_text]),
        (ORDER, []),
    ],
)
def test_a_cursor_of_another_list_is_refused(order, fits):
    text = Cursor(("tea", 1)).encode(ORDER)

    with pytest.raises(Invalid):
        Cursor.decode(text, order, fits)


@pytest.mark.parametrize(
    ("fit", "good", "bad"),
    [
        (is_whole, [0, 2**63 - 1], [True, 2**63, 1.0, "1", None]),
        (is_text, ["", "é"], ["\0", 1, None, ["x"]]),
        (is_moment, ["2026-11-20T09:30:00.000Z"], ["", "2026-11-20", "2026-11-20T09:30:00", "x", 5, None]),
    ],
)
def test_a_key_fits_its_column_or_does_not(fit, good, bad):
    assert all(map(fit, good))
    assert not any(map(fit, bad))


def test_signatures_tell_lists_and_orders_apart():
    assert len({signature("/items", "name"), signature("/items", "-name"), signature("/item", "sname")}) == 3
