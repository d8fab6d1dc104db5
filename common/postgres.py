"""What PostgreSQL's driver needs to know of the server's threads."""

from __future__ import annotations

from typing import Any, Self

import psycopg

from common import gate


class WaitingCursor(psycopg.Cursor[Any]):
    """A cursor that lets other requests run while it waits for the database server."""

    def execute(self, *args: Any, **kwargs: Any) -> Self:
        """See psycopg."""
        with gate.outside():
            return super().execute(*args, **kwargs)

    def executemany(self, *args: Any, **kwargs: Any) -> None:
        """See psycopg."""
        with gate.outside():
            super().executemany(*args, **kwargs)
