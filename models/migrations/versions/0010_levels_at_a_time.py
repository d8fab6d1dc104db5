"""levels at a time: what stands after each line, and from when on it counts"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LINES = "movement_lines"
CHUNK = 200_000
KEPT = (
    *("id", "movement_id", "position", "place", "store_id", "item_id"),
    *("quantity", "value", "unit_cost", "unit_price", "on_hand_after"),
)
INDEXES = {
    "ix_movement_lines_item_id_store_id_id": ["item_id", "store_id", "id"],
    "ix_movement_lines_movement_id": ["movement_id", "id"],
    "ix_movement_lines_store_id_id": ["store_id", "id"],
}
LEVEL_AT = ["store_id", "item_id", "place", "recorded_at", "id", "on_hand_after"]
# Milliseconds from the beginning of 1970, without a float in between.
MILLISECONDS = {
    "sqlite": "(CAST(strftime('%s', {0}) AS INTEGER) * 1000 + CAST(substr({0}, 21, 3) AS INTEGER))",
    "postgresql": "CAST(EXTRACT(EPOCH FROM {0}) * 1000 AS BIGINT)",
    "mariadb": (
        "(timestampdiff(SECOND, '1970-01-01', replace(left({0}, 19), 'T', ' ')) * 1000 "
        "+ CAST(substr({0}, 21, 3) AS INTEGER))"
    ),
}
WITNESSES = [
    f"CREATE TRIGGER {LINES}_append_only_{event.lower()} BEFORE {event} ON {LINES} "
    f"BEGIN SELECT RAISE(ABORT, '{LINES}_append_only'); END"
    for event in ("UPDATE", "DELETE")
]
MARIADB_WITNESS = (
    f"CREATE TRIGGER {LINES}_append_only_update BEFORE UPDATE ON {LINES} FOR EACH ROW "
    f"SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 4025, MESSAGE_TEXT = 'CONSTRAINT `{LINES}_append_only` failed'"
)


# What each line left in its place, and the time that it counts from: never before that of the line before it.
ON_SHELF, ON_WAY, MOVED = (
    f"{step} OVER (PARTITION BY l.store_id, l.item_id ORDER BY l.id)"
    for step in (
        "sum(CASE WHEN l.place = 'on_hand' THEN l.value ELSE 0 END)",
        "sum(CASE WHEN l.place = 'in_transit' THEN l.value ELSE 0 END)",
        "max({0})",
    )
)
COPIED = f"""
    INSERT INTO {LINES}_new ({", ".join(KEPT)}, value_after, recorded_at) SELECT {", ".join(f"l.{name}" for name in KEPT)},
        CASE l.place WHEN 'on_hand' THEN coalesce(s.on_hand, 0) + {ON_SHELF}
            ELSE coalesce(s.in_transit, 0) + {ON_WAY} END,
        max(coalesce(s.moved_at, 0), {MOVED.format(MILLISECONDS["sqlite"].format("m.recorded_at"))})
    FROM {LINES} l JOIN movements m ON m.id = l.movement_id
    LEFT JOIN so_far s ON s.store_id = l.store_id AND s.item_id = l.item_id
    WHERE l.id BETWEEN :first AND :last ORDER BY l.id
"""
SO_FAR = f"""
    INSERT INTO so_far SELECT store_id, item_id, sum(CASE WHEN place = 'on_hand' THEN value ELSE 0 END),
        sum(CASE WHEN place = 'in_transit' THEN value ELSE 0 END), max(recorded_at)
    FROM {LINES}_new WHERE id BETWEEN :first AND :last GROUP BY store_id, item_id
    ON CONFLICT DO UPDATE SET on_hand = so_far.on_hand + excluded.on_hand,
        in_transit = so_far.in_transit + excluded.in_transit, moved_at = max(so_far.moved_at, excluded.moved_at)
"""
LEFT_BEHIND = f"""
    SELECT l.id, CASE l.place WHEN 'on_hand' THEN {ON_SHELF} ELSE {ON_WAY} END AS value_after,
        {MOVED} AS recorded_at
    FROM {LINES} l JOIN movements m ON m.id = l.movement_id
