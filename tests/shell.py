"""The command line as an administrator has it, on a data folder of its own, run inside this process."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from commands import main
from common.database import open_engine
from wsgi import ROOT, create_app


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def refusals(self) -> list[str]:
        return self.err.splitlines()


class Shell:
    """`shell("load", path, "--kind", "items")`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: object) -> Said:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setenv("STOREKEEPER_STORAGE_FOLDER", str(self.folder))
            patch.setattr(sys, "argv", ["wsgi.py", *map(str, arguments)])
            code = main(create_app, ROOT)
        return Said(code, out.getvalue(), err.getvalue())

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_text(text, encoding=encoding, newline="")
        return path

    def rows(self, query: str) -> list[tuple]:
        """Ask the database itself."""

        engine = open_engine(f"sqlite:///{self.folder / 'storekeeper.db'}")
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return found
