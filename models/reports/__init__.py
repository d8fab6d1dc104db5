"""Reports: what the database makes of its rows when it is asked. Nothing here changes anything.

Each report is a select under the name of a small table of its own (`named`), so that lists filter, sort and page it as
they do any table. What a caller does not see is left out before anything is summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    TableClause,
    and_,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from common.access import Caller
from common.types import MoneyType
from models.level import quotient

DAY = String(10)
KIND = String(200)
ZERO = literal_column("0", BigInteger)


def result(name: str, **columns: Any) -> TableClause:
    """Return the table that a report's rows are called by."""
    return table(name, *(column(key, type_) for key, type_ in columns.items()))


def named(called: TableClause, inner: Select[Any]) -> Select[Any]:
    """Return the select of a report's rows, under the table that they are called by."""
    return select(called).add_cte(inner.cte(called.name))


def units(expression: Any) -> Any:
    """Return an exact number as the whole number of its smallest unit, which it is kept as."""
    return type_coerce(expression, BigInteger)


def total(expression: Any, type_: TypeEngine[Any] | type[TypeEngine[Any]]) -> Any:
    """Return the exact sum of a column, none being 0; a server makes another kind of number of a sum."""
    return type_coerce(cast(func.coalesce(func.sum(units(expression)), ZERO), BigInteger), type_)


def worth(expression: Any) -> Any:
    """Return the sum of values of seven decimals as money, rounded half to even as each of them is shown.

    Summed in two parts, because a few levels at their limits are more than 64 bits hold. The figures stand in the
    statement as they are: SQLite adds up once what stands in it twice, but not where parameters are in it.
    """
    steps, half = literal_column("1000", BigInteger), literal_column("500", BigInteger)
    units_ = units(expression)
    parts = quotient(units_, steps), units_ % steps
    whole, rest = (cast(func.coalesce(func.sum(part), ZERO), BigInteger) for part in parts)
    money, left = whole + quotient(rest, steps), rest % steps
    odd = money % literal_column("2", BigInteger) != ZERO
    up, down = or_(left > half, and_(left == half, odd)), or_(left < -half, and_(left == -half, odd))
    return type_coerce(money + case((up, 1), (down, -1), else_=0), MoneyType)


def grouped(by: Sequence[str], keys: dict[str, Any]) -> list[Any]:
    """Return the columns that rows are grouped by under their names; null those that they are not."""
    return [(key if name in by else cast(null(), key.type)).label(name) for name, key in keys.items()]


def seen(caller: Caller, statement: Select[Any], store_id: Any) -> Select[Any]:
    """Return the select without the stores whose stock does not exist for the caller."""
    return statement if caller.sees_only is None else statement.where(store_id.in_(sorted(caller.sees_only)))


def among(statement: Select[Any], expression: Any, ids: Sequence[Any] | None) -> Select[Any]:
    """Return the select with the rows alone that have one of these values; None for all of them."""
    return statement if ids is None else statement.where(expression.in_(ids))
