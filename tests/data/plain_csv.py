"""Files as the csv module reads them, without this project's help."""

from __future__ import annotations

import csv


def read(path, encoding="utf-8", **how):
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream, **how))
