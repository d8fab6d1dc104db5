from __future__ import annotations

import re
import sys
import time

import pytest
from clients import Client, Shop

from common.database import open_engine

POSTS = 40


def test_every_connection_syncs_before_a_commit_is_done(embedded):
    engine = open_engine(f"sqlite:///{embedded.file.as_posix()}")

    with engine.connect() as connection:
        modes = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")]
    engine.dispose()

    assert modes == [2, "wal"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
def test_no_answer_leaves_before_its_change_is_on_the_disk(embedded, serve, needs, tell, tmp_path):
    needs("strace")
    trace = tmp_path / "trace.txt"
    calls = "trace=fsync,fdatasync,recvfrom,sendto,write"
    # With -D it is strace that is the child, and the process to end is the server itself.
    traced = ("strace", "-D", "-f", "-y", "-s", "40", "-e", calls, "-e", "signal=none", "-o", str(trace))
    server = serve(embedded, within=traced)
    shop = Shop(Client(server.port).sign_in()).fill(stores=1, items=1, stock=POSTS)

    sale = shop.document(shop.stores[0], (shop.items[0], 1))
    statuses = [shop.client.post("/sales", sale).status for _ in range(POSTS)]
    server.process.terminate()
    assert server.ended() == 0

    assert statuses == [201] * POSTS
    steps = list(_steps(_whole(trace, server.process.pid)))
    tell(f"{steps.count('synced')} syncs of the log in {POSTS} posts")
    assert _without_repeats(steps) == ["asked", "synced", "answered"] * POSTS


def _whole(trace, pid):
    """Return the lines of a trace once the tracer has seen the end."""
    until = time.monotonic() + 60  # strace slows what it watches
    end = re.compile(rf"^{pid} +\+\+\+ exited", re.MULTILINE)  # a short number is followed by more than one blank
    while not end.search(text := trace.read_text(encoding="utf-8", errors="replace")):
        assert time.monotonic() < until
        time.sleep(0.1)
    return text.splitlines()


def _steps(lines):
    """Tell what a trace says of the sales: when each was asked for, synced and answered."""
    begun = set()
    asked = False
    for line in lines:
        thread = line.split(maxsplit=1)[0]
        if "recvfrom" in line and '"POST /api/v1/sales' in line:
            asked = True
            yield "asked"
        elif asked and '"HTTP/1.1 201' in line:
            asked = False
            yield "answered"
        elif asked and re.search(r"f(data)?sync\(\d+<[^>]*-wal>", line):
            begun.add(thread)
            if line.endswith(" = 0"):
                yield "synced"
        elif asked and thread in begun and re.search(r"f(data)?sync resumed.* = 0$", line):
            yield "synced"


def _without_repeats(steps):
    return [step for step, before in zip(steps, ["", *steps], strict=False) if step != before]
