"""Timelines: one value per period, with gaps kept as gaps and coverage counted.

A period's value is its last snapshot, never an average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from mimecast.domain.reporting_days import DayRange, Period, Resolution
from mimecast.domain.scores import GRADES, GROUPS, OTHER
from mimecast.domain.snapshot import Snapshot

GRADE_COLUMNS: Final = (*GRADES, OTHER)
"""Columns of users by grade, best first."""

USER_COLUMNS: Final = (*GRADE_COLUMNS, "users_graded", "at_risk", "doing_well")
"""All columns of `Timeline.users` that count users."""

MAX_MARKED_POINTS: Final = 45
"""A line with more points has marks only where no line would show a point."""


@dataclass(frozen=True)
class Timeline:
    """An account's history over `range`, one row per period.

    `users`: index `period` (first day of each period, without a time zone, in order, none missing); columns `taken_at`
    (UTC), `source` (text) and those of `USER_COLUMNS` (users, as floats). A period without a snapshot is a row of NaN.
    `days_covered` of `days` reporting days have a snapshot.
    """

    range: DayRange
    resolution: Resolution
    users: pd.DataFrame
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

    @cached_property
    def shares(self) -> pd.DataFrame:
        """`users` without `taken_at`, `source` and `users_graded`, in percent of users graded.

        NaN in a gap and where no users are graded; shares of groups also where no user has a grade from A to F.
        """
        graded = self.users["users_graded"]
        columns = [column for column in USER_COLUMNS if column != "users_graded"]
        shares = self.users[columns].div(graded.where(graded > 0), axis=0) * 100
        shares.loc[graded <= self.users[OTHER], list(GROUPS)] = float("nan")
        return shares

    @property
    def is_empty(self) -> bool:
        """Whether no snapshot falls into the range."""
        return bool(self.users["taken_at"].isna().all())

    @property
    def has_shares(self) -> bool:
        """Whether users were graded at any time in the range."""
        return bool((self.users["users_graded"] > 0).any())

    @property
    def has_risk(self) -> bool:
        """Whether the share at risk is known at any time in the range."""
        return bool(self.shares["at_risk"].notna().any())

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, followed by `other` when a user ever has such a grade in the range."""
        return GRADE_COLUMNS if self.users[OTHER].sum() > 0 else GRADES

    def gaps(self) -> list[tuple[date, date]]:
        """Return the runs of periods without a snapshot, each as the labels of its first and last period."""
        missing = self.users["taken_at"].isna()
        runs = (missing != missing.shift()).cumsum()
        labels = self.users.index.to_series().dt.date
        return [(run.iloc[0], run.iloc[-1]) for _, run in labels[missing].groupby(runs[missing])]

    def day_of(self, label: pd.Timestamp) -> date:
        """Return the reporting day of the snapshot behind the period with this label."""
        day: date = self.users["taken_at"][label].astimezone(self.zone).date()
        return day

    def label_of(self, day: date) -> pd.Timestamp:
        """Return the label of the period that contains a reporting day."""
        labels = self.users.index
        return pd.Timestamp(labels[int(labels.searchsorted(pd.Timestamp(day), side="right")) - 1])


def marked_points(values: pd.Series[float]) -> pd.Series[bool]:
    """Return which values of a line to mark: all of a few, otherwise those between two gaps, which no line shows."""
    present = values.notna()
    if len(values) <= MAX_MARKED_POINTS:
        return present
    return present & ~present.shift(1, fill_value=False) & ~present.shift(-1, fill_value=False)


def build_users(periods: Sequence[Period], snapshots: Sequence[Snapshot | None]) -> pd.DataFrame:
    """Return `Timeline.users` for consecutive periods and the last snapshot of each, None for a period without one."""
    rows = [_row(snapshot) if snapshot else {} for snapshot in snapshots]
    index = pd.DatetimeIndex([period.label for period in periods], name="period")
    frame = pd.DataFrame(rows, index=index, columns=["taken_at", "source", *USER_COLUMNS])
    types = {"taken_at": "datetime64[us, UTC]", "source": "str", **dict.fromkeys(USER_COLUMNS, "float64")}
    return frame.astype(types)


def _row(snapshot: Snapshot) -> dict[str, object]:
    counts = {column: snapshot.counts.users(column) for column in USER_COLUMNS}
    return {"taken_at": snapshot.taken_at, "source": snapshot.source.value, **counts}
