"""Whether a link is offered to who asks, for `Holds` (common/http/conditions.py): none leads to a refusal."""

from __future__ import annotations

from common.access import Role
from common.http.guard import asking, lacks_factor


def to_people(_: object) -> bool:
    """Tell whether a person asks, not a token."""
    return asking().token_id is None


def to_admitted(_: object) -> bool:
    """Tell whether a person asks who need not set up a second factor first."""
    caller = asking()
    return caller.token_id is None and not lacks_factor(caller)


def to_unlimited(_: object) -> bool:
    """Tell whether the caller's role covers all stores."""
    return not asking().store_ids


def to_oneself_or_unlimited(user_id: int) -> bool:
    """Tell whether a person asks about themselves, or one whose role covers all stores about anybody."""
    caller = asking()
    return caller.token_id is None and (user_id == caller.user_id or not caller.store_ids)


def vouched(value: str) -> str | None:
    """Return a digest of what only those see whole who see costs and all stores; null for anybody else.

    Who knows all of it but a price or a level finds that by trying: there are not many.
    """
    return value if sees_whole() else None


def sees_whole() -> bool:
    """Tell whether nothing of a document is kept from the caller."""
    caller = asking()
    return caller.may(Role.MANAGER) and caller.sees_only is None
