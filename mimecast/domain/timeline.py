"""Timelines: one value per period, with gaps kept as gaps and coverage counted.

A period's value is its last snapshot, never an average. There is no data frame here: only downloads and long tables
need pandas.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import DayRange, Resolution, reporting_day
from mimecast.domain.scores import GRADES, OTHER
from mimecast.domain.snapshot import Snapshot

GRADE_COLUMNS: Final = (*GRADES, OTHER)
"""Columns of users by grade, best first."""

MAX_MARKED_POINTS: Final = 45
"""A line with more points has marks only where no line would show a point."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Timeline:
    """An account's history over `range`, one value per period.

    Attributes:
        range: The reporting days.
        resolution: The length of a period.
        periods: The first calendar day of each period, in order, none missing.
        snapshots: The last snapshot of each period, None for a gap.
        days: The reporting days of the range.
        days_covered: Those of them that have a snapshot.
    """

    range: DayRange
    resolution: Resolution
    periods: tuple[date, ...]
    snapshots: tuple[Snapshot | None, ...]
    days: int
    days_covered: int

    @property
    def first(self) -> date:
        """First reporting day of the range."""
        return self.range.first

    @property
    def last(self) -> date:
        """Last reporting day of the range."""
        return self.range.last

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the reporting days."""
        return self.range.zone

    def users(self, name: str) -> list[int | None]:
        """Return the users in each period, by the names of `ScoreCounts.users`; None in a gap."""
        return [snapshot.counts.users(name) if snapshot else None for snapshot in self.snapshots]

    def shares(self, name: str) -> list[float | None]:
        """Return the percentage of users graded in each period; None in a gap and where it is undefined."""
        return [snapshot.counts.share_of(name) if snapshot else None for snapshot in self.snapshots]

    @property
    def is_empty(self) -> bool:
        """Whether no snapshot falls into the range."""
        return not any(self.snapshots)

    @property
    def has_shares(self) -> bool:
        """Whether users were graded at any time in the range."""
        return any(self.users("users_graded"))

    @property
    def has_risk(self) -> bool:
        """Whether the share at risk is known at any time in the range."""
        return any(share is not None for share in self.shares("at_risk"))

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, followed by `other` when a user ever has such a grade in the range."""
        return GRADE_COLUMNS if any(self.users(OTHER)) else GRADES

    def gaps(self) -> list[tuple[date, date]]:
        """Return the runs of periods without a snapshot, each as its first and last period."""
        runs = groupby(zip(self.periods, self.snapshots, strict=True), key=lambda each: each[1] is None)
        gaps = [[period for period, _ in run] for is_gap, run in runs if is_gap]
        return [(gap[0], gap[-1]) for gap in gaps]

    def day_at(self, index: int) -> date | None:
        """Return the reporting day of the snapshot of a period; None in a gap."""
        snapshot = self.snapshots[index]
        return reporting_day(snapshot.taken_at, self.zone) if snapshot else None

    def index_of(self, day: date) -> int:
        """Return the index of the period that contains a reporting day of the range."""
        return bisect_right(self.periods, day) - 1

    def period_of(self, day: date) -> date:
        """Return the first calendar day of the period that contains a reporting day of the range."""
        return self.periods[self.index_of(day)]


def known_values(values: Sequence[Value | None]) -> list[tuple[int, Value]]:
    """Return the values that are not None, in order, each after its index."""
    return [(index, value) for index, value in enumerate(values) if value is not None]


def marked_points(values: Sequence[float | None]) -> list[int]:
    """Return the indexes of the values to mark: all of a few, otherwise those between two gaps, which no line shows."""
    known = [index for index, _ in known_values(values)]
    if len(values) <= MAX_MARKED_POINTS:
        return known
    present = set(known)
    return [index for index in known if not present & {index - 1, index + 1}]
