"""suppliers, purchase orders, and what came of them"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITNESSES = {
    "sqlite": [
        f"CREATE TRIGGER receiving_lines_append_only_{event.lower()} BEFORE {event} ON receiving_lines "
        "BEGIN SELECT RAISE(ABORT, 'receiving_lines_append_only'); END"
        for event in ("UPDATE", "DELETE")
    ],
    "mariadb": [
        f"CREATE TRIGGER receiving_lines_append_only_{event.lower()} BEFORE {event} ON receiving_lines FOR EACH ROW "
        "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 4025, MESSAGE_TEXT = 'CONSTRAINT `receiving_lines_append_only` failed'"
        for event in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE TRIGGER receiving_lines_append_only BEFORE UPDATE OR DELETE ON receiving_lines "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER receiving_lines_not_emptied BEFORE TRUNCATE ON receiving_lines "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
}


def row():
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )


def upgrade():
    op.create_table(
        "suppliers",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("unique_key", sa.String(length=600), nullable=False),
        sa.Column("account_reference", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=50), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        *row(),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
    )
    op.create_index("uq_suppliers_unique_key", "suppliers", ["unique_key"], unique=True)
    op.create_index("ix_suppliers_name_key_id", "suppliers", ["name_key", "id"], unique=False)
    op.create_table(
        "supplier_items",
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("sku_key", sa.String(length=192), nullable=True),
        sa.Column("pack_size", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        *row(),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_supplier_items_pack_holds_something")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_supplier_items_cost_not_negative")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_items_supplier_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_supplier_items_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_items")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_supplier_items_supplier_id_item_id", "supplier_items", ["supplier_id", "item_id"], unique=True
    )
    op.create_index(
        "uq_supplier_items_supplier_id_sku_key", "supplier_items", ["supplier_id", "sku_key"], unique=True
    )
    op.create_index("ix_supplier_items_item_id", "supplier_items", ["item_id"], unique=False)
    op.create_table(
        "purchase_orders",
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("expected_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        *row(),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'partly_received', 'received', 'closed')",
            name=op.f("ck_purchase_orders_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (sent_at IS NULL)", name=op.f("ck_purchase_orders_sent_at_some_time")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_purchase_orders_closed_at_some_time")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_purchase_orders_supplier_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_purchase_orders_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_purchase_orders_store_id_id", "purchase_orders", ["store_id", "id"], unique=False)
    op.create_index("ix_purchase_orders_supplier_id_id", "purchase_orders", ["supplier_id", "id"], unique=False)
    op.create_index("ix_purchase_orders_state_id", "purchase_orders", ["state", "id"], unique=False)
    op.create_table(
        "purchase_order_lines",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("supplier_sku", sa.String(length=64), nullable=True),
        sa.Column("pack_size", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        *row(),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_order_lines_orders_something")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_purchase_order_lines_received_not_negative")),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_purchase_order_lines_pack_holds_something")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_purchase_order_lines_cost_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_orders.id"], name=op.f("fk_purchase_order_lines_order_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_purchase_order_lines_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_lines")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_purchase_order_lines_order_id_position", "purchase_order_lines", ["order_id", "position"], unique=False
    )
    op.create_index("ix_purchase_order_lines_item_id", "purchase_order_lines", ["item_id"], unique=False)
    op.add_column("movements", sa.Column("purchase_order_id", ID, nullable=True))
    op.add_column("movements", sa.Column("landed_cost", sa.BigInteger(), nullable=True))
    op.create_index("ix_movements_purchase_order_id", "movements", ["purchase_order_id"], unique=False)
    op.create_table(
        "receiving_lines",
        sa.Column("movement_id", ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order_line_id", ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("landed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_receiving_lines_movement_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["purchase_order_lines.id"], name=op.f("fk_receiving_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("movement_id", "position", name=op.f("pk_receiving_lines")),
    )
    op.create_index("ix_receiving_lines_order_line_id", "receiving_lines", ["order_line_id"], unique=False)
    for statement in WITNESSES[op.get_bind().dialect.name]:
        op.execute(statement)
