"""Every account at a glance: its newest snapshot, its change in 30 days and whether that is usual, its last year by
week, and whether it is being kept up to date. Batched: the number of queries does not grow with that of the accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import midnight
from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import share
from mimecast.domain.snapshot import RiskLevel, Snapshot
from mimecast.domain.variation import Variation
from mimecast.formatting import format_age
from mimecast.problem import Problem

CHANGE_DAYS: Final = 30
"""Days over which the change is taken."""

WEEKS_SHOWN: Final = 52

STALE_AFTER: Final = timedelta(hours=36)
"""A daily snapshot that has not come, and half a day's grace."""


class Freshness(StrEnum):
    """Whether an account is kept up to date, worst first."""

    FAILING = "failing"
    EMPTY = "nothing yet"
    STALE = "stale"
    FRESH = "fresh"


@dataclass(frozen=True)
class WeeklyLevels:
    """The level of the last snapshot in each of the last `WEEKS` weeks, oldest first, None where there is none; empty
    for an account without a snapshot. Shares are worked out once, since a year of them is kept (`Standings`)."""

    levels: tuple[RiskLevel | None, ...] = ()

    @cached_property
    def shares(self) -> tuple[float | None, ...]:
        """Percent at risk at the end of each week, oldest first."""
        return tuple(_share(level) for level in self.levels)

    @cached_property
    def since_last_gap(self) -> tuple[float, ...]:
        """The same to two decimals, from the last gap on: nothing is bridged."""
        shares = list(self.shares)
        while shares and shares[-1] is None:
            shares.pop()
        gaps = [index for index, one in enumerate(shares) if one is None]
        return tuple(round(one, 2) for one in shares[gaps[-1] + 1 if gaps else 0 :] if one is not None)


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account. `then` is the level about `SPAN` days before the newest snapshot, None where there is none within
    the latitude of every comparison; `variation` says whether the change is usual; `reason` is a sentence about the
    state, empty when there is nothing to say."""

    account: str
    newest: Snapshot | None
    then: RiskLevel | None
    variation: Variation | None
    weeks: WeeklyLevels
    freshness: Freshness
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


NO_WEEKS: Final = WeeklyLevels()


def week_ends(today: date) -> list[date]:
    """The last day of each of the weeks, oldest first; the last week ends today."""
    return [today - timedelta(days=7 * index) for index in reversed(range(WEEKS_SHOWN))]


def week_bounds(today: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The instants between which the weeks lie."""
    return [
        (midnight(last - timedelta(days=6), zone), midnight(last + timedelta(days=1), zone))
        for last in week_ends(today)
    ]


def freshness_of(
    newest: Snapshot | None, run: Run | None, problem: Problem | None, now: datetime
) -> tuple[Freshness, str]:
    """The state, and a sentence that says why. An account is failing when the last try failed, and no snapshot has come
    since."""
    if problem:
        return Freshness.FAILING, f"{problem.title}: {problem.message}"
    if run and run.outcome is RunOutcome.FAILED and (newest is None or newest.taken_at <= run.ended):
        return Freshness.FAILING, f"{run.title}: {run.message}"
    if newest is None:
        return Freshness.EMPTY, "No snapshot has been taken yet."
    if now - newest.taken_at >= STALE_AFTER:
        return Freshness.STALE, f"The newest snapshot was taken {format_age(now - newest.taken_at)}."
    return Freshness.FRESH, ""


def _share(level: RiskLevel | None) -> float | None:
    return share(level.at_risk, level.users_graded) if level else None
