"""second factors: authenticator apps, recovery codes, passkeys"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def row():
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )


def upgrade():
    op.add_column("users", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "totps",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("sealed", sa.String(length=200), nullable=True),
        sa.Column("proposed", sa.String(length=200), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        *row(),
        sa.CheckConstraint("(sealed IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_totps_confirmed")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_totps_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totps")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_totps_user_id", "totps", ["user_id"], unique=True)
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("hashes", sa.Text(), nullable=False),
        sa.Column("unused", sa.Integer(), nullable=False),
        *row(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_recovery_codes_user_id", "recovery_codes", ["user_id"], unique=True)
    op.create_table(
        "passkeys",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("credential_hash", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        *row(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_passkeys_credential_hash", "passkeys", ["credential_hash"], unique=True)
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"], unique=False)
    op.create_table(
        "passkey_challenges",
        sa.Column("id", ID, nullable=False),
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenges")),
    )
    op.create_index("uq_passkey_challenges_challenge_hash", "passkey_challenges", ["challenge_hash"], unique=True)
    op.create_index("ix_passkey_challenges_place", "passkey_challenges", ["place"], unique=False)
    op.create_index("ix_passkey_challenges_ends_at", "passkey_challenges", ["ends_at"], unique=False)
