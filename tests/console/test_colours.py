"""The contrast of every pair of colours that meet, computed from the tokens."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "console" / "css" / "tokens.css"


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    *((text, ground, 4.5) for text in ("text", "muted") for ground in ("bg", "surface", "raised", "hover")),
    *(("accent", ground, 4.5) for ground in ("bg", "surface", "raised", "hover", "accent-bg")),
    ("text", "accent-bg", 4.5),
    ("muted", "accent-bg", 4.5),
    ("accent-strong", "bg", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("ok", "ok-bg", 4.5),
    ("ok", "bg", 4.5),
    ("warn", "warn-bg", 4.5),
    ("bad", "bad-bg", 4.5),
    ("bad", "bg", 4.5),
    ("bad", "raised", 4.5),
    *(("border", ground, 3) for ground in ("bg", "surface", "raised")),
    *(("focus", ground, 3) for ground in ("bg", "surface", "raised")),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_of_colours_can_be_told_apart(front, ground, least, theme):
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    tokens = {name: (light, dark) for name, light, dark in re.findall(pattern, TOKENS.read_text(encoding="utf-8"))}

    assert contrast(tokens[front][theme], tokens[ground][theme]) >= least
