"""Roles, and what the pipeline needs to know of whoever is asking."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Role(enum.IntEnum):
    """Each role includes the ones before it, so a comparison is the whole check."""

    VIEWER = 1
    CLERK = 2
    MANAGER = 3
    ADMIN = 4

    @property
    def label(self) -> str:
        """The name that clients see."""
        return self.name.lower()

    @classmethod
    def named(cls, label: str) -> Role:
        """Return the role of a label; KeyError if there is none."""
        return cls[label.upper()] if label.islower() else cls["?"]


LABELS = tuple(role.label for role in Role)


@dataclass(slots=True)
class Caller:
    """Who is asking: a signed-in user, or nobody (role None) where settings open the catalogue.

    It also is what Flask-Login keeps as `current_user`; `reference` is the session's secret reference.
    `second_factor`: whether the user has one; `by_sign_on`: whether an OpenID provider let them in. `token_id` is set
    where a token signed the request, `for_minutes` where a short-lived one made from it did.
    """

    user_id: int | None = None
    username: str = ""
    role: Role | None = None
    store_ids: frozenset[int] = field(default_factory=frozenset)
    sees_all_stores: bool = True
    session_id: int | None = None
    reference: str = ""
    token_id: int | None = None
    for_minutes: bool = False
    second_factor: bool = False
    by_sign_on: bool = False

    is_active = True

    @property
    def is_authenticated(self) -> bool:
        """Flask-Login's question."""
        return self.role is not None

    @property
    def is_anonymous(self) -> bool:
        """Flask-Login's question, the other way round."""
        return self.role is None

    def get_id(self) -> str:
        """What the session cookie carries: the reference of a server-side row, never the user's id."""
        return self.reference

    def may(self, role: Role) -> bool:
        """Tell whether the caller's role includes `role`."""
        return self.role is not None and self.role >= role

    @property
    def sees_only(self) -> frozenset[int] | None:
        """The stores whose stock exists for this caller; None for all."""
        return None if self.sees_all_stores or not self.store_ids else self.store_ids

    def may_write_store(self, store_id: int) -> bool:
        """Tell whether stock of this store may be changed by this caller."""
        return not self.store_ids or store_id in self.store_ids

    def sees_store(self, store_id: int) -> bool:
        """Tell whether stock of this store exists for this caller."""
        return self.sees_all_stores or self.may_write_store(store_id)


ANONYMOUS = Caller()
