"""A user and what they may do.

1. A username is unique, case aside, and an e-mail address too.
2. At least one administrator is active once there is one.
3. A password is kept as an argon2id hash and shown to nobody.
4. A changed password ends the user's other sessions; a changed role, store or deactivation ends all.
5. `second_factor` says whether the user has one (models/second_factor.py keeps it).
"""

from __future__ import annotations

from typing import Any, Self, cast

from sqlalchemy import Boolean, Index, Select, String, Table, exists, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import errors
from common.access import Caller, Role
from common.database import db, refusals
from common.types import JsonText
from models import password as passwords
from models.row import Row, duplicate, everything, refuse_duplicates, taken
from models.sign_in import SignIn
from models.store import unknown_stores
from models.text import key

ENDS_SESSIONS = {"role", "active", "store_ids", "sees_all_stores"}


class User(Row, db.Model):
    """A person or a program that signs in."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_username_key", "username_key", unique=True),
        Index("uq_users_email_key", "email_key", unique=True),
    )
    title = "user"

    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(192))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(762))
    role: Mapped[str] = mapped_column(String(10))
    store_ids: Mapped[list[int]] = mapped_column(JsonText, default=list)
    sees_all_stores: Mapped[bool] = mapped_column(Boolean, default=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    @classmethod
    def create(cls, session: Session, *, password_hash: str, **fields: Any) -> Self:
        """Add a user; `password_hash` comes from models/password.py, made outside the transaction."""
        user = cls(username_key="", password_hash=password_hash, **fields)
        user._settle(session)
        session.add(user)
        return user

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return all users for an administrator; for anybody else themselves."""
        return everything(cls) if caller.may(Role.ADMIN) else everything(cls).where(cls.id == caller.user_id)

    @classmethod
    def named(cls, session: Session, username: str) -> User | None:
        """Return the user of this name, case aside."""
        return session.scalar(select(User).where(User.username_key == key(username)))

    @classmethod
    def there_is_an_admin(cls, session: Session) -> bool:
        """Tell whether an active administrator exists."""
        admin = exists().where(User.role == Role.ADMIN.label, User.active.is_(True))
        return bool(session.scalar(select(admin)))

    def revise(self, **changes: Any) -> Self:
        """Change what is given; raises LastAdministrator, Duplicate, or Invalid for an unknown store."""
        did = self.administers_all
        ends = any(getattr(self, name) != changes[name] for name in ENDS_SESSIONS & changes.keys())
        self.assign(changes)
        self._settle(self.session)
        if did and not self.administers_all and self.is_alone_in_administering:
            raise errors.LastAdministrator("Nobody else could grant access. Make another administrator first.")
        if ends:
            self.end_sessions()
        return self

    def deactivate(self) -> Self:
        """Let the user sign in no more, and end what they are signed in with."""
        return self.revise(active=False)

    def reactivate(self) -> Self:
        """Let the user sign in again."""
        return self.revise(active=True)

    def change_password(self, password_hash: str, *, kept_session: int | None = None) -> Self:
        """Keep the new hash and end all other sessions."""
        self.password_hash = password_hash
        self.end_sessions(but=kept_session)
        return self

    def renew_hash(self, was: str, renewed: str | None) -> None:
        """Keep the same password under today's parameters; not where it was changed, or the user left, meanwhile."""
        if self.password_hash != was or not self.active:
            raise errors.WrongCredentials("The username or the password is wrong.")
        if renewed is not None:  # no change of the row that anybody sees, so its version stays
            table = cast("Table", User.__table__)
            self.session.execute(update(table).where(table.c.id == self.id).values(password_hash=renewed))

    def end_sessions(self, *, but: int | None = None) -> None:
        """End every session of the user; `but` is the id of one that stays."""
        SignIn.end_of_user(self.session, self.id, but=but)

    @property
    def caller(self) -> Caller:
        """The user as the pipeline sees them."""
        stores = frozenset(self.store_ids)
        role, factor = Role.named(self.role), self.second_factor
        return Caller(self.id, self.username, role, stores, self.sees_all_stores, second_factor=factor)

    @property
    def administers_all(self) -> bool:
        """Whether the user can grant access: an active administrator whose role covers all stores."""
        return bool(self.active) and self.role == Role.ADMIN.label and not self.store_ids

    @property
    def is_alone_in_administering(self) -> bool:
        """Whether nobody else can; until the transaction ends it stays so.

        Locked in one order, so that of two who leave at once the second sees that the first has gone.
        """
        can = User.role == Role.ADMIN.label, User.active.is_(True), User.store_ids == []
        admins = select(User.id).where(*can).order_by(User.id)
        return set(self.session.scalars(admins.with_for_update())) <= {self.id}

    def _settle(self, session: Session) -> None:
        self.assign(
            {
                "name": self.name or self.username,
                "username_key": key(self.username),
                "email_key": key(self.email) if self.email else None,
            }
        )
        duplicates = taken(session, self, User.username_key, self.username_key, field="username")
        if self.email_key is not None:
            duplicates += taken(session, self, User.email_key, self.email_key, field="email")
        refuse_duplicates(duplicates)
        wrong = unknown_stores(session, self.store_ids or [])
        if wrong:
            raise errors.Invalid(errors=wrong)


class Oneself:
    """A user as what nobody but they themselves may have done to them, not even by an administrator."""

    id = User.id

    @classmethod
    def visible_to(cls, caller: Caller) -> Select[Any]:
        """Return the caller; nobody for a token."""
        return everything(User).where(User.id == (caller.user_id if caller.token_id is None else None))


def sign_in(session: Session, username: str, password: str) -> User:
    """Return the active user of a right pair; raises WrongCredentials, the same and as late for every other pair."""
    user = User.named(session, username)
    if not passwords.matches(user.password_hash if user else None, password) or user is None or not user.active:
        known = user.username if user else None
        raise errors.WrongCredentials("The username or the password is wrong.", username=known)
    return user


refusals["uq_users_username_key"] = lambda: duplicate("user", "username")
refusals["uq_users_email_key"] = lambda: duplicate("user", "email")
