"""batches: lots and when they expire, and how much of each stands where"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("batches", "batch_moves")
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


def upgrade():
    op.add_column("items", sa.Column("tracks_batches", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("movements", sa.Column("batches_digest", sa.String(length=64), nullable=True))
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("lot", sa.String(length=50), nullable=True),
        sa.Column("lot_key", sa.String(length=150), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("batch_key", sa.String(length=161), nullable=False),
        sa.CheckConstraint("lot IS NOT NULL OR expires_on IS NOT NULL", name=op.f("ck_batches_named")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_batches_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("item_id", "batch_key", name="uq_batches_item_id_batch_key"),
    )
    op.create_index("ix_batches_item_id_lot_key", "batches", ["item_id", "lot_key"], unique=False)
    op.create_table(
        "batch_levels",
        sa.Column("id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("in_transit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_batch_levels_on_hand_not_below_zero")),
        sa.CheckConstraint("in_transit >= 0", name=op.f("ck_batch_levels_in_transit_not_below_zero")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_batch_levels_store_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_batch_levels_item_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_levels_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_levels")),
        sa.UniqueConstraint("store_id", "item_id", "batch_id", name="uq_batch_levels_store_id_item_id_batch_id"),
    )
    op.create_index(
        "ix_batch_levels_store_id_item_id_on_hand", "batch_levels", ["store_id", "item_id", "on_hand"], unique=False
    )
    op.create_index("ix_batch_levels_item_id", "batch_levels", ["item_id"], unique=False)
    op.create_index("ix_batch_levels_batch_id", "batch_levels", ["batch_id"], unique=False)
    op.create_table(
        "batch_moves",
        sa.Column("id", ID, nullable=False),
        sa.Column("movement_line_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_batch_moves_moves_something")),
        sa.ForeignKeyConstraint(
            ["movement_line_id"], ["movement_lines.id"], name=op.f("fk_batch_moves_movement_line_id")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_moves_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_moves")),
    )
    op.create_index("ix_batch_moves_movement_line_id", "batch_moves", ["movement_line_id"], unique=False)
    op.create_index("ix_batch_moves_batch_id", "batch_moves", ["batch_id"], unique=False)
    for statement in WITNESSES[op.get_bind().dialect.name]:
        op.execute(statement)
