"""`wsgi.py check` from the outside."""

from __future__ import annotations

import os
import socket

import pytest
from lacking import missing
from sqlalchemy.engine import make_url

from common.database import open_engine
from models.checking import ANCHORED, PROOFS, SOUND


def test_every_proof_has_a_line_and_an_empty_shop_keeps_them_all(shell):
    said = shell("check")

    assert (said.code, said.err) == (0, "")
    assert said.lines == [f"ok    {title}" for title in (*PROOFS, ANCHORED)]


def test_without_the_heads_that_were_kept_it_says_what_it_cannot_see(shell):
    shell("demo")
    assert not any(line.startswith("      (") for line in shell("check").lines)
    (shell.folder / "record.heads").unlink()

    said = shell("check")

    assert said.code == 0
    assert said.lines[-2:] == [
        f"ok    {ANCHORED}",
        "      (no head of it was kept outside the database, so nothing would tell that its end was cut off)",
    ]


def test_what_is_wrong_is_named_and_ends_with_1(shell):
    shell("demo")
    engine = open_engine(f"sqlite:///{shell.folder / 'storekeeper.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE levels SET value = value + 1 WHERE id IN (1, 2, 3, 4, 5, 6)")
    engine.dispose()

    said = shell("check")

    assert said.code == 1
    at = said.lines.index("WRONG Levels are the sums of their lines")
    worth = shell.rows("SELECT value FROM levels WHERE id = 1")[0][0] / 10**7
    first, *others, last = said.lines[at + 1 : at + 7]
    assert first == f"      - store HARBOUR, item D-001: worth {worth:.7f}, its lines sum to {worth - 1e-7:.7f}".rstrip(
        "0"
    )
    assert [line.split(":")[0] for line in others] == [f"      - store HARBOUR, item D-00{i}" for i in range(2, 6)]
    assert last == "      - and more"
    assert sum(line.startswith("WRONG") for line in said.lines) == 1


def test_a_damaged_page_is_a_proof_that_fails_and_the_others_are_run_all_the_same(shell):
    shell("demo")
    file = shell.folder / "storekeeper.db"
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(content[:middle] + b"\xa5" * 300 + content[middle + 300 :])

    said = shell("check")

    assert (said.code, said.err) == (1, "")
    assert said.lines[0] == f"WRONG {SOUND}"
    assert [line[6:] for line in said.lines if line[:6].strip()] == [*PROOFS, ANCHORED]
    assert "      - it cannot be read: database disk image is malformed" in said.lines


def test_a_text_that_is_none_any_more_fails_the_proof_that_reads_it(shell):
    shell("demo")
    engine = open_engine(f"sqlite:///{shell.folder / 'storekeeper.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE items SET name = CAST(x'ff41' AS TEXT) WHERE id = 1")
        connection.exec_driver_sql("UPDATE items SET barcodes = '[' WHERE id = 2")
    engine.dispose()

    said = shell("check")

    assert (said.code, said.err) == (1, "")
    assert "      - it cannot be read: a text is no UTF-8" in said.lines
    assert "WRONG Scanners find items by the barcodes they have" in said.lines


def test_a_file_that_is_no_database_is_not_sound(shell):
    shell.write("storekeeper.db", "This is no database.\n" * 1000)

    said = shell("check")

    assert (said.code, said.lines, said.err) == (1, [f"WRONG {SOUND}", "      - file is not a database"], "")


@pytest.mark.parametrize("arguments", [("user", "list"), ("migrate",), ("demo",), ("serve",)])
def test_every_command_says_in_one_line_that_the_database_is_damaged(shell, arguments):
    shell.write("storekeeper.db", "This is no database.\n" * 1000)

    said = shell(*arguments)

    assert said.code == 1
    assert said.refusals == [
        f"The database {shell.folder / 'storekeeper.db'} is damaged. Restore a backup; nothing was changed."
    ]


@pytest.mark.parametrize("command", ["check", "serve", "migrate"])
def test_a_server_that_does_not_answer_is_named_without_its_password(shell, monkeypatch, command):
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("STOREKEEPER_DATABASE_URL", f"postgresql://mara:geheim@127.0.0.1:{port}/shop")

        said = shell(command)

    why = "It does not run, or [database] url names another one."
    assert (said.code, said.out) == (1, "")
    assert said.refusals == [f"The database server at 127.0.0.1, port {port}, did not answer. {why}"]


@pytest.mark.parametrize(
    ("backend", "port", "words"),
    [
        ("postgresql", 5432, 'database "no_such_shop" does not exist'),
        ("mariadb", 3306, "Unknown database 'no_such_shop'"),
    ],
)
def test_a_server_that_refuses_a_connection_is_quoted(shell, monkeypatch, backend, port, words):
    servers = map(make_url, os.environ.get("STOREKEEPER_TEST_DATABASES", "").split())
    servers = [url for url in servers if url.get_backend_name().replace("mysql", "mariadb") == backend]
    if not servers:
        missing(f"STOREKEEPER_TEST_DATABASES names no {backend} server")
    server = servers[0].set(database="no_such_shop")
    monkeypatch.setenv("STOREKEEPER_DATABASE_URL", server.render_as_string(hide_password=False))

    said = shell("check")

    assert (said.code, len(said.refusals)) == (1, 1)
    assert said.err.startswith(f"The database server at {server.host}, port {server.port or port}, refused")
    assert words in said.err