"""
FILLED = {
    "postgresql": (
        f"UPDATE {LINES} SET value_after = s.value_after, recorded_at = s.recorded_at FROM ({LEFT_BEHIND}) s "
        f"WHERE s.id = {LINES}.id"
    ),
    "mariadb": (
        f"UPDATE {LINES} t JOIN ({LEFT_BEHIND}) s ON s.id = t.id "
        "SET t.value_after = s.value_after, t.recorded_at = s.recorded_at"
    ),
}


def columns():
    return (
        sa.Column("value_after", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
    )


def copied():
    """Write the table anew, in the order of its ids and some at a time, so that little memory and no searching is
    needed: SQLite adds no column that must be filled. Nothing refers to the table, and triggers do not fire where one is
    dropped; they go with it and are put back."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    made = op.create_table(
        f"{LINES}_new",
        sa.Column("id", number, nullable=False),
        sa.Column("movement_id", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("store_id", number, nullable=False),
        sa.Column("item_id", number, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("on_hand_after", sa.BigInteger(), nullable=False),
        *columns(),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_movement_lines_moves_something")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_movement_lines_item_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_movement_lines_movement_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_movement_lines_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_lines")),
    )
    op.execute(
        "CREATE TABLE so_far (store_id BIGINT, item_id BIGINT, on_hand BIGINT, in_transit BIGINT, moved_at BIGINT, "
        "PRIMARY KEY (store_id, item_id)) WITHOUT ROWID"
    )
    last = op.get_bind().scalar(sa.text(f"SELECT max(id) FROM {LINES}")) or 0
    for first in range(1, last + 1, CHUNK):
        of_chunk = {"first": first, "last": first + CHUNK - 1}
        op.get_bind().execute(sa.text(COPIED), of_chunk)
        op.get_bind().execute(sa.text(SO_FAR), of_chunk)
    op.execute("DROP TABLE so_far")
    op.drop_table(LINES)
    op.rename_table(made.name, LINES)
    for name, names in INDEXES.items():
        op.create_index(name, LINES, names, unique=False)
    for statement in WITNESSES:
        op.execute(statement)


def filled():
    """Fill the new columns where the table is. Indexes are made anew, else each row would be entered in each again."""
    op.execute(f"ALTER TABLE {LINES} DISABLE TRIGGER {LINES}_append_only")
    for column in columns():
        column.nullable = True
        op.add_column(LINES, column)
    for name in INDEXES:
        op.drop_index(name, LINES)
    op.execute(FILLED["postgresql"].format(MILLISECONDS["postgresql"].format("m.recorded_at")))
    for column in columns():
        op.alter_column(LINES, column.name, nullable=False)
    for name, names in INDEXES.items():
        op.create_index(name, LINES, names, unique=False)
    op.execute(f"ALTER TABLE {LINES} ENABLE TRIGGER {LINES}_append_only")


def filled_on_mariadb():
    """The same where an index stays as long as a foreign key wants it, and a trigger is no more or there."""
    op.execute(f"DROP TRIGGER {LINES}_append_only_update")
    for column in columns():
        column.nullable = True
        op.add_column(LINES, column)
    op.execute(FILLED["mariadb"].format(MILLISECONDS["mariadb"].format("m.recorded_at")))
    for column in columns():
        op.alter_column(LINES, column.name, existing_type=column.type, nullable=False)
    op.execute(MARIADB_WITNESS)


def upgrade():
    dialect = op.get_bind().dialect.name
    {"sqlite": copied, "postgresql": filled, "mariadb": filled_on_mariadb}[dialect]()
    op.create_index("ix_movement_lines_level_at", LINES, LEVEL_AT, unique=False)
    op.add_column("levels", sa.Column("created_at", sa.BigInteger(), nullable=True))
    milliseconds = MILLISECONDS[dialect]
    of_level = "l.store_id = levels.store_id AND l.item_id = levels.item_id"
    first = f"(SELECT min(l.recorded_at) FROM {LINES} l WHERE {of_level})"
    listed = f"(SELECT min({milliseconds.format('l.created_at')}) FROM listings l WHERE {of_level})"
    updated = milliseconds.format("levels.updated_at")
    # From its first line on, or from when the store listed the item; without either, from when it was written.
    op.execute(f"UPDATE levels SET created_at = coalesce({first}, {updated})")
    op.execute(f"UPDATE levels SET created_at = {listed} WHERE {listed} < created_at")
    newest = (
        f"(SELECT max(m.recorded_at) FROM {LINES} l JOIN movements m ON m.id = l.movement_id WHERE {of_level})"
    )
    counts_from = f"(SELECT max(l.recorded_at) FROM {LINES} l WHERE {of_level})"
    op.execute(f"UPDATE levels SET updated_at = {newest} WHERE {counts_from} > {updated}")  # where a clock was set back
