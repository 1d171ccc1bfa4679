"""Runs of scheduled captures: when each began and ended, its outcome, and when the next one is expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Final

from mimecast.formatting import format_age, format_datetime
from mimecast.problem import Problem

MAX_INTERVALS: Final = 14
"""Intervals from which the usual one is taken, the latest."""

MIN_INTERVALS: Final = 3

SAME_START: Final = timedelta(seconds=30)
"""Runs that begin within this time count as one: two machines' schedulers, for example."""

INTERVAL_TOLERANCE: Final = 0.1
"""How far an interval may be from the usual one, relative to it: a day of 23 hours is still a day."""

MAX_DELAY: Final = timedelta(minutes=30)
"""How late a run may be before it is overdue, or a tenth of the usual interval if that is longer."""

OVERDUE_WITHOUT_INTERVAL: Final = timedelta(hours=36)
"""The age of the last run from which the next one is overdue, while there are too few runs to know their interval."""


class DailySnapshotsMissing(Problem):
    """No scheduled capture has been recorded yet."""

    title = "Daily snapshots are not set up"
    remedy = "Schedule them: python -m mimecast schedule prints what to paste."


class DailySnapshotsOverdue(Problem):
    """The next scheduled capture did not run in time."""

    title = "The daily snapshot is overdue"
    remedy = (
        "Check that the scheduler's computer is on and that the scheduler still has the entry; "
        "python -m mimecast schedule prints it again."
    )


class RunOutcome(StrEnum):
    """What a run did: stored a snapshot, shared one that another run was storing, or failed."""

    STORED = "stored"
    SHARED = "shared"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One capture of one account. Both instants are UTC, in whole seconds.

    `title` and `message` are those of the problem of a run that failed. Otherwise `title` is empty, and `message` has
    the warnings of the run, if any.
    """

    account: str
    started: datetime
    ended: datetime
    outcome: RunOutcome
    title: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """What is known about an account's scheduled captures; None where nothing is, or runs come too irregularly."""

    last: Run | None = None
    interval: timedelta | None = None
    next_expected: datetime | None = None


def run_from_outcome(
    account: str, started: datetime, ended: datetime, outcome: RunOutcome | Problem, warnings: Sequence[str] = ()
) -> Run:
    """Return the run that ended with an outcome and these warnings. A problem means that it failed."""
    if isinstance(outcome, Problem):
        return Run(account, started, ended, RunOutcome.FAILED, outcome.title, outcome.message)
    return Run(account, started, ended, outcome, message=" ".join(warnings))


def schedule_status(newest_first: Sequence[Run]) -> ScheduleStatus:
    """Return the last run, the usual interval, and when the next run should begin.

    A next run in the past means that it has not come.
    """
    if not newest_first:
        return ScheduleStatus()
    last = newest_first[0]
    interval = usual_interval(run.started for run in newest_first)
    return ScheduleStatus(last, interval, last.started + interval if interval else None)


def usual_interval(starts: Iterable[datetime]) -> timedelta | None:
    """Return the usual time between instants, which may come in any order, or None when there is none.

    It is the median of the last intervals, and known only when most of them are alike: runs that a person starts now
    and then promise nothing.
    """
    moments: list[datetime] = []
    for start in sorted(starts):
        if not moments or start - moments[-1] > SAME_START:
            moments.append(start)
    recent = moments[-MAX_INTERVALS - 1 :]
    intervals = [(later - earlier).total_seconds() for earlier, later in pairwise(recent)]
    if len(intervals) < MIN_INTERVALS:
        return None
    from statistics import median  # a capture, which only records its run, does not need it

    usual = median(intervals)
    alike = sum(abs(interval - usual) <= INTERVAL_TOLERANCE * usual for interval in intervals)
    return timedelta(seconds=round(usual)) if alike > len(intervals) / 2 else None


def daily_snapshots_problem(
    status: ScheduleStatus, now: datetime, zone: tzinfo
) -> DailySnapshotsMissing | DailySnapshotsOverdue | None:
    """Return why days are being lost: no run was ever recorded, or the next one has not come. None if neither is true.

    Args:
        status: What is known about the account's scheduled captures.
        now: The current time (UTC).
        zone: The time zone in which the problem states instants.
    """
    if status.last is None:
        return DailySnapshotsMissing("No scheduled snapshot has been recorded yet. A day without a snapshot is lost.")
    last = f"The last run ended {format_age(now - status.last.ended)} ({format_datetime(status.last.ended, zone)})"
    if status.interval is None or status.next_expected is None:
        if now - status.last.ended > OVERDUE_WITHOUT_INTERVAL:
            return DailySnapshotsOverdue(f"{last}.")
        return None
    if now > status.next_expected + max(MAX_DELAY, status.interval * INTERVAL_TOLERANCE):
        due = format_datetime(status.next_expected, zone)
        return DailySnapshotsOverdue(f"{last}; the next one was expected on {due}.")
    return None
