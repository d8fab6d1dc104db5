"""packs with barcodes of their own, and groups of items that differ by options"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.add_column("barcodes", sa.Column("pack_quantity", sa.BigInteger(), nullable=True))
    op.create_table(
        "item_groups",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_groups")),
    )
    op.create_index("ix_item_groups_name_key_id", "item_groups", ["name_key", "id"], unique=False)
    op.add_column("items", sa.Column("packs", sa.Text(), server_default="[]", nullable=False))
    op.add_column("items", sa.Column("group_id", ID, nullable=True))
    op.add_column("items", sa.Column("options", sa.Text(), server_default="{}", nullable=False))
    op.add_column("items", sa.Column("variant_key", sa.String(length=100), nullable=True))
    op.create_index("uq_items_variant_key", "items", ["variant_key"], unique=True)
    op.create_index("ix_items_group_id_id", "items", ["group_id", "id"], unique=False)
    op.create_index("ix_purchase_orders_reference", "purchase_orders", ["reference"], unique=False)
