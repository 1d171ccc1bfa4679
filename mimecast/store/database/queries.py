"""Queries for snapshots: one seek in the key for each account or range, however many rows there are.

Instants are whole seconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    column,
    func,
    select,
    text,
    true,
    values,
)

from mimecast.domain.scores import AT_RISK, ScoreCounts
from mimecast.store.database.schema import snapshots

BATCH_ROWS: Final = 1000
"""Rows or ranges in one statement, which stays below the limits on variables of both databases."""


def newest_query(accounts: Sequence[str]) -> Select[Any]:
    """Select the row of the largest `taken_at` of each account."""
    return _end_query(accounts, func.max)


def oldest_query(accounts: Sequence[str]) -> Select[Any]:
    """Select the row of the smallest `taken_at` of each account."""
    return _end_query(accounts, func.min)


def _end_query(accounts: Sequence[str], end: Callable[[ColumnElement[int]], ColumnElement[int]]) -> Select[Any]:
    given = accounts_cte(accounts)
    inner = snapshots.alias("inside")
    instant = select(end(inner.c.taken_at)).where(inner.c.account == given.c.account).correlate(given)
    is_end = and_(snapshots.c.account == given.c.account, snapshots.c.taken_at == instant.scalar_subquery())
    return select(snapshots).select_from(given.join(snapshots, is_end))


def last_in_range_query(account: str, bounds: list[tuple[int, int, int]]) -> Select[Any]:
    """Select the row of the largest `taken_at` in each (range, low, high)."""
    ranges = _ranges(bounds)
    inside = snapshots.alias("inside")
    last = select(func.max(inside.c.taken_at)).where(_within(inside, account, ranges)).correlate(ranges)
    joined = ranges.join(
        snapshots, and_(snapshots.c.account == account, snapshots.c.taken_at == last.scalar_subquery())
    )
    return select(ranges.c.range, *snapshots.c).select_from(joined)


def levels_in_range_query(accounts: Sequence[str], bounds: list[tuple[int, int, int]]) -> Select[Any]:
    """Select the fields of `RiskLevel` of the largest `taken_at` for each account in each (range, low, high)."""
    given, ranges = accounts_cte(accounts), _ranges(bounds)
    inside = snapshots.alias("inside")
    last = select(func.max(inside.c.taken_at)).where(_within(inside, given.c.account, ranges)).correlate(given, ranges)
    is_last = and_(snapshots.c.account == given.c.account, snapshots.c.taken_at == last.scalar_subquery())
    pairs = given.join(ranges, true()).join(snapshots, is_last)
    users = [_total(AT_RISK), _total(ScoreCounts().as_mapping()), snapshots.c.other]
    return select(given.c.account, ranges.c.range, snapshots.c.taken_at, *users).select_from(pairs)


def count_covered_query(account: str, bounds: list[tuple[int, int, int]]) -> Select[int]:
    """Count the (range, low, high) that contain a row."""
    ranges = _ranges(bounds)
    inside = snapshots.alias("inside")
    some = select(inside.c.taken_at).where(_within(inside, account, ranges)).correlate(ranges)
    return select(func.count()).select_from(ranges).where(some.exists())


def _ranges(bounds: list[tuple[int, int, int]]) -> CTE:
    """Return the ranges as a table.

    The numbers are part of the statement: as parameters they took ten times as long as the seeks. Only a recursive CTE
    can name the columns of its VALUES.
    """
    rows = ", ".join(f"({index:d}, {low:d}, {high:d})" for index, low, high in bounds)
    seconds = snapshots.c.taken_at.type
    table = text(f"VALUES {rows}").columns(column("range", Integer), column("low", seconds), column("high", seconds))
    return table.cte("ranges", recursive=True)


def _total(grades: Iterable[str]) -> ColumnElement[int]:
    """Return the sum of the columns of these grades."""
    counts: list[ColumnElement[int]] = [snapshots.c[grade.lower()] for grade in grades]
    return reduce(add, counts)


def accounts_cte(accounts: Sequence[str]) -> CTE:
    """Return a table with the column `account` to join with."""
    table = values(column("account", snapshots.c.account.type), name="given")
    return table.data([(account,) for account in accounts]).cte("accounts")


def _within(table: FromClause, account: str | ColumnElement[str], ranges: CTE) -> ColumnElement[bool]:
    return and_(table.c.account == account, table.c.taken_at >= ranges.c.low, table.c.taken_at < ranges.c.high)
