"""Loads the status of every account in a number of queries that does not grow with the accounts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mimecast.domain.account_status import (
    CHANGE_DAYS,
    NO_WEEKS,
    AccountStatus,
    WeeklyLevels,
    freshness_of,
    week_bounds,
)
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scheduled_runs import Run
from mimecast.domain.snapshot import RiskLevel, Snapshot
from mimecast.domain.variation import Variation
from mimecast.problem import Problem
from mimecast.store.scheduled_runs import last_runs
from mimecast.store.store import Store
from mimecast.store.variation_baseline import load_baseline, load_variations


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What is read of all accounts: each mapping is by account."""

    newest: Mapping[str, Snapshot]
    then: Mapping[str, list[RiskLevel | None]]
    variations: Mapping[str, Variation]
    weeks: Mapping[str, WeeklyLevels]
    runs: Mapping[str, Run]


class AccountStatusCache:
    """Reads standings, and keeps what it read last for as long as nothing is written to the store. Safe to use from
    several threads."""

    def __init__(self) -> None:
        self._kept: tuple[Hashable, _Loaded] | None = None

    def read(
        self, store: Store, accounts: Sequence[str], problems: Mapping[str, Problem], now: datetime, zone: ZoneInfo
    ) -> list[AccountStatus]:
        """One standing for each account, in the given order.

        `problems` are those of the accounts whose last try from a page failed. Raises StoreError.
        """
        today = reporting_day(now, zone)
        found = self._read(store, accounts, today, zone)
        return [
            AccountStatus(
                account,
                found.newest.get(account),
                found.then[account][0] if account in found.then else None,
                found.variations.get(account),
                found.weeks.get(account, NO_WEEKS),
                *freshness_of(found.newest.get(account), found.runs.get(account), problems.get(account), now),
            )
            for account in accounts
        ]

    def _read(self, store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo) -> _Loaded:
        revision, kept = store.change_token, self._kept
        key = (store, revision, tuple(accounts), today, zone.key)
        if revision is not None and kept and kept[0] == key:
            return kept[1]
        read = _load(store, accounts, today, zone)
        if revision is not None:
            self._kept = (key, read)
        return read


def _load(store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo) -> _Loaded:
    newest = store.newest_of(accounts)
    snapshots = list(newest.values())
    found = store.risk_levels_in_each(list(newest), week_bounds(today, zone))
    return _Loaded(
        newest,
        load_baseline(store, snapshots, zone, CHANGE_DAYS, 1),
        load_variations(store, snapshots, zone, CHANGE_DAYS),
        {account: WeeklyLevels(tuple(levels)) for account, levels in found.items()},
        last_runs(store, accounts),
    )
