"""Freshness: whether snapshots of an account arrive, when the newest one is stale, and why captures fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem

STALE_AFTER: Final = timedelta(hours=36)
"""One day, for a daily snapshot, and half a day's grace."""

STALE_INTERVALS: Final = 1.5
"""The usual intervals between captures after which a snapshot is stale, if that is longer than `STALE_AFTER`."""


class Freshness(StrEnum):
    """Whether an account is kept up to date, worst first."""

    FAILING = "failing"
    EMPTY = "nothing yet"
    STALE = "stale"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last capture of an account failed."""

    title: str
    message: str


def failure_of(newest: Snapshot | None, run: Run | None, problem: Problem | None) -> Failure | None:
    """Return why an account is failing: its last capture failed, and no snapshot has come since."""
    if problem:
        return Failure(problem.title, problem.message)
    if run and run.outcome is RunOutcome.FAILED and (newest is None or newest.taken_at <= run.ended):
        return Failure(run.title, run.message)
    return None


def freshness_of(newest: Snapshot | None, failure: Failure | None, now: datetime) -> Freshness:
    """Return whether an account is kept up to date."""
    if failure:
        return Freshness.FAILING
    if newest is None:
        return Freshness.EMPTY
    return Freshness.STALE if now - newest.taken_at >= STALE_AFTER else Freshness.FRESH


def stale_after(usual_interval: timedelta | None) -> timedelta:
    """Return the age from which a newest snapshot is too old, given the usual interval of the account's captures."""
    return max(STALE_AFTER, usual_interval * STALE_INTERVALS) if usual_interval else STALE_AFTER
