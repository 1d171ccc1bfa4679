"""Generated stores: as many accounts, years and snapshots a day as asked for, from a fixed seed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from mimecast.domain.snapshot import Source
from mimecast.store.database.schema import snapshots
from mimecast.store.store import Store

SEED: Final = 20_261_124
SINCE_THE_NEWEST: Final = timedelta(minutes=20)
"""Young enough that no page asks Mimecast by itself, and older than what is called live."""


@dataclass(frozen=True)
class Plan:
    """`accounts` accounts, each with `rows` snapshots that are `every` apart."""

    name: str
    rows: int
    every: timedelta
    accounts: int = 1

    @property
    def ids(self) -> list[str]:
        return [f"account-{number:03}" for number in range(1, self.accounts + 1)]


TEN_DAYS: Final = Plan("ten days", 10, timedelta(days=1))
ONE_YEAR: Final = Plan("one year", 365, timedelta(days=1))
TEN_YEARS_HOURLY: Final = Plan("ten years hourly", 87_600, timedelta(hours=1))
MANY_ACCOUNTS: Final = Plan("500 accounts", 5 * 365 + 1, timedelta(days=1), accounts=500)
PLANS: Final = (TEN_DAYS, ONE_YEAR, TEN_YEARS_HOURLY, MANY_ACCOUNTS)


def make_store(plan: Plan, folder: Path, now: datetime) -> str:
    """Write the plan's store into the folder; return its URL."""
    file = folder / f"{plan.name.replace(' ', '-')}.db"
    Store.open(f"sqlite:///{file}")
    columns = [column.name for column in snapshots.columns]
    insert = f"INSERT INTO snapshots ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    with closing(sqlite3.connect(file)) as connection, connection:
        for number, account in enumerate(plan.ids):
            rng = random.Random(SEED + number)
            connection.executemany(insert, _history(plan, account, now, rng))
    return f"sqlite:///{file}"


def _history(plan: Plan, account: str, now: datetime, rng: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows of one account, oldest first: shares that wander, and headcount that grows."""
    newest = int((now - SINCE_THE_NEWEST).timestamp())
    step, users = int(plan.every.total_seconds()), rng.randint(40, 4000)
    at_risk, wander = rng.uniform(6.0, 24.0), 0.0
    for row in range(plan.rows):
        wander = 0.97 * wander + rng.gauss(0, 0.3)
        graded = int(users * (1 + 0.2 * row / plan.rows))
        share = min(max(at_risk + wander, 1.0), 60.0) / 100
        d, f = int(graded * share * 0.7), int(graded * share * 0.3)
        a, b = int(graded * 0.42), int(graded * 0.24)
        c = max(graded - a - b - d - f, 0)
        yield account, newest - step * (plan.rows - 1 - row), a, b, c, d, f, 0, "", Source.MIMECAST.value
