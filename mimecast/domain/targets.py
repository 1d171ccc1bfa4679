"""The target: an at-risk share to reach by a date, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem

MAX_TARGET_YEARS: Final = 5


class TargetInvalid(Problem):
    """A target that makes no sense. Nothing was changed."""

    title = "The target was not set"


class TargetStatus(StrEnum):
    REACHED = "reached"
    MISSED = "missed"
    ON_TRACK = "on track"
    OFF_TRACK = "off track"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Target:
    """`share` is a percentage of users graded that should be at risk at most, from the reporting day `by` on;
    `author` who set it, as far as known; `set_at` when (UTC); `share_then` the share at risk when it was set, None
    where it was not known."""

    account: str
    share: float
    by: date
    author: str
    set_at: datetime
    share_then: float | None = None


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """How a target stands, judged by the share at risk (percent) of the snapshot of `day`.

    `due` is where the straight line from the share when the target was set to the target stands on that day, where
    there is such a line; `set_on` the reporting day on which the line begins.
    """

    target: Target
    status: TargetStatus
    set_on: date
    day: date | None
    share: float | None
    due: float | None


def assess_target(target: Target, judged_by: Snapshot | None, zone: ZoneInfo, today: date) -> TargetProgress:
    """How a target stands by the given snapshot: the newest one or, once the date has passed, the last until then.

    The rule: *reached* when the share at risk is at most the target, as both are shown, to a tenth of a percent. Else,
    once the date has passed, *missed*. Before that, *on track* when the share is on or below the straight line from
    the share when the target was set to the target's share on its date, and *off track* above it.
    """
    set_on = reporting_day(target.set_at, zone)
    share = at_risk_share(judged_by)
    if judged_by is None or share is None:
        return TargetProgress(target, TargetStatus.UNKNOWN, set_on, None, None, None)
    day = reporting_day(judged_by.taken_at, zone)
    due = share_due(target, set_on, day)
    if round(share, 1) <= target.share:
        standing = TargetStatus.REACHED
    elif today > target.by:
        standing = TargetStatus.MISSED
    elif due is None:
        standing = TargetStatus.UNKNOWN
    else:
        standing = TargetStatus.ON_TRACK if round(share, 1) <= round(due, 1) else TargetStatus.OFF_TRACK
    return TargetProgress(target, standing, set_on, day, share, due)


def share_due(target: Target, set_on: date, day: date) -> float | None:
    """Where the straight line to the target stands on a day, level before and after it; None without a beginning."""
    if target.share_then is None:
        return None
    part = min(max((day - set_on) / (target.by - set_on), 0.0), 1.0) if target.by > set_on else 1.0
    return target.share_then + (target.share - target.share_then) * part


def latest_target_date(today: date) -> date:
    """The last date that a target set today can have."""
    year = today.year + MAX_TARGET_YEARS
    return date(year, 3, 1) - timedelta(days=1) if (today.month, today.day) == (2, 29) else today.replace(year=year)


def at_risk_share(snapshot: Snapshot | None) -> float | None:
    return snapshot.counts.share(snapshot.counts.at_risk) if snapshot else None
