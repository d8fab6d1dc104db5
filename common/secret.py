"""The key that signs sessions: the one that is set, when it is good enough, else one that is made once and kept."""

import os
import re
import secrets
import time
from pathlib import Path

from common.errors import SettingsInvalid
from common.settings import Settings

SHORTEST = 32
_FEWEST_DIFFERENT = 8
_WELL_KNOWN = (
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",  # Flask's documentation
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",  # FastAPI's
)
# Reduced to letters and digits; long enough that a random key does not contain one by chance.
_PLACEHOLDERS = (
    *("changeme", "changethis", "replaceme", "replacethis", "secretkey", "notasecret", "supersecret", "yoursecret"),
    *("insecure", "notsecure", "password", "passphrase", "placeholder", "storekeeper", "development", "12345678"),
    *("abcdefgh", "qwertyui"),
)
_WAIT_SECONDS = 5


def secret_key(settings: Settings) -> str:
    """Return the key; SettingsInvalid for a weak one, or when none can be kept in the data folder."""
    given = settings.security.secret_key
    if given:
        return _checked(given, "[security] secret_key")
    path = settings.storage.create() / "secret.key"
    try:
        return _made(path) or _kept(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{path} can be neither read nor made: {error}") from error


def _checked(key: str, name: str) -> str:
    if len(key) < SHORTEST:
        raise SettingsInvalid(f"{name} is shorter than {SHORTEST} characters")
    if _guessable(key):
        raise SettingsInvalid(f"{name} is well known or easily guessed; leave it empty to have one made")
    return key


def _guessable(key: str) -> bool:
    plain = re.sub(r"[\W_]", "", key.casefold())
    repeats = any(key[length:] == key[:-length] for length in range(1, len(key) // 2 + 1))
    few = len(set(key)) < _FEWEST_DIFFERENT
    return repeats or few or plain in _WELL_KNOWN or any(word in plain for word in _PLACEHOLDERS)


def _made(path: Path) -> str | None:
    """Make the file, or return None when it is there; of two processes that start at once one makes it."""
    key = secrets.token_urlsafe(48)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk: half a key would stop every later start
        path.unlink()
        raise
    return key


def _kept(path: Path) -> str:
    """Read the file; its line's end says that the process that makes it is done."""
    until = time.monotonic() + _WAIT_SECONDS
    while not (text := path.read_text(encoding="utf-8-sig")).endswith("\n") and time.monotonic() < until:
        time.sleep(0.05)
    return _checked(text.strip(), str(path))
