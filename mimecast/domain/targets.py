"""Targets: a share at risk to reach by a date, and the progress towards it."""

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
"""Years from today within which a target's date lies."""


class TargetInvalid(Problem):
    """The share or the date of the target is not valid. Nothing was changed."""

    title = "The target was not set"


class TargetStatus(StrEnum):
    """The progress towards a target."""

    REACHED = "reached"
    MISSED = "missed"
    ON_TRACK = "on track"
    OFF_TRACK = "off track"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Target:
    """At most `share` percent of users graded should be at risk by the reporting day `by`.

    `author` is the e-mail address of its author, empty if unknown; `set_at` is UTC; `share_then` is the share at
    risk when it was set, None if unknown.
    """

    account: str
    share: float
    by: date
    author: str
    set_at: datetime
    share_then: float | None = None


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """The progress towards a target, judged by the share at risk (percent) of the snapshot of `day`.

    `due` is the share that the straight line from the share when the target was set (on `set_on`) to the target has
    reached on that day, or None where there is no such line.
    """

    target: Target
    status: TargetStatus
    set_on: date
    day: date | None
    share: float | None
    due: float | None


def check_target(share: float, by: date, today: date) -> None:
    """Check a target to be set on the reporting day `today`. Raises TargetInvalid."""
    if not 0 <= share <= 100:
        raise TargetInvalid("A share is between 0% and 100%.", remedy="Enter one, for example 8.0.")
    if by <= today:
        raise TargetInvalid("The date is not in the future.", remedy="Choose tomorrow or a later day.")
    if by > latest_target_date(today):
        raise TargetInvalid("The date is too far ahead.", remedy=f"Choose one within {MAX_TARGET_YEARS} years.")


def assess_target(target: Target, snapshot: Snapshot | None, zone: ZoneInfo, today: date) -> TargetProgress:
    """Assess a target by the newest snapshot or, once its date has passed, by the last snapshot until then.

    The rule: *reached* when the share at risk is at most the target, both rounded to a tenth of a percent as they are
    shown. Otherwise, once the date has passed, *missed*. Before that, *on track* when the share is on or below the
    straight line from the share when the target was set to the target's share on its date, and *off track* above it.
    """
    set_on = reporting_day(target.set_at, zone)
    share = snapshot.counts.at_risk_share if snapshot else None
    if snapshot is None or share is None:
        return TargetProgress(target, TargetStatus.UNKNOWN, set_on, None, None, None)
    day = reporting_day(snapshot.taken_at, zone)
    due = share_due(target, set_on, day)
    if round(share, 1) <= target.share:
        status = TargetStatus.REACHED
    elif today > target.by:
        status = TargetStatus.MISSED
    elif due is None:
        status = TargetStatus.UNKNOWN
    else:
        status = TargetStatus.ON_TRACK if round(share, 1) <= round(due, 1) else TargetStatus.OFF_TRACK
    return TargetProgress(target, status, set_on, day, share, due)


def share_due(target: Target, set_on: date, day: date) -> float | None:
    """Return the share on the straight line to the target on a day, or None when the line has no beginning.

    The line is level before the day on which the target was set and after the target's date.
    """
    if target.share_then is None:
        return None
    part = min(max((day - set_on) / (target.by - set_on), 0.0), 1.0) if target.by > set_on else 1.0
    return target.share_then + (target.share - target.share_then) * part


def latest_target_date(today: date) -> date:
    """Return the last date that a target set today can have."""
    year = today.year + MAX_TARGET_YEARS
    return date(year, 3, 1) - timedelta(days=1) if (today.month, today.day) == (2, 29) else today.replace(year=year)
