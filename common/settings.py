"""Which settings are in force: settings.ini, over it a named file, over that the environment."""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import URL, make_url

from common.currencies import CURRENCY_DECIMALS
from common.errors import SettingsInvalid
from common.settings_schema import Access, Database, Log, Security, Server, Shop, SignOn, Storage
from common.settings_values import DRIVERS, masked

_PREFIX = "STOREKEEPER_"
_NO_SETTINGS = {
    "STOREKEEPER_CONFIG",
    "STOREKEEPER_PASSWORD",
    "STOREKEEPER_TEST_DATABASES",
    "STOREKEEPER_TEST_EVERYTHING",
    "STOREKEEPER_TEST_REDIS",
}


@dataclass(frozen=True)
class Settings:
    """Every setting, checked; without arguments the defaults."""

    server: Server = field(default_factory=Server)
    database: Database = field(default_factory=Database)
    storage: Storage = field(default_factory=Storage)
    security: Security = field(default_factory=Security)
    access: Access = field(default_factory=Access)
    sign_on: SignOn = field(default_factory=SignOn)
    shop: Shop = field(default_factory=Shop)
    log: Log = field(default_factory=Log)
    sources: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def database_url(self) -> URL:
        """For SQLAlchemy: the driver named, a file's path absolute."""
        if not self.database.url:
            return URL.create("sqlite", database=str(self.storage.path / "storekeeper.db"))
        url = make_url(self.database.url)
        if url.drivername == "sqlite":
            return url.set(database=str(self.storage.path / str(url.database)))
        return url.set(drivername=DRIVERS[url.drivername])

    @property
    def currency_decimals(self) -> int:
        """How many decimals the currency's smallest unit has."""
        return CURRENCY_DECIMALS[self.shop.currency]

    @property
    def log_file(self) -> Path | None:
        """The log's absolute path, or None for the console alone."""
        return self.storage.path / self.log.file if self.log.file else None

    def describe(self) -> list[tuple[str, str, str, str]]:
        """List section, key, value and source of every setting, in the order of settings.ini; secrets are hidden."""
        return [
            (section, key.name, self._shown(section, key), self.sources.get((section, key.name), "default"))
            for section, key in declared()
        ]

    def _shown(self, section: str, key: Field[Any]) -> str:
        value = getattr(getattr(self, section), key.name)
        if (section, key.name) == ("database", "url"):
            return masked(self.database_url)
        return "(hidden)" if key.metadata["secret"] and value else written(value)


def declared() -> Iterator[tuple[str, Field[Any]]]:
    """Every section's name with each of its keys, in order."""
    for section in fields(Settings):
        if is_dataclass(section.default_factory):
            yield from ((section.name, key) for key in fields(section.default_factory))


def written(value: object) -> str:
    """A value as settings.ini writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, tuple) else str(value)


class _Entry(NamedTuple):
    section: str
    key: str
    text: str
    source: str
    name: str


def load(root: Path, *, config: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of the installation at `root`, the folder of wsgi.py.

    A `config` or STOREKEEPER_CONFIG that is not absolute is looked for there too, never where the shell stands.
    Raises SettingsInvalid with one line about everything that is wrong in any of the places.
    """
    root = root.absolute()
    named = config or environ.get("STOREKEEPER_CONFIG")
    problems: list[str] = []
    entries = list(_ini(root / "settings.ini", problems)) if (root / "settings.ini").exists() else []
    entries += _ini(root / named, problems) if named else ()
    entries += _environment(environ, root, problems)
    known = {(section, key.name): key for section, key in declared()}
    values: dict[str, dict[str, Any]] = {}
    for entry in entries:
        key = known.get((entry.section, entry.key))
        if key is None:
            problems.append(f"{entry.name} is unknown{_hint(entry.key, [name for _, name in known])}")
            continue
        try:
            values.setdefault(entry.section, {})[entry.key] = key.metadata["read"](entry.text)
        except ValueError as error:
            problems.append(f"{entry.name} {error}")
    if not problems:
        settings = _assembled(root, values, {(entry.section, entry.key): entry.source for entry in entries})
        problems = settings.sign_on.contradictions()
    if problems:
        raise SettingsInvalid("; ".join(problems))
    return settings


def _assembled(root: Path, values: dict[str, dict[str, Any]], sources: dict[tuple[str, str], str]) -> Settings:
    settings = Settings(sources=sources)
    sections = {name: replace(getattr(settings, name), **given) for name, given in values.items()}
    settings = replace(settings, **sections)
    return replace(settings, storage=replace(settings.storage, folder=str(root / settings.storage.folder)))


def _text(path: Path) -> str:
    """Read UTF-8, with Notepad's mark at the start or without."""
    try:
        raw = path.read_bytes()
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
            raise SettingsInvalid(f"{path} is UTF-16; save it as UTF-8")
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise SettingsInvalid(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsInvalid(f"{path} is not UTF-8; save it as UTF-8") from error


def _ini(path: Path, problems: list[str]) -> Iterator[_Entry]:
    """Read `[section]` and `key = value` lines; # or ; begins a comment line.

    Not configparser: it stops at the first thing that is wrong, takes an indented key for the value's next line and
    spreads [DEFAULT] over every section.
    """
    section, seen = "", dict[tuple[str, str], int]()
    try:
        lines = _text(path).replace("\r\n", "\n").split("\n")
    except SettingsInvalid as error:
        problems.append(error.detail)
        return
    for number, line in enumerate(map(str.strip, lines), 1):
        at, (key, equals, value) = f"{path}:{number}", map(str.strip, line.partition("="))
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip().lower()
        elif not equals or not key or not section:
            problems.append(f"{at} is neither [section] nor key = value in a section")
        elif first := seen.get((section, key.lower())):
            problems.append(f"{at} [{section}] {key} is set already in line {first}")
        else:
            seen[section, key.lower()] = number
            yield _Entry(section, key.lower(), value, at, f"{at} [{section}] {key}")


def _environment(environ: Mapping[str, str], root: Path, problems: list[str]) -> Iterator[_Entry]:
    names = {f"{_PREFIX}{section}_{key.name}".upper(): (section, key.name) for section, key in declared()}
    for name in sorted(environ):
        of_file = name.removesuffix("_FILE")
        if not name.startswith(_PREFIX) or name in _NO_SETTINGS:
            continue
        if name in names:
            yield _Entry(*names[name], environ[name].strip(), name, name)
        elif of_file == name or of_file not in names:
            problems.append(f"{name} is unknown{_hint(name, list(names))}")
        elif of_file in environ:
            problems.append(f"{name} and {of_file} are both set")
        else:
            try:
                yield _Entry(*names[of_file], _text(root / environ[name]).strip(), name, name)
            except SettingsInvalid as error:
                problems.append(f"{name}: {error.detail}")


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f" (is {near[0]} meant?)" if near else ""
