"""losses and recalls: two more kinds of documents"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "ck_movements_kind_known"
KINDS = (
    *("receipt", "sale", "return", "write_off", "adjustment", "transfer"),
    *("arrival", "loss", "recall", "reversal"),
)
CHECK = "kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")"


def _say_it_in_the_schema():
    """SQLite changes no check by ALTER TABLE before 3.53, and its triggers and what names the table stand in the way of
    a new one. What a check says is not in the rows; so, as SQLite's own manual has it, its text is changed in place."""
    connection = op.get_bind()
    sql = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'movements'"))
    changed, count = re.subn(rf"(CONSTRAINT {NAME} CHECK) \(kind IN \([^)]*\)\)", lambda found: f"{found[1]} ({CHECK})", sql)
    if count != 1:
        raise RuntimeError("the check of the kinds of documents is not where it was")
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    try:
        update = "UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'movements'"
        connection.execute(sa.text(update), {"sql": changed})
        connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    finally:
        connection.execute(sa.text("PRAGMA writable_schema = RESET"))


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        _say_it_in_the_schema()
    else:
        op.drop_constraint(op.f(NAME), "movements", type_="check")
        op.create_check_constraint(op.f(NAME), "movements", CHECK)
