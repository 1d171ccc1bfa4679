"""The status of an account: its newest snapshot, its change in 30 days, its last year, and its freshness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.causes.implausible import Mark
from mimecast.domain.freshness import Failure, Freshness, failure_of, freshness_of
from mimecast.domain.normal_range import JudgedChange
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scheduled_runs import Run
from mimecast.domain.snapshot import RiskLevel, Snapshot
from mimecast.problem import Problem

CHANGE_DAYS: Final = 30
"""Days over which the change is taken."""

WEEKS_SHOWN: Final = 52


@dataclass(frozen=True)
class WeeklyLevels:
    """The level of the last snapshot in each of the last `WEEKS_SHOWN` weeks, oldest first, None where a week has none.

    Empty for an account without a snapshot. Shares are computed once, since instances are cached.
    """

    levels: tuple[RiskLevel | None, ...] = ()

    @cached_property
    def shares(self) -> tuple[float | None, ...]:
        """Percent at risk at the end of each week, oldest first."""
        return tuple(level.at_risk_share if level else None for level in self.levels)

    @cached_property
    def since_last_gap(self) -> tuple[float, ...]:
        """The shares from the last gap on, to two decimals. A trailing gap is left out."""
        shares = list(self.shares)
        while shares and shares[-1] is None:
            shares.pop()
        gaps = [index for index, share in enumerate(shares) if share is None]
        return tuple(round(share, 2) for share in shares[gaps[-1] + 1 if gaps else 0 :] if share is not None)


NO_WEEKS: Final = WeeklyLevels()


@dataclass(frozen=True, slots=True)
class AccountRecords:
    """What the store holds for the status of accounts; each mapping is by account.

    `then` has the level about `CHANGE_DAYS` days before the newest snapshot, None where there is none. `last_answers`
    has the newest snapshot of all where that is implausible and `newest` therefore has an earlier one. `open_marks` has
    the implausible answers on which no reader has decided, oldest first.
    """

    newest: Mapping[str, Snapshot] = field(default_factory=dict)
    then: Mapping[str, RiskLevel | None] = field(default_factory=dict)
    judged: Mapping[str, JudgedChange] = field(default_factory=dict)
    weeks: Mapping[str, WeeklyLevels] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    last_answers: Mapping[str, Snapshot] = field(default_factory=dict)
    open_marks: Mapping[str, Sequence[Mark]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account. `then` is the level about `CHANGE_DAYS` days before the newest snapshot, None where there is none.

    `judged` says whether the change is normal; `failure` is set where the account is failing. `open_marks` are the
    implausible answers on which no reader has decided, oldest first.
    """

    account: str
    newest: Snapshot | None
    then: RiskLevel | None
    judged: JudgedChange | None
    weeks: WeeklyLevels
    freshness: Freshness
    failure: Failure | None = None
    open_marks: tuple[Mark, ...] = ()

    @property
    def at_risk_share(self) -> float | None:
        """Percent at risk, or None without a snapshot and when no users are graded."""
        return self.newest.counts.at_risk_share if self.newest else None

    @property
    def change(self) -> float | None:
        """Points since `then`, or None when a share is unknown."""
        before = self.then.at_risk_share if self.then else None
        return None if self.at_risk_share is None or before is None else self.at_risk_share - before


def assess_accounts(
    accounts: Iterable[str], records: AccountRecords, problems: Mapping[str, Problem], now: datetime
) -> list[AccountStatus]:
    """Return the status of each account, in the given order.

    `problems` are those of the accounts whose last refresh from a page failed.
    """
    statuses = []
    for account in accounts:
        newest, run = records.newest.get(account), records.runs.get(account)
        last = records.last_answers.get(account, newest)
        failure = failure_of(last, run, problems.get(account))
        statuses.append(
            AccountStatus(
                account,
                newest,
                records.then.get(account),
                records.judged.get(account),
                records.weeks.get(account, NO_WEEKS),
                freshness_of(last, failure, now),
                failure,
                tuple(records.open_marks.get(account, ())),
            )
        )
    return statuses


def week_ends(today: date) -> list[date]:
    """Return the last day of each of the weeks, oldest first. The last week ends today."""
    return [today - timedelta(days=7 * index) for index in reversed(range(WEEKS_SHOWN))]


def week_bounds(today: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Return the instants between which each of the weeks lies, oldest first."""
    return [DayRange(last - timedelta(days=6), last, zone).bounds for last in week_ends(today)]
