from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from clients import Client, Shop
from processes import Place

POSTS, DISK_MEGABYTES = 20, 24


class SmallDisk:
    """A disk of its own that is filled to the last byte; it takes root to mount one."""

    def __init__(self, folder) -> None:
        self.folder = folder

    @contextmanager
    def mounted(self):
        mount, umount = shutil.which("mount"), shutil.which("umount")
        command = [mount, "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", self.folder]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("no file system may be mounted here")
        try:
            yield
        finally:
            subprocess.run([umount, "--lazy", self.folder], check=True)

    @contextmanager
    def full(self, _server):
        ballast = self.folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError as error:
                    assert error.errno == errno.ENOSPC  # noqa: PT017 - that it is raised is what ends the loop
        yield
        ballast.unlink()


class Quota:
    """A limit on how long this process's files may be, which the log of the database has reached."""

    def __init__(self, folder) -> None:
        self.folder = folder

    @contextmanager
    def mounted(self):
        yield

    @contextmanager
    def full(self, server):
        reached = (self.folder / "storekeeper.db-wal").stat().st_size
        self._limit(server, str(reached))
        yield
        self._limit(server, "unlimited")

    @staticmethod
    def _limit(server, size):
        command = [shutil.which("prlimit"), "--pid", str(server.process.pid), f"--fsize={size}:unlimited"]
        subprocess.run(command, check=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs and prlimit are Linux's")
@pytest.mark.parametrize("kind", [SmallDisk, Quota])
def test_a_full_disk_stops_what_writes_and_nothing_else(kind, empty_file, serve, needs, agrees, tell, tmp_path):
    needs("prlimit")
    folder = tmp_path / "data"
    folder.mkdir()
    disk = kind(folder)
    with disk.mounted():
        (folder / empty_file.name).write_bytes(empty_file.read_bytes())
        place = Place(folder)
        server = serve(place)
        client = Client(server.port).sign_in()
        shop = Shop(client).fill(stores=1, items=1, stock=1000)
        # Long notes, so that what room is left in the files that are there is soon used up.
        sale = shop.document(shop.stores[0], (shop.items[0], 1), note="n" * 1000)

        with disk.full(server):
            during = [client.post("/sales", sale, key=f"key-{number}") for number in range(POSTS)]
            read, alive = client.get(f"/stock?item_id={shop.items[0]}"), client.get("/healthz")
        after = [client.post("/sales", sale, key=f"key-{number}") for number in range(POSTS)]

        statuses = [answer.status for answer in during]
        tell(f"{statuses.count(201)} posts still fitted, {statuses.count(503)} were refused")
        assert set(statuses[-POSTS // 2 :]) == {503}
        refused = [answer for answer in during if answer.status == 503]
        assert {answer.headers["Content-Type"] for answer in refused} == {"application/problem+json"}
        assert all(answer.headers["Retry-After"] for answer in refused)
        assert set(statuses) <= {201, 503}
        assert (read.status, alive.status) == (200, 200)
        assert [answer.status for answer in after] == [201] * POSTS
        assert place.rows("SELECT count(*) FROM movements WHERE kind = 'sale'") == [(POSTS,)]
        assert place.rows("PRAGMA integrity_check") == [("ok",)]
        agrees(place)
        server.kill()
