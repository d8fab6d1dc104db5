"""common/gs1.py: the GTIN within what scanners send."""

from __future__ import annotations

import pytest

from common.gs1 import gtin_within

GTIN = "09506000134352"


@pytest.mark.parametrize(
    ("scanned", "gtin"),
    [
        (f"01{GTIN}", GTIN),
        (f"]C101{GTIN}10LOT-7", GTIN),
        (f"]d2\x1d01{GTIN}17271231\x1d21X", GTIN),
        (f"\x1d01{GTIN}", GTIN),
        (f"(01){GTIN}(10)LOT-7", GTIN),
        (f"https://id.gs1.org/01/{GTIN}", GTIN),
        (f"https://id.gs1.org/01/{GTIN}/10/LOT-7?17=271231", GTIN),
        ("HTTPS://SHOP.EXAMPLE/products/01/9506000134352", "9506000134352"),
        ("http://id.gs1.org/gtin/9506000134352#x", "9506000134352"),
        ("https://id.gs1.org/01%2F09506000134352", GTIN),
        ("0109506000134353", None),
        (f"(01){GTIN}5", None),
        ("01095060001343", None),
        (f"10LOT-701{GTIN}", None),
        ("https://id.gs1.org/01/9506000134353", None),
        ("https://id.gs1.org/00/095060001343521234", None),
        (GTIN, None),
        ("", None),
    ],
)
def test_a_gtin_is_found_where_gs1_puts_it(scanned, gtin):
    assert gtin_within(scanned) == gtin
