"""Runs of scheduled captures in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from mimecast.domain.scheduled_runs import (
    Run,
    RunOutcome,
    ScheduleStatus,
    usual_interval,
)
from mimecast.store.database.queries import BATCH_ROWS, accounts_cte
from mimecast.store.database.schema import runs
from mimecast.store.store import Store

MAX_RUNS_KEPT: Final = 100
"""Runs kept for each account: the newest."""


_OLDEST_SURPLUS: Final = (
    select(runs.c.id)
    .where(runs.c.account == bindparam("whose"))
    .order_by(runs.c.id.desc())
    .offset(MAX_RUNS_KEPT)
    .limit(1)
    .scalar_subquery()
)
_DELETE_SURPLUS: Final = runs.delete().where(runs.c.account == bindparam("whose"), runs.c.id <= _OLDEST_SURPLUS)


def save_runs(store: Store, *ended: Run) -> None:
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
            "sentence": run.message[:1000],
        }
        for run in ended
    ]

    def work(connection: Connection) -> None:
        connection.execute(runs.insert(), rows)
        connection.execute(_DELETE_SURPLUS, [{"whose": row["account"]} for row in rows])

    store.write(work, durable=False)


def newest_runs(store: Store, account: str, most: int = MAX_RUNS_KEPT) -> list[Run]:
    """An account's runs, newest first. Raises StoreError."""
    query = select(runs).where(runs.c.account == account).order_by(runs.c.id.desc()).limit(most)
    with store.reading() as connection:
        return [_from_row(row) for row in connection.execute(query)]


def last_runs(store: Store, accounts: Sequence[str]) -> dict[str, Run]:
    """The newest run of each account that has one: one seek in the index for each. Raises StoreError."""
    found: dict[str, Run] = {}
    with store.reading() as connection:
        for start in range(0, len(accounts), BATCH_ROWS):
            for row in connection.execute(last_runs_query(accounts[start : start + BATCH_ROWS])):
                found[row.account] = _from_row(row)
    return found


def last_runs_query(accounts: Sequence[str]) -> Select[Any]:
    """The row of the largest `id` of each account."""
    given = accounts_cte(accounts)
    inside = runs.alias("inside")
    last = select(func.max(inside.c.id)).where(inside.c.account == given.c.account).correlate(given)
    return select(runs).select_from(given.join(runs, runs.c.id == last.scalar_subquery()))


def load_schedule_status(store: Store, account: str) -> ScheduleStatus:
    """The last run, the usual interval between runs, and when the next one should begin. Raises StoreError.

    The interval is the median of the last ones, and known only when most of them are alike: runs that a person starts
    now and then promise nothing. The next run may be in the past: then it has not come.
    """
    found = newest_runs(store, account)
    if not found:
        return ScheduleStatus()
    every = usual_interval([run.started for run in found])
    return ScheduleStatus(found[0], every, found[0].started + every if every else None)


def _from_row(row: Row[Any]) -> Run:
    return Run(
        row.account,
        datetime.fromtimestamp(row.started, UTC),
        datetime.fromtimestamp(row.ended, UTC),
        RunOutcome(row.outcome),
        row.title,
        row.sentence,
    )
