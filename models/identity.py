"""Identities: who a user is at the OpenID provider.

1. An identity, a subject at an issuer, is one user's; a user has one at each issuer at the most.
2. Once somebody has one, it alone tells who comes. An address finds only whom no identity there belongs to yet, so that
   an address which goes to somebody else takes nobody's account with it, and a new one loses nobody theirs.
3. An account is made only where settings say so, for the domains that they name, and has no password.
4. Where a claim gives roles, a user's role is what it gives at each sign-on; but the last administrator stays one.
"""

from __future__ import annotations

import logging

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.access import Role
from common.database import db, refusals
from common.digests import digest
from common.fields import FieldProblem, Username
from common.openid.person import Person
from common.openid.refusal import SignOnRefused
from common.settings_schema import SignOn
from models import password
from models.row import NEVER_AGAIN, Row
from models.text import key
from models.user import User

logger = logging.getLogger("storekeeper.sign_on")
_SHORT_NAME, _MARK = 55, 8


class Identity(Row, db.Model):
    """Who one user is at one issuer."""

    __tablename__ = "identities"
    __table_args__ = (
        Index("uq_identities_subject_issuer", "subject", "issuer", unique=True),
        Index("uq_identities_user_id_issuer", "user_id", "issuer", unique=True),
        NEVER_AGAIN,
    )
    title = "identity"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))

    @classmethod
    def forget(cls, session: Session, user: User) -> None:
        """Let the user's address say again who comes, as when they were made anew at the provider; sessions end."""
        for row in session.scalars(select(cls).where(cls.user_id == user.id)):
            session.delete(row)
        user.end_sessions()


refusals["uq_identities_subject_issuer"] = errors.Stale
refusals["uq_identities_user_id_issuer"] = errors.Stale


def sign_on(session: Session, person: Person, settings: SignOn) -> User:
    """Return the user that somebody is, in the role that the provider gives; raises SignOnRefused."""
    of_person = select(Identity.user_id).where(Identity.subject == person.subject, Identity.issuer == person.issuer)
    known = session.scalar(of_person)
    user = session.get_one(User, known) if known is not None else _met(session, person, settings)
    if not user.active:
        raise SignOnRefused("The account is deactivated.", reason="deactivated", username=user.username)
    if known is None:
        session.add(Identity(user_id=user.id, issuer=person.issuer, subject=person.subject))
    if person.role is not None:
        _follow(user, person.role)
    return user


def _met(session: Session, person: Person, settings: SignOn) -> User:
    """Return who comes for the first time: by the address, or made."""
    if person.address is None:
        detail = f"The provider knows no verified address of {person.subject}."
        raise SignOnRefused(detail, reason="unverified")
    user: User | None = session.scalar(select(User).where(User.email_key == key(person.address)))
    if user is None:
        return _made(session, person, person.address, settings)
    theirs = session.scalar(
        select(Identity.subject).where(Identity.user_id == user.id, Identity.issuer == person.issuer)
    )
    if theirs == person.subject:
        raise errors.Stale  # the same person was let in by another browser since `sign_on` looked
    if not _is_same(user.email or "", person.address) or theirs is not None:
        detail = f"The account with the address {person.address} is somebody else's at the provider."
        raise SignOnRefused(detail, reason="taken", username=user.username)
    return user


def _is_same(one: str, other: str) -> bool:
    """Tell whether two addresses are one: `key` takes more letters for the same than a mail server does."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def _made(session: Session, person: Person, address: str, settings: SignOn) -> User:
    domain = address.rpartition("@")[2].lower()
    if not settings.make_accounts or not {"*", domain} & set(settings.domains):
        detail = f"Nobody here has the address {address}, and no account is made for it."
        raise SignOnRefused(detail, reason="unknown")
    made: User = User.create(
        session,
        password_hash=password.NONE,
        username=_free_name(session, person, address),
        name=person.name,
        email=address,
        role=person.role or settings.default_role,
    )
    session.flush()
    return made


def _free_name(session: Session, person: Person, address: str) -> str:
    """Return the address as a username; with a mark where somebody has it, or a username may not be so."""
    try:
        name = Username()(address)
    except FieldProblem:
        name = "".join(filter(_may_be_named, address))
    else:
        if User.named(session, name) is None:
            return name
    return f"{name[:_SHORT_NAME]}-{digest(f'{person.issuer} {person.subject}')[:_MARK]}"


def _may_be_named(sign: str) -> bool:
    try:
        Username()(sign)
    except FieldProblem:
        return False
    return True


def _follow(user: User, role: str) -> None:
    if user.administers_all and role != Role.ADMIN.label and user.is_alone_in_administering:
        logger.warning("%s stays the last administrator, though the provider says %s", user.username, role)
        return
    user.revise(role=role)
