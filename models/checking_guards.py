"""The proof that the database's own guards of the ledger are there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

APPEND_ONLY = (
    "movements",
    "movement_lines",
    "receiving_lines",
    "audit_entries",
    "audit_seals",
    "batches",
    "batch_moves",
)
_EACH = {f"{table}_append_only_{event}" for table in APPEND_ONLY for event in ("update", "delete")}
_EACH |= {f"levels_not_below_zero_{event}" for event in ("insert", "update")}
_GUARDS = {
    "sqlite": ("SELECT name FROM sqlite_master WHERE type = 'trigger'", _EACH),
    "mariadb": ("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()", _EACH),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
        {f"{table}_{rule}" for table in APPEND_ONLY for rule in ("append_only", "not_emptied")}
        | {"levels_not_below_zero"},
    ),
}


def guards(connection: Connection) -> Iterator[str]:
    """Each table that only grows refuses every other change, and each level refuses to fall below zero."""
    query, wanted = _GUARDS[connection.dialect.name]
    yield from (f"the trigger {name} is missing" for name in sorted(wanted - set(connection.scalars(text(query)))))
