"""What this deployment knows of itself: facts under a name, such as the hash of the one-time set-up code."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from sqlalchemy import String, Text, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.access import Role
from common.database import db
from common.digests import digest
from models.user import User

SETUP_CODE = "setup_code"


class Fact(db.Model):
    """One fact."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def offer_setup(session: Session) -> str | None:
    """Return a fresh one-time set-up code, or None once an administrator exists."""
    if User.there_is_an_admin(session):
        return None
    code = secrets.token_urlsafe(24)
    session.merge(Fact(name=SETUP_CODE, value=digest(code)))
    return code


def set_up(session: Session, *, code: str, **fields: Any) -> User:
    """Make the first administrator; raises NotFound once there is one, NotAllowed for a wrong code."""
    fact = session.get(Fact, SETUP_CODE, with_for_update=True)
    if User.there_is_an_admin(session):
        raise errors.NotFound("This service is set up already.")
    if fact is None or not hmac.compare_digest(fact.value, digest(code)):
        raise errors.NotAllowed("The set-up code is wrong. The link that the server printed last holds the right one.")
    session.execute(delete(Fact).where(Fact.name == SETUP_CODE))
    return User.create(session, role=Role.ADMIN.label, **fields)
