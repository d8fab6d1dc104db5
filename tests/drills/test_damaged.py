from __future__ import annotations

import os
import stat

import pytest
from clients import Client, seeded
from processes import Place, Server
from sqlalchemy import text

from common.database import open_engine

PAGE = 4096


def _fill(file):
    engine = open_engine(f"sqlite:///{file.as_posix()}")
    with engine.begin() as connection:
        facts = [{"name": f"fact {number}", "value": "so it is " * 50} for number in range(5000)]
        connection.execute(text("INSERT INTO facts (name, value) VALUES (:name, :value)"), facts)
    engine.dispose()


def _over_the_middle(content):
    middle = len(content) // PAGE // 2 * PAGE
    return content[:middle] + seeded().randbytes(8 * PAGE) + content[middle + 8 * PAGE :]


def _over_the_head(content):
    return seeded().randbytes(PAGE) + content[PAGE:]


def _cut_short(content):
    return content[: len(content) // 3 // PAGE * PAGE]


def _another_file(_content):
    return b"This is no database.\n" * 1000


@pytest.mark.parametrize("damage", [_over_the_middle, _over_the_head, _cut_short, _another_file])
def test_nobody_is_served_from_a_damaged_file(damage, embedded):
    _fill(embedded.file)
    damaged = damage(embedded.file.read_bytes())
    embedded.file.write_bytes(damaged)

    served = embedded.run("serve")

    assert served.returncode == 1
    assert "serves at" not in served.stdout
    assert len(served.stderr.splitlines()) == 1
    assert "is damaged" in served.stderr
    assert embedded.file.read_bytes() == damaged


@pytest.mark.skipif(os.name != "posix", reason="on Windows the folder's ACL is inherited")
def test_what_the_service_writes_is_its_owners_alone(tmp_path):
    place = Place(tmp_path / "data")
    umask = os.umask(0o022)
    try:
        with Server(place) as server:
            assert Client(server.port).post("/session", {"username": "no", "password": "body"}).status == 401
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [place.folder, *place.folder.iterdir()]}
    finally:
        os.umask(umask)

    assert modes.pop("data") == 0o700
    assert {"storekeeper.db", "storekeeper.db-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}
