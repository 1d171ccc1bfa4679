"""Runs of scheduled captures in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from mimecast.domain.scheduled_runs import Run, RunOutcome, ScheduleStatus, schedule_status
from mimecast.store.database.queries import BATCH_ROWS, accounts_cte
from mimecast.store.database.tables import runs
from mimecast.store.store import Store

MAX_RUNS_KEPT: Final = 100
"""Runs kept of each account, the newest."""

_OLDEST_SURPLUS: Final = (
    select(runs.c.id)
    .where(runs.c.account == bindparam("surplus_of"))
    .order_by(runs.c.id.desc())
    .offset(MAX_RUNS_KEPT)
    .limit(1)
    .scalar_subquery()
)
_DELETE_SURPLUS: Final = runs.delete().where(runs.c.account == bindparam("surplus_of"), runs.c.id <= _OLDEST_SURPLUS)


def save_runs(store: Store, *ended: Run) -> None:
    """Store runs in one transaction, and keep only the newest `MAX_RUNS_KEPT` of each account.

    They survive a kill, but perhaps not a power cut. Raises StoreReadOnly, StoreError.
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

    def insert_and_trim(connection: Connection) -> None:
        connection.execute(runs.insert(), rows)
        connection.execute(_DELETE_SURPLUS, [{"surplus_of": row["account"]} for row in rows])

    store.write(insert_and_trim, durable=False)


def newest_runs(store: Store, account: str, limit: int = MAX_RUNS_KEPT) -> list[Run]:
    """Return an account's runs, newest first. Raises StoreError."""
    if not store.has_table(runs):
        return []
    query = select(runs).where(runs.c.account == account).order_by(runs.c.id.desc()).limit(limit)
    with store.reading() as connection:
        return [_from_row(row) for row in connection.execute(query)]


def last_runs(store: Store, accounts: Sequence[str]) -> dict[str, Run]:
    """Return the newest run of each account that has one, with one seek in the index for each. Raises StoreError."""
    newest: dict[str, Run] = {}
    with store.reading() as connection:
        for start in range(0, len(accounts), BATCH_ROWS):
            for row in connection.execute(last_runs_query(accounts[start : start + BATCH_ROWS])):
                newest[row.account] = _from_row(row)
    return newest


def last_runs_query(accounts: Sequence[str]) -> Select[Any]:
    """Select the row of the largest `id` of each account."""
    given = accounts_cte(accounts)
    inner = runs.alias("inside")
    last = select(func.max(inner.c.id)).where(inner.c.account == given.c.account).correlate(given)
    return select(runs).select_from(given.join(runs, runs.c.id == last.scalar_subquery()))


def load_schedule_status(store: Store, account: str) -> ScheduleStatus:
    """Load what is known about an account's scheduled captures. Raises StoreError."""
    return schedule_status(newest_runs(store, account))


def _from_row(row: Row[Any]) -> Run:
    return Run(
        row.account,
        datetime.fromtimestamp(row.started, UTC),
        datetime.fromtimestamp(row.ended, UTC),
        RunOutcome(row.outcome),
        row.title,
        row.sentence,
    )
