"""Comparisons of two snapshots: net changes, which say nothing about individuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.causes.restarts import Restart, restart_between
from mimecast.domain.reporting_days import Bounds, midnight, reporting_day
from mimecast.domain.scores import grades_with_other
from mimecast.domain.snapshot import Snapshot

MAX_LOOKBACK: Final = timedelta(days=7)
"""How much earlier than requested a snapshot may be to represent a day without one."""

HEADCOUNT_THRESHOLD: Final = Fraction(5, 100)
"""Beyond this relative change of users graded, a change in users at risk is split into headcount and behaviour."""


@dataclass(frozen=True, slots=True)
class ChangeParts:
    """A change in users at risk, split so that `headcount` + `behaviour` = `whole`, exactly.

    `headcount` is what the change of users graded alone would have added: at the earlier share, the later headcount
    would have `at_earlier_share` users at risk. `behaviour` is the rest: the share itself changed.
    """

    whole: int
    headcount: int
    behaviour: int
    at_earlier_share: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The snapshot `now` compared with the earlier snapshot `then`, with the reporting day of each.

    `restart` is the last baseline restart between them, None without one. With one, the two are not comparable.
    """

    now: Snapshot
    then: Snapshot
    now_day: date
    then_day: date
    restart: Restart | None = None

    @property
    def days(self) -> int:
        """Days from the earlier reporting day to the later one."""
        return (self.now_day - self.then_day).days

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, followed by `other` when a user has such a grade, then or now."""
        return grades_with_other(self.then.counts, self.now.counts)

    @property
    def has_shares(self) -> bool:
        """Whether users were graded both then and now."""
        return self.then.counts.users_graded > 0 and self.now.counts.users_graded > 0

    def users(self, name: str) -> tuple[int, int]:
        """Return the users then and now, by the names of `ScoreCounts.users`."""
        return self.then.counts.users(name), self.now.counts.users(name)

    def shares(self, name: str) -> tuple[float | None, float | None]:
        """Return the shares then and now in percent, each None when no users were graded."""
        return self.then.counts.share_of(name), self.now.counts.share_of(name)

    def change_in_users(self, name: str) -> int:
        """Return the net change in users."""
        then, now = self.users(name)
        return now - then

    def change_in_points(self, name: str) -> float | None:
        """Return the change of the share in percentage points, or None when a share is undefined."""
        then, now = self.shares(name)
        return None if then is None or now is None else now - then

    @property
    def headcount_change(self) -> Fraction | None:
        """The change of users graded relative to those graded then, or None when there were none."""
        then, now = self.users("users_graded")
        return Fraction(now - then, then) if then else None

    @property
    def parts(self) -> ChangeParts | None:
        """The headcount and behaviour parts, where users graded changed by more than `HEADCOUNT_THRESHOLD`.

        None across a baseline restart, where the change has other causes.
        """
        relative_change = self.headcount_change
        if self.restart or relative_change is None or abs(relative_change) <= HEADCOUNT_THRESHOLD:
            return None
        then, now = self.users("at_risk")
        at_earlier_share = round(then * (1 + relative_change))
        return ChangeParts(
            whole=now - then,
            headcount=at_earlier_share - then,
            behaviour=now - at_earlier_share,
            at_earlier_share=at_earlier_share,
        )


class MissingReason(Enum):
    """Why there is no earlier snapshot to compare with."""

    TOO_YOUNG = auto()
    """The first snapshot is later than the day to compare with."""
    GAP = auto()
    """Neither that day nor the days of `MAX_LOOKBACK` before it have a snapshot."""


@dataclass(frozen=True, slots=True)
class MissingComparison:
    """No snapshot represents the reporting day `requested`; the account's history begins on `first_day`."""

    reason: MissingReason
    requested: date
    first_day: date


def compare(
    then: Snapshot | None, now: Snapshot, zone: ZoneInfo, restarts: Sequence[Restart] = ()
) -> Comparison | None:
    """Return `now` compared with `then`, or None without an earlier snapshot or with one of the same reporting day.

    `restarts` are the account's baseline restarts.
    """
    if then is None:
        return None
    then_day, now_day = reporting_day(then.taken_at, zone), reporting_day(now.taken_at, zone)
    if then_day >= now_day:
        return None
    return Comparison(now, then, now_day, then_day, restart_between(restarts, then_day, now_day))


def lookback_bounds(day: date, zone: ZoneInfo, lookback: timedelta = MAX_LOOKBACK) -> Bounds:
    """Return the instants between which a snapshot may represent a reporting day."""
    return midnight(day - lookback, zone), midnight(day + timedelta(days=1), zone)
