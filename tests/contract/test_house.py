"""The rules of the house that a syntax tree can tell."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from routing import VERBS

import common

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("commands", "common", "models", "resources")
SOURCES = [ROOT / "wsgi.py", *(path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py")))]
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
DATABASE = "common/database.py"
LONGEST = 250
MIGRATIONS = "models/migrations/versions/"  # each is a diff of the schema, written by Alembic, never edited again
DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"\\|?*\x00-\x1f]')
LONGEST_PATH = 259
CHECKED_OUT_UNDER = len(r"C:\Program Files\Storekeeper\releases\2026.11.20-1234567890\\")


def calls(name):
    """Return the files that call a function or method of this name."""
    return {
        path
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name in {getattr(node.func, "attr", None), getattr(node.func, "id", None)}
    }


def imports(module):
    """Return the files that import a module, whole or in part, or something from it."""
    found = set()
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            found |= {path for name in names if name == module or name.startswith(f"{module}.")}
    return found


def handlers():
    """Yield each verb method of each resource."""
    for path, tree in TREES.items():
        if path.startswith("resources/"):
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    yield from (part for part in node.body if isinstance(part, ast.FunctionDef) and part.name in VERBS)


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    return [name for name in listed.stdout.decode("utf-8").split("\0") if name]


@pytest.mark.parametrize("name", ["commit", "rollback"])
def test_one_file_ends_transactions(name):
    assert calls(name) <= {DATABASE}
    assert DATABASE in calls(name)


def test_nobody_aborts():
    assert calls("abort") == set()


@pytest.mark.parametrize(
    ("module", "file"), [("flask_restful.reqparse", "common/http/reqparse.py"), ("pysqlite3", DATABASE)]
)
def test_what_is_mended_is_imported_once(module, file):
    assert imports(module) == {file}


def test_a_models_file_knows_no_web():
    for module in ("flask", "flask_restful", "flask_login", "werkzeug", "common.http"):
        assert {path for path in imports(module) if path.startswith("models/")} == set()


def test_no_file_is_over_long():
    files = [ROOT / name for name in tracked() if name.endswith((".py", ".js", ".css")) and MIGRATIONS not in name]

    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files if path.exists()}

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_handlers_are_short():
    lengths = {f"{node.name} at line {node.lineno}": node.end_lineno - node.lineno + 1 for node in handlers()}

    assert max(lengths.values()) <= 15
    assert statistics.median(lengths.values()) <= 6


def test_every_handler_says_what_it_does():
    assert all(ast.get_docstring(node) for node in handlers())


def test_every_path_can_be_checked_out_on_windows():
    spellings = defaultdict(set)
    for name in tracked():
        parts = name.split("/")
        for depth, part in enumerate(parts, start=1):
            assert not FORBIDDEN.search(part), name
            assert not part.endswith((" ", ".")), name
            assert not DEVICES.fullmatch(part), name
            spellings["/".join(parts[:depth]).casefold()].add("/".join(parts[:depth]))
        assert CHECKED_OUT_UNDER + len(name) <= LONGEST_PATH, name

    assert [sorted(names) for names in spellings.values() if len(names) > 1] == []


def test_the_projects_own_packages_are_the_ones_in_use():
    assert Path(common.__file__).is_relative_to(ROOT)
