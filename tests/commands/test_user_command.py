"""`wsgi.py user` from the outside: who may be made and changed, and when the password is asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from common.database import open_engine
from wsgi import ROOT

PASSWORD = "wicker-basket-on-the-stairs"


@pytest.fixture
def named(shell, monkeypatch):
    """The command line with a password in its environment, and a user and a store there."""
    monkeypatch.setenv("STOREKEEPER_PASSWORD", PASSWORD)
    shell("load", shell.write("stores.csv", "code,name\nA,Shop\n"), "--kind", "stores")
    assert shell("user", "add", "mara", "--role", "clerk", "--store", "a").code == 0
    return shell


def test_a_user_is_made_listed_and_locked_out(named):
    assert named("user", "list").out == "mara\tclerk\tactive\tmara\n"

    assert named("user", "password", "MARA").out == "MARA has a new password; all their sessions ended.\n"
    assert named("user", "deactivate", "mara").code == 0

    assert named("user", "list").out == "mara\tclerk\tdeactivated\tmara\n"
    assert named.rows("SELECT store_ids FROM users") == [("[1]",)]


def test_an_address_is_given_and_who_is_behind_it_forgotten(named):
    assert named("user", "add", "otto", "--role", "clerk", "--email", "otto@shop.example").code == 0
    assert named("user", "email", "mara", "Mara@shop.example").out == "mara has the address Mara@shop.example.\n"
    assert named.rows("SELECT email FROM users ORDER BY id") == [("Mara@shop.example",), ("otto@shop.example",)]
    moment = "'2026-11-20T08:00:00.000Z'"
    engine = open_engine(f"sqlite:///{named.folder / 'storekeeper.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO identities (user_id, issuer, subject, version, created_at, updated_at) "
            f"VALUES (1, 'https://idp.example', 'x', 1, {moment}, {moment})"
        )
    engine.dispose()

    assert named("user", "forget", "mara").out == "mara is found by the address at the next single sign-on.\n"

    assert named.rows("SELECT * FROM identities") == []
    assert named.rows("SELECT kind FROM audit_entries WHERE entity = 'identities'") == [("deleted",)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "otto", "--role", "clerk", "--store", "NOPE"), "There is no store NOPE."),
        (("add", "Mara", "--role", "clerk"), "Another user has this username already."),
        (("add", "two words", "--role", "clerk"), "The username must not contain blanks or a colon."),
        (("password", "nobody"), "There is no user nobody."),
        (("forget", "nobody"), "There is no user nobody."),
        (("email", "mara", "nonsense"), "The address must be an e-mail address such as name@example.com."),
    ],
)
def test_what_is_wrong_without_a_password_is_said_before_one_is_asked_for(named, monkeypatch, arguments, sentence):
    monkeypatch.delenv("STOREKEEPER_PASSWORD")

    said = named("user", *arguments)

    assert (said.code, said.out, said.refusals) == (1, "", [sentence])


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "The password must have at least 8 characters."),
        ("p" * 129, "The password must have at most 128 characters."),
        ("\u200b" * 8, "The password must have a visible character."),
    ],
)
def test_a_wrong_password_is_called_one(named, monkeypatch, password, sentence):
    monkeypatch.setenv("STOREKEEPER_PASSWORD", password)

    said = named("user", "password", "mara")

    assert (said.code, said.refusals) == (1, [sentence])


@pytest.mark.skipif(os.name != "posix", reason="a console of Windows is there whatever the standard input is")
def test_without_a_terminal_one_line_names_the_variable(named):
    environment = {name: value for name, value in os.environ.items() if name != "STOREKEEPER_PASSWORD"}

    said = subprocess.run(
        [sys.executable, str(ROOT / "wsgi.py"), "user", "password", "mara"],
        env=environment | {"STOREKEEPER_STORAGE_FOLDER": str(named.folder)},
        input="typed\ntyped\n",
        capture_output=True,
        encoding="utf-8",
        start_new_session=True,
        timeout=60,
        check=False,
    )

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "There is no terminal to ask for the password on. Give it in STOREKEEPER_PASSWORD.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("user", "add"), "Missing argument 'NAME'. See wsgi.py user add --help."),
        (("user", "add", "x", "--role", "king"), "'king' is not one of"),
        (("user", "crown"), "No such command 'crown'. See wsgi.py user --help."),
        (("--nonsense",), "No such option"),
        (("load",), "Missing"),
    ],
)
def test_wrong_usage_is_one_line(shell, arguments, words):
    said = shell(*arguments)

    assert (said.code, said.out, len(said.refusals)) == (2, "", 1)
    assert words in said.err


def test_a_group_without_a_command_shows_what_there_is(shell):
    said = shell("user")

    assert said.code == 2
    assert "deactivate" in said.err


def test_who_lost_the_phone_signs_in_by_the_password_alone_again(named):
    assert named("user", "unlock", "mara").out == ("mara signs in by the password alone; all their sessions ended.\n")
    assert named.rows("SELECT second_factor FROM users") == [(0,)]
