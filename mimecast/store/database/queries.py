"""Queries for snapshots: one seek in the key for each account or range, however many rows there are.

Instants are whole seconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    and_,
    column,
    func,
    null,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
    values,
)

from mimecast.domain.scores import AT_RISK, ScoreCounts
from mimecast.domain.snapshot import Source
from mimecast.store.database.tables import IS_FROM_SANDBOX, implausible_answers, snapshots

BATCH_ROWS: Final = 1000
"""Rows or ranges in one statement, which stays below the limits on variables of both databases."""


@dataclass(frozen=True, slots=True)
class PlausibleInstants:
    """The instants from `first` to `last`, both included, at which a snapshot can have been taken.

    Rows outside are not selected. Ranges are cut to them here instead of by a condition: with two upper bounds on a
    column, SQLite seeks to one of them and reads every row down to the other. Nor are the rows selected whose account
    and instant are among `marked`: their counts are implausible. There are few, so a list keeps the seeks. Rows from
    the sandbox are not selected for the accounts in `real`, which have others as well.
    """

    first: int
    last: int
    marked: tuple[tuple[str, int], ...] = ()
    real: tuple[str, ...] = ()

    def where(self, table: FromClause) -> ColumnElement[bool]:
        """Return the condition that a row of `snapshots` is plausible."""
        return and_(table.c.taken_at.between(self.first, self.last), self.unmarked(table))

    def unmarked(self, table: FromClause) -> ColumnElement[bool]:
        """Return the condition that a row of `snapshots` has no mark and is not of a sandbox that is ignored."""
        has_no_mark = tuple_(table.c.account, table.c.taken_at).not_in(self.marked) if self.marked else true()
        if not self.real:
            return has_no_mark
        return and_(has_no_mark, or_(table.c.source != Source.SANDBOX.value, table.c.account.not_in(self.real)))

    def cut(self, bounds: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Return each (range, low, high) without the instants that are not plausible."""
        return [(index, max(low, self.first), min(high, self.last + 1)) for index, low, high in bounds]


def end_query(account: str, plausible: PlausibleInstants, *, newest: bool) -> Select[Any]:
    """Select the row of the account's largest or smallest `taken_at`."""
    taken_at = snapshots.c.taken_at
    rows = select(snapshots).where(snapshots.c.account == account, plausible.where(snapshots))
    return rows.order_by(taken_at.desc() if newest else taken_at).limit(1)


def ends_query(accounts: Sequence[str], plausible: PlausibleInstants, *, newest: bool) -> Select[Any]:
    """Select the row of the largest or smallest `taken_at` of each account."""
    given = accounts_cte(accounts)
    inner = snapshots.alias("inside")
    end = func.max(inner.c.taken_at) if newest else func.min(inner.c.taken_at)
    is_own = and_(inner.c.account == given.c.account, plausible.where(inner))
    instant = select(end).where(is_own).correlate(given)
    is_end = and_(snapshots.c.account == given.c.account, snapshots.c.taken_at == instant.scalar_subquery())
    return select(snapshots).select_from(given.join(snapshots, is_end))


def last_in_range_query(account: str, bounds: list[tuple[int, int, int]], plausible: PlausibleInstants) -> Select[Any]:
    """Select the row of the largest `taken_at` in each (range, low, high)."""
    ranges = _ranges(plausible.cut(bounds))
    inside = snapshots.alias("inside")
    is_inside = and_(_within(inside, account, ranges), plausible.unmarked(inside))
    last = select(func.max(inside.c.taken_at)).where(is_inside).correlate(ranges)
    joined = ranges.join(
        snapshots, and_(snapshots.c.account == account, snapshots.c.taken_at == last.scalar_subquery())
    )
    return select(ranges.c.range, *snapshots.c).select_from(joined)


def levels_in_range_query(
    accounts: Sequence[str], bounds: list[tuple[int, int, int]], plausible: PlausibleInstants
) -> Select[Any]:
    """Select the fields of `RiskLevel` of the largest `taken_at` for each account in each (range, low, high)."""
    given, ranges = accounts_cte(accounts), _ranges(plausible.cut(bounds))
    inside = snapshots.alias("inside")
    is_inside = and_(_within(inside, given.c.account, ranges), plausible.unmarked(inside))
    last = select(func.max(inside.c.taken_at)).where(is_inside).correlate(given, ranges)
    is_last = and_(snapshots.c.account == given.c.account, snapshots.c.taken_at == last.scalar_subquery())
    pairs = given.join(ranges, true()).join(snapshots, is_last)
    users = [_total(AT_RISK), _total(ScoreCounts().as_mapping()), snapshots.c.other]
    return select(given.c.account, ranges.c.range, snapshots.c.taken_at, *users).select_from(pairs)


def ignored_query(accounts: Sequence[str]) -> CompoundSelect[Any]:
    """Select what no number is computed from: the rows of `marked_query`, and those of `real_query` with no instant."""
    no_instant = null().cast(snapshots.c.taken_at.type)
    real = real_query().add_columns(no_instant.label("taken_at"))
    return union_all(marked_query(accounts), real)


def marked_query(accounts: Sequence[str]) -> Select[Any]:
    """Select the account and instant of each snapshot of these accounts whose counts are marked as implausible."""
    marks = implausible_answers.c
    return select(marks.account, marks.taken_at).where(marks.account.in_(accounts))


def real_query() -> Select[Any]:
    """Select the accounts that have snapshots from the sandbox and others. For most stores it reads an empty index."""
    other = snapshots.alias("other")
    is_other = and_(other.c.account == snapshots.c.account, other.c.source != Source.SANDBOX.value)
    has_other = select(other.c.taken_at).where(is_other).correlate(snapshots).exists()
    return select(snapshots.c.account).where(IS_FROM_SANDBOX, has_other).distinct()


def misdated_queries(account: str, plausible: PlausibleInstants, limit: int) -> tuple[Select[Any], Select[Any]]:
    """Select the rows of an account before the plausible instants and those after them, oldest first.

    They are two queries, since SQLite would read every row of the account for a condition of both.
    """
    taken_at = snapshots.c.taken_at
    rows = select(snapshots).where(snapshots.c.account == account).order_by(taken_at).limit(limit)
    return rows.where(taken_at < plausible.first), rows.where(taken_at > plausible.last)


def count_covered_query(account: str, bounds: list[tuple[int, int, int]], plausible: PlausibleInstants) -> Select[int]:
    """Count the (range, low, high) that contain a row."""
    ranges = _ranges(plausible.cut(bounds))
    inside = snapshots.alias("inside")
    is_inside = and_(_within(inside, account, ranges), plausible.unmarked(inside))
    some = select(inside.c.taken_at).where(is_inside).correlate(ranges)
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
