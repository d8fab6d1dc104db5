from __future__ import annotations

import pytest
from shell import Shell


@pytest.fixture
def shell(tmp_path):
    """The command line on an empty data folder, whose path has a blank and a letter of its own."""
    folder = tmp_path / "dâta folder"
    folder.mkdir()
    return Shell(folder)
