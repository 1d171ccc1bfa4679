"""Generated stores with any number of accounts and snapshots, from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert

from bench.harness.people import add_people
from mimecast.domain.snapshot import Source
from mimecast.store.database.tables import snapshots
from mimecast.store.store import Store

SEED: Final = 20_261_124

NEWEST_AGE: Final = timedelta(minutes=20)
"""Age of the newest snapshot: too young for a page to request a new one, too old to be called live."""


@dataclass(frozen=True)
class StorePlan:
    """What a generated store holds: `accounts` accounts with `snapshots` each, `interval` apart.

    With `people`, each snapshot has a list of so many users.
    """

    name: str
    snapshots: int
    interval: timedelta
    accounts: int = 1
    people: int = 0

    @property
    def account_ids(self) -> list[str]:
        """Return the ids `account-001`, `account-002` and so on."""
        return [f"account-{number:03}" for number in range(1, self.accounts + 1)]


TEN_DAYS: Final = StorePlan("ten days", 10, timedelta(days=1))
ONE_YEAR: Final = StorePlan("one year", 365, timedelta(days=1))
TEN_YEARS_DAILY: Final = StorePlan("ten years daily", 3653, timedelta(days=1))
TEN_YEARS_HOURLY: Final = StorePlan("ten years hourly", 87_600, timedelta(hours=1))
MANY_PEOPLE: Final = StorePlan("50,000 people", 400, timedelta(days=1), people=50_000)
"""Lists for as long as they are kept unless `people_retention` is set."""
MANY_ACCOUNTS: Final = StorePlan("500 accounts", 5 * 365 + 1, timedelta(days=1), accounts=500)


def make_store(plan: StorePlan, folder: Path, now: datetime) -> str:
    """Write a plan's store into a folder and return its URL."""
    url = f"sqlite:///{folder / plan.name.replace(' ', '-')}.db"
    store = Store.open(url)
    for number, account in enumerate(plan.account_ids):
        # Store.add would check every row against what is stored, which takes ten times as long.
        with store.writing() as connection:
            rows = list(_rows(plan, account, now, random.Random(SEED + number)))
            connection.execute(insert(snapshots), rows)
        if plan.people:
            add_people(store, account, [row["taken_at"] for row in rows], plan.people, random.Random(SEED + number))
    return url


def _rows(plan: StorePlan, account: str, now: datetime, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Yield the rows of one account, oldest first: the share at risk wanders and the number of users grows."""
    newest = int((now - NEWEST_AGE).timestamp())
    interval, users = int(plan.interval.total_seconds()), rng.randint(40, 4000)
    mean_share, deviation = rng.uniform(6.0, 24.0), 0.0
    for index in range(plan.snapshots):
        deviation = 0.97 * deviation + rng.gauss(0, 0.3)
        share = min(max(mean_share + deviation, 1.0), 60.0) / 100
        graded = int(users * (1 + 0.2 * index / plan.snapshots))
        parts = {"a": 0.42, "b": 0.24, "d": share * 0.7, "f": share * 0.3}
        counts = {grade: int(graded * part) for grade, part in parts.items()}
        counts |= {"c": max(graded - sum(counts.values()), 0), "other": 0}
        taken_at = newest - interval * (plan.snapshots - 1 - index)
        yield {"account": account, "taken_at": taken_at, **counts, "source": Source.MIMECAST.value}
