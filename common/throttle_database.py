"""The counts of failed attempts in the database: the default, and right for several processes too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Index, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from common import clock
from common.database import again, db, insert_missing
from common.throttle import ADDRESS_FACTOR, FORGOTTEN_AFTER, KNOWN_FOR, Attempt, Count, refuse
from common.types import Timestamp


class FailedAttempt(db.Model):
    """A count under a key; or, with none, that an account is known at an address."""

    __tablename__ = "throttles"
    __table_args__ = (Index("ix_throttles_kept_until", "kept_until"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime | None] = mapped_column(Timestamp)
    wait_until: Mapped[datetime | None] = mapped_column(Timestamp)
    kept_until: Mapped[datetime] = mapped_column(Timestamp)


class InDatabase:
    """Each attempt is a short transaction of its own, ended before the password is looked at."""

    def __init__(self, free: int, session: Callable[[], Session] = db.session) -> None:
        self._session = session
        self._free = {"pair": free, "address": free * ADDRESS_FACTOR}

    def enter(self, attempt: Attempt) -> None:
        """See Throttle."""
        again(self._session(), lambda session: self._enter(session, attempt))

    def succeed(self, attempt: Attempt) -> None:
        """See Throttle."""
        again(self._session(), lambda session: self._succeed(session, attempt))

    def _enter(self, session: Session, attempt: Attempt) -> None:
        now = clock.now()
        session.execute(delete(FailedAttempt).where(FailedAttempt.kept_until < now))
        counted = {attempt.pair: self._free["pair"]}
        if session.get(FailedAttempt, attempt.known) is None:
            counted[attempt.address] = self._free["address"]
        insert_missing(session, FailedAttempt, [{"key": key, "failures": 0, "kept_until": now} for key in counted])
        # Locked in one order, so that two attempts at once never wait for each other in a circle.
        table = FailedAttempt
        of_keys = select(table).where(table.key.in_(counted)).order_by(table.key).with_for_update()
        rows = session.scalars(of_keys.execution_options(populate_existing=True)).all()
        counts = {row.key: Count(row.failures, row.last_at, row.wait_until) for row in rows}
        longest = max(count.wait(now) for count in counts.values())
        if longest:
            raise refuse(longest)
        for row in rows:
            row.failures, row.last_at, row.wait_until = counts[row.key].after_another(now, counted[row.key])
            row.kept_until = max(now, row.wait_until or now) + FORGOTTEN_AFTER

    def _succeed(self, session: Session, attempt: Attempt) -> None:
        now = clock.now()
        session.execute(delete(FailedAttempt).where(FailedAttempt.key == attempt.pair))
        known = session.get(FailedAttempt, attempt.known)
        if known is None:
            of_address = FailedAttempt.key == attempt.address
            one_less = {"failures": FailedAttempt.failures - 1, "wait_until": None}
            session.execute(update(FailedAttempt).where(of_address, FailedAttempt.failures > 0).values(one_less))
            insert_missing(
                session, FailedAttempt, [{"key": attempt.known, "failures": 0, "kept_until": now + KNOWN_FOR}]
            )
        else:
            known.kept_until = now + KNOWN_FOR
