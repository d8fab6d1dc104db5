"""`wsgi.py demo`: a shop that keeps every rule, in an empty database alone."""

from __future__ import annotations


def test_the_demo_fills_an_empty_database_with_a_shop_that_keeps_every_proof(shell):
    said = shell("demo")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("A small shop is there to try: 3 stores, 60 items, ")
    assert shell("check").code == 0
    kinds = {kind for (kind,) in shell.rows("SELECT DISTINCT kind FROM movements")}
    assert kinds == {"receipt", "sale", "return", "write_off", "transfer", "arrival"}
    assert shell.rows("SELECT count(*) FROM levels WHERE in_transit > 0")[0][0] > 0


def test_the_demo_is_refused_where_anything_is_already(shell):
    shell("load", shell.write("stores.csv", "code,name\nA,Shop\n"), "--kind", "stores")

    said = shell("demo")

    assert (said.code, said.refusals) == (1, ["The database is not empty. The demo goes into an empty one alone."])
    assert shell.rows("SELECT count(*) FROM items") == [(0,)]
