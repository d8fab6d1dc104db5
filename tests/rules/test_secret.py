import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from common import secret
from common.errors import SettingsInvalid
from common.secret import secret_key
from common.settings import Settings
from common.settings_schema import Security, Storage

ROOT = Path(__file__).parents[2]
ASK = """
import sys
from pathlib import Path
from common.secret import secret_key
from common.settings import load
sys.stdin.read(1)
print(secret_key(load(Path(sys.argv[1]), environ={})))
"""


def with_key(key):
    return Settings(security=Security(secret_key=key))


def kept_in(folder):
    return Settings(storage=Storage(str(folder)))


def test_a_random_key_is_taken_as_it_is_and_nothing_is_written(tmp_path):
    key = secrets.token_hex(16)

    taken = secret_key(Settings(security=Security(secret_key=key), storage=Storage(str(tmp_path / "data"))))

    assert taken == key
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "key",
    [
        "dev",
        "secret",
        "changeme",
        "9f2c7b1d4e8a6035c9d2f7b1a4e8360",
        "x" * 40,
        "abcd1234" * 5,
        "1234567890" * 4 + "123",
        "aaaaaaaabbbbbbbbccccccccddddddddeeee",
        "Change_Me-please-before-you-go-live!",
        "this-is-a-super-secret-key-for-the-shop",
        "your-256-bit-secret-key-goes-right-here",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    ],
)
def test_a_short_or_well_known_key_stops_the_start_and_is_not_repeated(key):
    with pytest.raises(SettingsInvalid) as caught:
        secret_key(with_key(key))

    assert "[security] secret_key" in caught.value.detail
    assert key not in caught.value.detail.removeprefix("[security] secret_key")


def test_keys_as_generators_make_them_are_never_taken_for_guessable():
    keys = [make(48) for make in (secrets.token_urlsafe, secrets.token_hex) for _ in range(500)]

    taken = [secret_key(with_key(key)) for key in keys]

    assert taken == keys


def test_without_a_key_one_is_made_once_and_kept(tmp_path):
    settings = kept_in(tmp_path / "data é")

    first, second = secret_key(settings), secret_key(settings)

    assert first == second
    assert len(first) >= 64
    assert (tmp_path / "data é" / "secret.key").read_text(encoding="ascii").strip() == first


@pytest.mark.skipif(os.name != "posix", reason="on Windows the folder's ACL protects it")
def test_folder_and_key_are_closed_to_others_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        secret_key(kept_in(tmp_path / "data"))
    finally:
        os.umask(before)

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    command = [sys.executable, "-c", ASK, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    started = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(4)]

    for process in started:
        process.stdin.write("!")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in started]

    assert len(set(answers)) == 1
    assert len(answers[0].strip()) >= 64


def test_who_finds_a_key_that_is_being_written_waits_for_its_end(tmp_path):
    path, key = tmp_path / "secret.key", secrets.token_urlsafe(48)
    path.write_text(key[:40], encoding="ascii")
    writer = threading.Timer(0.2, path.write_text, (f"{key}\n",), {"encoding": "ascii"})

    writer.start()
    try:
        found = secret_key(kept_in(tmp_path))
    finally:
        writer.join()

    assert found == key


def test_a_damaged_key_file_is_named_and_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(secret, "_WAIT_SECONDS", 0)
    (tmp_path / "secret.key").write_bytes(b"")

    with pytest.raises(SettingsInvalid, match=r"secret\.key is shorter"):
        secret_key(kept_in(tmp_path))

    assert (tmp_path / "secret.key").read_bytes() == b""


def test_a_key_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "secret.key").mkdir()

    with pytest.raises(SettingsInvalid, match=r"secret\.key"):
        secret_key(kept_in(tmp_path))
