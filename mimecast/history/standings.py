"""Every account at a glance: its newest snapshot, its change in 30 days and whether that is usual, its last year by
week, and whether it is being kept up to date. Batched: the number of queries does not grow with that of the accounts.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.history.earlier_spans import read_back, read_variations
from mimecast.history.runs import Outcome, Run, last_runs
from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Level, Store
from mimecast.history.timeline import midnight, reporting_day
from mimecast.history.variation import Variation
from mimecast.problems import Problem
from mimecast.scores import share
from mimecast.wording import age

SPAN: Final = 30
"""Days over which the change is taken."""

WEEKS: Final = 52

STALE_AFTER: Final = timedelta(hours=36)
"""A daily snapshot that has not come, and half a day's grace."""


class State(StrEnum):
    """Whether an account is kept up to date, worst first."""

    FAILING = "failing"
    EMPTY = "nothing yet"
    STALE = "stale"
    FRESH = "fresh"


@dataclass(frozen=True)
class Weeks:
    """The level of the last snapshot in each of the last `WEEKS` weeks, oldest first, None where there is none; empty
    for an account without a snapshot. Shares are worked out once, since a year of them is kept (`Standings`)."""

    levels: tuple[Level | None, ...] = ()

    @cached_property
    def shares(self) -> tuple[float | None, ...]:
        """Percent at risk at the end of each week, oldest first."""
        return tuple(_share(level) for level in self.levels)

    @cached_property
    def unbroken(self) -> tuple[float, ...]:
        """The same to two decimals, from the last gap on: nothing is bridged."""
        shares = list(self.shares)
        while shares and shares[-1] is None:
            shares.pop()
        gaps = [index for index, one in enumerate(shares) if one is None]
        return tuple(round(one, 2) for one in shares[gaps[-1] + 1 if gaps else 0 :] if one is not None)


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """One account. `then` is the level about `SPAN` days before the newest snapshot, None where there is none within
    the latitude of every comparison; `variation` says whether the change is usual; `reason` is a sentence about the
    state, empty when there is nothing to say."""

    account: str
    newest: Snapshot | None
    then: Level | None
    variation: Variation | None
    weeks: Weeks
    state: State
    reason: str

    @property
    def share(self) -> float | None:
        """Percent at risk; None without a snapshot, and where nobody is graded."""
        return self.newest.counts.share(self.newest.counts.at_risk) if self.newest else None

    @property
    def change(self) -> float | None:
        """Points since `then`; None where a share is not known."""
        before = _share(self.then)
        return None if self.share is None or before is None else self.share - before


NO_WEEKS: Final = Weeks()


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read of all accounts: each mapping is by account."""

    newest: Mapping[str, Snapshot]
    then: Mapping[str, list[Level | None]]
    variations: Mapping[str, Variation]
    weeks: Mapping[str, Weeks]
    runs: Mapping[str, Run]


class Standings:
    """Reads standings, and keeps what it read last for as long as nothing is written to the store. Safe to use from
    several threads."""

    def __init__(self) -> None:
        self._kept: tuple[Hashable, _Read] | None = None

    def read(
        self, store: Store, accounts: Sequence[str], problems: Mapping[str, Problem], now: datetime, zone: ZoneInfo
    ) -> list[AccountStanding]:
        """One standing for each account, in the given order.

        `problems` are those of the accounts whose last try from a page failed. Raises StoreError.
        """
        today = reporting_day(now, zone)
        found = self._read(store, accounts, today, zone)
        return [
            AccountStanding(
                account,
                found.newest.get(account),
                found.then[account][0] if account in found.then else None,
                found.variations.get(account),
                found.weeks.get(account, NO_WEEKS),
                *state_of(found.newest.get(account), found.runs.get(account), problems.get(account), now),
            )
            for account in accounts
        ]

    def _read(self, store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo) -> _Read:
        revision, kept = store.revision, self._kept
        key = (store, revision, tuple(accounts), today, zone.key)
        if revision is not None and kept and kept[0] == key:
            return kept[1]
        read = _read_anew(store, accounts, today, zone)
        if revision is not None:
            self._kept = (key, read)
        return read


def _read_anew(store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo) -> _Read:
    newest = store.newest_of(accounts)
    snapshots = list(newest.values())
    found = store.levels_in_each(list(newest), weeks_until(today, zone))
    return _Read(
        newest,
        read_back(store, snapshots, zone, SPAN, 1),
        read_variations(store, snapshots, zone, SPAN),
        {account: Weeks(tuple(levels)) for account, levels in found.items()},
        last_runs(store, accounts),
    )


def week_ends(today: date) -> list[date]:
    """The last day of each of the weeks, oldest first; the last week ends today."""
    return [today - timedelta(days=7 * index) for index in reversed(range(WEEKS))]


def weeks_until(today: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The instants between which the weeks lie."""
    return [
        (midnight(last - timedelta(days=6), zone), midnight(last + timedelta(days=1), zone))
        for last in week_ends(today)
    ]


def state_of(newest: Snapshot | None, run: Run | None, problem: Problem | None, now: datetime) -> tuple[State, str]:
    """The state, and a sentence that says why. An account is failing when the last try failed, and no snapshot has come
    since."""
    if problem:
        return State.FAILING, f"{problem.title}: {problem.sentence}"
    if run and run.outcome is Outcome.FAILED and (newest is None or newest.taken_at <= run.ended):
        return State.FAILING, f"{run.title}: {run.sentence}"
    if newest is None:
        return State.EMPTY, "No snapshot has been taken yet."
    if now - newest.taken_at >= STALE_AFTER:
        return State.STALE, f"The newest snapshot was taken {age(now - newest.taken_at)}."
    return State.FRESH, ""


def _share(level: Level | None) -> float | None:
    return share(level.at_risk, level.users_graded) if level else None
