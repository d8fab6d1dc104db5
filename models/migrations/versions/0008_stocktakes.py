"""stocktakes: what is counted, what was tallied, what it comes to"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "counts",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("tolerance", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("open_scope", sa.String(length=41), nullable=True),
        sa.Column("opened_by", ID, nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("movement_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_counts_store_id")),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_counts_category_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_counts_opened_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_counts_closed_by")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_counts_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
    )
    op.create_index("uq_counts_open_scope", "counts", ["open_scope"], unique=True)
    op.create_index("ix_counts_store_id_id", "counts", ["store_id", "id"], unique=False)
    op.create_table(
        "tallies",
        sa.Column("id", ID, nullable=False),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("tallied_at", MOMENT, nullable=False),
        sa.Column("tallied_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["count_id"], ["counts.id"], name=op.f("fk_tallies_count_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_tallies_item_id")),
        sa.ForeignKeyConstraint(["tallied_by"], ["users.id"], name=op.f("fk_tallies_tallied_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
    )
    op.create_index("ix_tallies_count_id_item_id_id", "tallies", ["count_id", "item_id", "id"], unique=False)
    op.create_table(
        "count_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("on_hand_first", sa.BigInteger(), nullable=False),
        sa.Column("on_hand_last", sa.BigInteger(), nullable=False),
        sa.Column("line_last", ID, nullable=False),
        sa.Column("moved_between", sa.Boolean(), nullable=False),
        sa.Column("tallies", sa.Integer(), nullable=False),
        sa.Column("recounts", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("counted IS NULL OR counted >= 0", name=op.f("ck_count_items_counted_not_below_zero")),
        sa.ForeignKeyConstraint(["count_id"], ["counts.id"], name=op.f("fk_count_items_count_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_count_items_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_items")),
        sa.UniqueConstraint("count_id", "item_id", name="uq_count_items_count_id_item_id"),
    )
