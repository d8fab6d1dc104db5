"""the record of who changed what"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("audit_entries", "audit_seals")
WITNESSES = {
    "sqlite": [
        f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END"
        for table in APPEND_ONLY
        for event in ("UPDATE", "DELETE")
    ],
    "mariadb": [
        f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW "
        f"SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 4025, MESSAGE_TEXT = 'CONSTRAINT `{table}_append_only` failed'"
        for table in APPEND_ONLY
        for event in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        statement
        for table in APPEND_ONLY
        for statement in (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    ],
}


def _give_no_id_of_a_session_twice():
    """Its rows are erased, and SQLite would give the id of the last one to the next: the record would name another."""
    columns = "id, reference_hash, user_id, place, agent, created_at, last_used_at, idle_until, ends_at"
    op.drop_index("ix_sessions_user_id", table_name="sessions")
    op.rename_table("sessions", "sessions_before")
    op.create_table(
        "sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("reference_hash", sa.String(64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("place", sa.String(64), nullable=True),
        sa.Column("agent", sa.String(400), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("idle_until", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("reference_hash", name=op.f("uq_sessions_reference_hash")),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO sessions ({columns}) SELECT {columns} FROM sessions_before")
    op.drop_table("sessions_before")
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        _give_no_id_of_a_session_twice()
    op.add_column("movements", sa.Column("lines_digest", sa.String(64), nullable=True))
    op.create_table(
        "audit_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entity", sa.String(30), nullable=False),
        sa.Column("row_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("username", sa.String(64), nullable=True),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("token_id", ID, nullable=True),
        sa.Column("place", sa.String(64), nullable=True),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column("store_id", ID, nullable=True),
        sa.Column("to_store_id", ID, nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_entity_row_id_id", "audit_entries", ["entity", "row_id", "id"])
    op.create_index("ix_audit_entries_user_id_id", "audit_entries", ["user_id", "id"])
    op.create_table(
        "audit_seals",
        sa.Column("position", ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_seals_entry_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
    )
    op.create_index("uq_audit_seals_entry_id", "audit_seals", ["entry_id"], unique=True)
    op.create_table(
        "audit_unsealed",
        sa.Column("entry_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_unsealed_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_unsealed")),
    )
    for statement in WITNESSES[op.get_bind().dialect.name]:
        op.execute(statement)
