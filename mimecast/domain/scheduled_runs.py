"""Unattended captures: when each began and ended, what came of it, and when the next one should come.

`snapshot` records one run for each account, so that the Connection page can say whether the history is being kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

from mimecast.problem import Problem

MAX_INTERVALS: Final = 14
MIN_INTERVALS: Final = 3
SAME_START: Final = timedelta(seconds=30)
"""Runs that begin within this belong to the same moment: two machines' schedulers, say."""

INTERVAL_TOLERANCE: Final = 0.1
"""How far an interval may be from the usual one, as a part of it: a day of 23 hours is still a day."""


class RunOutcome(StrEnum):
    """`STORED`: a snapshot was stored; `SHARED`: another run was just storing one; `FAILED`: none was stored."""

    STORED = "stored"
    SHARED = "shared"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One capture of one account. Both instants are UTC, in whole seconds; `title` and `sentence` are the problem's,
    and empty when there was none."""

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


def run_from_outcome(account: str, started: datetime, ended: datetime, outcome: RunOutcome | Problem) -> Run:
    """The run that ended so; a problem means it failed."""
    if isinstance(outcome, Problem):
        return Run(account, started, ended, RunOutcome.FAILED, outcome.title, outcome.message)
    return Run(account, started, ended, outcome)


def usual_interval(starts: list[datetime]) -> timedelta | None:
    """The usual time between instants, which may come in any order; None when there is none."""
    moments: list[datetime] = []
    for start in sorted(starts):
        if not moments or start - moments[-1] > SAME_START:
            moments.append(start)
    recent = moments[-MAX_INTERVALS - 1 :]
    intervals = [(later - earlier).total_seconds() for earlier, later in pairwise(recent)]
    if len(intervals) < MIN_INTERVALS:
        return None
    usual = median(intervals)
    alike = sum(abs(interval - usual) <= INTERVAL_TOLERANCE * usual for interval in intervals)
    return timedelta(seconds=round(usual)) if alike > len(intervals) / 2 else None
