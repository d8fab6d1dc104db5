"""FastAPI with SQLAlchemy as their documentation writes it: entities, a response model, a session a request.

Signed in by a cookie that a dependency looks up. Money is Numeric and Decimal, as SQLAlchemy's manual has it.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Cookie, Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, Numeric, String, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

# The pool holds every connection that the load has: the default of five would open and close the others.
engine = create_engine(
    f"sqlite:///{os.environ['BENCH_DATABASE']}", connect_args={"check_same_thread": False}, pool_size=16
)
SessionLocal = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sku: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    category_id: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(8))
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    archived_at: Mapped[datetime | None]


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    active: Mapped[bool]


class MemberSession(Base):
    __tablename__ = "member_sessions"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    expires_at: Mapped[datetime]


class ItemPublic(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    version: int
    created_at: datetime
    updated_at: datetime
    sku: str
    name: str
    description: str | None
    category_id: int | None
    unit: str
    price: Decimal | None
    cost: Decimal | None
    tax_rate: Decimal | None
    archived_at: datetime | None


def get_session() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


def get_current_member(session: SessionDep, session_key: Annotated[str | None, Cookie()] = None) -> Member:
    now = datetime.now(UTC).replace(tzinfo=None)
    found = select(Member).join(MemberSession).where(MemberSession.key == session_key, MemberSession.expires_at > now)
    member = session.scalars(found).first()
    if member is None or not member.active:
        raise HTTPException(status_code=401, detail="Not authenticated")
    return member


app = FastAPI()


@app.get("/items", response_model=list[ItemPublic])
def read_items(
    session: SessionDep,
    _member: Annotated[Member, Depends(get_current_member)],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: int = 0,
    sort: Literal["id", "name"] = "id",
) -> Sequence[Item]:
    page = select(Item).where(Item.archived_at.is_(None)).limit(limit)
    page = page.order_by(Item.name, Item.id) if sort == "name" else page.where(Item.id > after).order_by(Item.id)
    return session.scalars(page).all()
