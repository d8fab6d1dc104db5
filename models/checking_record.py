"""Proofs that the record is whole, and that the ledger is what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, select, text, type_coerce
from sqlalchemy.orm import Session

from common.anchors import Anchors
from common.types import dump_json
from models import chain
from models.audit import AuditEntry, created
from models.chain import AuditSeal
from models.movement import LINE, Movement, MovementLine, lines_digest

_BATCH = 1000


def seals(connection: Connection) -> Iterator[str]:
    """Every seal vouches for its entry and for the seal before it; positions run from 1 without a gap."""
    entries = chain.contents()
    query = select(AuditSeal.position, AuditSeal.hash, AuditSeal.entry_id, *entries).outerjoin_from(
        AuditSeal, AuditEntry, AuditEntry.id == AuditSeal.entry_id
    )
    before, last = chain.GENESIS, 0
    with connection.execute(query.order_by(AuditSeal.position), execution_options={"yield_per": _BATCH}) as rows:
        for position, hash_, entry_id, *content in rows:
            if position != last + 1:
                yield f"position {last + 1} is missing"
            elif content[0] is None:
                yield f"position {position}: its entry {entry_id} is missing"
            elif not _holds(before, position, content, hash_):
                yield f"position {position}: entry {entry_id} ({_named(content)}) is not what was sealed"
            before, last = hash_, position


def _holds(before: Any, position: int, content: list[Any], hash_: Any) -> bool:
    try:
        return bool(chain.hash_of(before, position, content) == hash_)
    except (TypeError, ValueError, AttributeError):  # of another type than any entry or seal has
        return False


def _named(content: list[Any]) -> str:
    entry = dict(zip(chain.CONTENT, content, strict=True))
    return f"{entry['entity']} {entry['row_id']}, {entry['kind']}, {entry['at']}"


def unsealed(connection: Connection) -> Iterator[str]:
    """Every entry has a seal; on a server it may be waiting for one."""
    query = text(
        "SELECT e.id FROM audit_entries e LEFT JOIN audit_seals s ON s.entry_id = e.id "
        "LEFT JOIN audit_unsealed u ON u.entry_id = e.id WHERE s.position IS NULL AND u.entry_id IS NULL ORDER BY e.id"
    )
    yield from (f"entry {id_} has no seal" for (id_,) in connection.execute(query))


def anchored(anchors: Anchors | None, connection: Connection) -> Iterator[str]:
    """Every head that was kept outside the database is still in the chain."""
    for position, head, moment in anchors.all() if anchors else ():
        found = connection.scalar(select(AuditSeal.hash).where(AuditSeal.position == position))
        if not moment:
            yield f"a line of {anchors.path.name if anchors else ''} is no head: {head}"
        elif found is None:
            yield f"position {position}, kept at {moment}, is missing: the record was cut, or an older backup restored"
        elif found != head:
            yield f"position {position} is not the one that was kept at {moment}"


def unseen(anchors: Anchors | None, connection: Connection) -> str:
    """Return in words that there is no head to hold the chain against; empty where there is one, or no chain."""
    kept = next(iter(anchors.all()), None) if anchors else None
    if kept or connection.scalar(select(AuditSeal.position).limit(1)) is None:
        return ""
    return "no head of it was kept outside the database, so nothing would tell that its end was cut off"


def documents(connection: Connection) -> Iterator[str]:
    """Every document is what the record says that it was when it was recorded."""
    of_it = and_(AuditEntry.entity == "movements", AuditEntry.kind == "created", AuditEntry.row_id == Movement.id)
    changes: Any = type_coerce(AuditEntry.__table__.c.changes, chain.RAW["changes"])
    query = select(Movement, changes).outerjoin(AuditEntry, of_it).order_by(Movement.id)
    recorded = False  # a shop that is older than the record has documents without an entry, but none after the first
    with Session(connection) as session:
        for movement, said in session.execute(query, execution_options={"yield_per": _BATCH}):
            recorded = recorded or said is not None
            if said is None and (recorded or movement.lines_digest is not None):
                yield f"movement {movement.id} is not in the record"
            elif said is not None and dump_json(created(movement)) != said:
                yield f"movement {movement.id} is not what was recorded"
    query = select(AuditEntry.row_id).outerjoin(Movement, Movement.id == AuditEntry.row_id)
    gone = query.where(AuditEntry.entity == "movements", Movement.id.is_(None)).order_by(AuditEntry.row_id)
    yield from (f"movement {id_} was recorded and is missing" for (id_,) in connection.execute(gone))


def lines(connection: Connection) -> Iterator[str]:
    """Every document's lines are those that its row vouches for."""
    columns = [type_coerce(c, BigInteger) if c.key != "place" else c for c in (getattr(MovementLine, n) for n in LINE)]
    query = (
        select(Movement.id, Movement.lines_digest, *columns)
        .outerjoin(MovementLine, MovementLine.movement_id == Movement.id)
        .where(Movement.lines_digest.is_not(None))
        .order_by(Movement.id, MovementLine.id)
    )
    with connection.execute(query, execution_options={"yield_per": _BATCH}) as rows:
        for (id_, digest), found in groupby(rows, key=lambda row: row[:2]):
            if lines_digest(tuple(row[2:]) for row in found) != digest:
                yield f"movement {id_}: its lines are not those that were recorded"
