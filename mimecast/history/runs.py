"""Unattended captures: when each began and ended, what came of it, and when the next one should come.

`snapshot` records one run for each account, so that the Connection page can say whether the history is being kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from mimecast.history.queries import given_accounts
from mimecast.history.schema import runs
from mimecast.history.store import ROWS_AT_ONCE, Store
from mimecast.problems import Problem

MOST_KEPT: Final = 100
"""Runs kept for each account: the newest."""

INTERVALS_LOOKED_AT: Final = 14
FEWEST_INTERVALS: Final = 3
TOGETHER: Final = timedelta(seconds=30)
"""Runs that begin within this belong to the same moment: two machines' schedulers, say."""

ALIKE: Final = 0.1
"""How far an interval may be from the usual one, as a part of it: a day of 23 hours is still a day."""


_OLDEST_TOO_MANY: Final = (
    select(runs.c.id)
    .where(runs.c.account == bindparam("whose"))
    .order_by(runs.c.id.desc())
    .offset(MOST_KEPT)
    .limit(1)
    .scalar_subquery()
)
_SURPLUS: Final = runs.delete().where(runs.c.account == bindparam("whose"), runs.c.id <= _OLDEST_TOO_MANY)


class Outcome(StrEnum):
    """`STORED`: a snapshot was stored; `SHARED`: another run was just storing one; `FAILED`: none was stored."""

    STORED = "stored"
    SHARED = "shared"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One capture of one account. Both instants are UTC, in whole seconds; `title` and `sentence` are the problem's,
    and empty when there was none."""

    account: str
    started: datetime
    ended: datetime
    outcome: Outcome
    title: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Unattended:
    """What is known about an account's scheduled captures; None where nothing is, or runs come too irregularly."""

    last: Run | None = None
    every: timedelta | None = None
    next_expected: datetime | None = None


def finished(account: str, started: datetime, ended: datetime, outcome: Outcome | Problem) -> Run:
    """The run that ended so; a problem means it failed."""
    if isinstance(outcome, Problem):
        return Run(account, started, ended, Outcome.FAILED, outcome.title, outcome.sentence)
    return Run(account, started, ended, outcome)


def record(store: Store, *ended: Run) -> None:
    """Keep runs, in one transaction, and of each account only the newest `MOST_KEPT`.

    They survive a kill, but perhaps no power cut. Raises StoreReadOnly, StoreError.
    """

    rows = [
        {
            "account": run.account,
            "started": int(run.started.timestamp()),
            "ended": int(run.ended.timestamp()),
            "outcome": run.outcome.value,
            "title": run.title[:200],
            "sentence": run.sentence[:1000],
        }
        for run in ended
    ]

    def work(connection: Connection) -> None:
        connection.execute(runs.insert(), rows)
        connection.execute(_SURPLUS, [{"whose": row["account"]} for row in rows])

    store.write(work, durable=False)


def newest_runs(store: Store, account: str, most: int = MOST_KEPT) -> list[Run]:
    """An account's runs, newest first. Raises StoreError."""
    query = select(runs).where(runs.c.account == account).order_by(runs.c.id.desc()).limit(most)
    with store.reading() as connection:
        return [_from_row(row) for row in connection.execute(query)]


def last_runs(store: Store, accounts: Sequence[str]) -> dict[str, Run]:
    """The newest run of each account that has one: one seek in the index for each. Raises StoreError."""
    found: dict[str, Run] = {}
    with store.reading() as connection:
        for start in range(0, len(accounts), ROWS_AT_ONCE):
            for row in connection.execute(last_runs_query(accounts[start : start + ROWS_AT_ONCE])):
                found[row.account] = _from_row(row)
    return found


def last_runs_query(accounts: Sequence[str]) -> Select[Any]:
    """The row of the largest `id` of each account."""
    given = given_accounts(accounts)
    inside = runs.alias("inside")
    last = select(func.max(inside.c.id)).where(inside.c.account == given.c.account).correlate(given)
    return select(runs).select_from(given.join(runs, runs.c.id == last.scalar_subquery()))


def unattended(store: Store, account: str) -> Unattended:
    """The last run, the usual interval between runs, and when the next one should begin. Raises StoreError.

    The interval is the median of the last ones, and known only when most of them are alike: runs that a person starts
    now and then promise nothing. The next run may be in the past: then it has not come.
    """
    found = newest_runs(store, account)
    if not found:
        return Unattended()
    every = usual_interval([run.started for run in found])
    return Unattended(found[0], every, found[0].started + every if every else None)


def usual_interval(starts: list[datetime]) -> timedelta | None:
    """The usual time between instants, which may come in any order; None when there is none."""
    moments: list[datetime] = []
    for start in sorted(starts):
        if not moments or start - moments[-1] > TOGETHER:
            moments.append(start)
    recent = moments[-INTERVALS_LOOKED_AT - 1 :]
    intervals = [(later - earlier).total_seconds() for earlier, later in pairwise(recent)]
    if len(intervals) < FEWEST_INTERVALS:
        return None
    usual = median(intervals)
    alike = sum(abs(interval - usual) <= ALIKE * usual for interval in intervals)
    return timedelta(seconds=round(usual)) if alike > len(intervals) / 2 else None


def _from_row(row: Row[Any]) -> Run:
    return Run(
        row.account,
        datetime.fromtimestamp(row.started, UTC),
        datetime.fromtimestamp(row.ended, UTC),
        Outcome(row.outcome),
        row.title,
        row.sentence,
    )
