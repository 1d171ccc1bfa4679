"""Loads what the status of accounts needs, in a number of queries that does not grow with the accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from mimecast.domain.account_status import CHANGE_DAYS, AccountRecords, WeeklyLevels, week_bounds
from mimecast.store.causes.implausible import load_open_marks_of
from mimecast.store.normal_range import load_baseline, load_judged_changes
from mimecast.store.scheduled_runs import last_runs
from mimecast.store.store import Store


def load_account_records(store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo) -> AccountRecords:
    """Load the records of all accounts, with weeks that end on `today`. Raises StoreError."""
    newest = store.newest_of(accounts)
    snapshots = list(newest.values())
    baseline = load_baseline(store, snapshots, zone, CHANGE_DAYS, periods=1)
    weekly = store.risk_levels_in_each(list(newest), week_bounds(today, zone))
    return AccountRecords(
        newest=newest,
        then={account: levels[0] for account, levels in baseline.items()},
        judged=load_judged_changes(store, snapshots, zone, CHANGE_DAYS),
        weeks={account: WeeklyLevels(tuple(levels)) for account, levels in weekly.items()},
        runs=last_runs(store, accounts),
        last_answers=store.newest_of(accounts, include_marked=True),
        open_marks=load_open_marks_of(store, accounts),
    )
