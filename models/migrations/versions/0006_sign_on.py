"""who somebody is at the OpenID provider"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.add_column("sessions", sa.Column("by_sign_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "identities",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_identities_subject_issuer", "identities", ["subject", "issuer"], unique=True)
    op.create_index("uq_identities_user_id_issuer", "identities", ["user_id", "issuer"], unique=True)
    op.create_table(
        "spent_secrets",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kept_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_spent_secrets")),
    )
    op.create_index("ix_spent_secrets_kept_until", "spent_secrets", ["kept_until"], unique=False)
