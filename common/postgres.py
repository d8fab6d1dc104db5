"""PostgreSQL's own ways: how a connection is set up, and what its driver needs to know of the server's threads."""

from __future__ import annotations

from typing import Any, Self

import psycopg

from common import gate

OPTIONS: dict[str, Any] = {}
_SETTINGS = (
    "-c lock_timeout={lock:.0f} -c statement_timeout={statement:.0f}"
    " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
)


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


def arguments(write_wait: float) -> dict[str, Any]:
    """Return what a connection is made with; `write_wait` is how many seconds a row that somebody holds is waited for.

    A lock that does not come must end the waiting before the statement's own end hides what it waited for.
    """
    options = _SETTINGS.format(lock=1000 * write_wait, statement=1000 * (max(write_wait, 10) + 1))
    return {"options": options, "connect_timeout": 5, "cursor_factory": WaitingCursor}
