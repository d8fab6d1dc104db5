"""Alembic's environment: always on a connection that common/schema.py hands in."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

import models  # noqa: F401 - fills the metadata
from common import kept_answers, throttle_database, types  # noqa: F401 - their tables belong to the schema too
from common.database import db
from models.search import is_ours


def _written_by_hand(name: str | None, type_: str, _parents: Any) -> bool:
    return not (type_ == "table" and is_ours(name))


def _frozen(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Render this project's types as what they are in the database, so that an old step never changes its meaning."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item, types.Scaled | types.Milliseconds):
        return "sa.BigInteger()"
    return (
        "sa.Text()"
        if isinstance(item, types.JsonText)
        else 'sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")'
    )


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata,
    include_name=_written_by_hand,
    render_item=_frozen,
    transaction_per_migration=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
