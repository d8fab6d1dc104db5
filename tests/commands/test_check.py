"""`wsgi.py check` from the outside."""

from __future__ import annotations

from common.database import open_engine
from models.checking import PROOFS


def test_every_proof_has_a_line_and_an_empty_shop_keeps_them_all(shell):
    said = shell("check")

    assert (said.code, said.err) == (0, "")
    assert said.lines == [f"ok    {title}" for title in PROOFS]


def test_what_is_wrong_is_named_and_ends_with_1(shell):
    shell("demo")
    engine = open_engine(f"sqlite:///{shell.folder / 'storekeeper.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE levels SET value = value + 1 WHERE id IN (1, 2, 3, 4, 5, 6)")
    engine.dispose()

    said = shell("check")

    assert said.code == 1
    at = said.lines.index("WRONG Levels are the sums of their lines")
    assert said.lines[at + 1 : at + 7] == [*(f"      - store 1, item {i}" for i in range(1, 6)), "      - and more"]
    assert sum(line.startswith("WRONG") for line in said.lines) == 1
