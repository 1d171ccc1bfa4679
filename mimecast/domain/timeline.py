"""Snapshots laid out on the calendar: one value a period, gaps kept as gaps, coverage counted.

A reporting day runs from midnight to midnight in the configured zone; the bounds are computed here, so the database
needs to know no time zones. A period's value is its last snapshot, never an average.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from mimecast.domain.reporting_days import (
    Period,
    Resolution,
)
from mimecast.domain.scores import GRADES, OTHER
from mimecast.domain.snapshot import Snapshot

GRADE_COLUMNS: Final = (*GRADES, OTHER)
"""Columns of users by grade, best first."""

USER_COLUMNS: Final = (*GRADE_COLUMNS, "users_graded", "at_risk", "doing_well")
"""All columns of `Timeline.users` that count users."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """An account's history from `first` to `last` (inclusive reporting days in `zone`).

    `users`: index `period` (the first day of each period, without a zone, in order, none missing); columns `taken_at`
    (UTC), `source` (text) and those of `USERS` (users, as floats); a period without a snapshot is a row of NaN.
    `days_covered` of `days` have a snapshot.
    """

    first: date
    last: date
    zone: ZoneInfo
    resolution: Resolution
    users: pd.DataFrame
    days: int
    days_covered: int

    @property
    def shares(self) -> pd.DataFrame:
        """The columns of `USERS` but `users_graded`, in percent of it; NaN in a gap and where nobody is graded."""
        graded = self.users["users_graded"]
        columns = [column for column in USER_COLUMNS if column != "users_graded"]
        return self.users[columns].div(graded.where(graded > 0), axis=0) * 100

    @property
    def is_empty(self) -> bool:
        """Whether no snapshot falls into the range."""
        return bool(self.users["taken_at"].isna().all())

    @property
    def has_shares(self) -> bool:
        """Whether anybody was graded at any time in the range."""
        return bool((self.users["users_graded"] > 0).any())

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, with `other` last when anybody ever has such a grade here."""
        return GRADE_COLUMNS if self.users[OTHER].sum() > 0 else GRADES

    def gaps(self) -> list[tuple[date, date]]:
        """Runs of periods without a snapshot, each as the labels of its first and last period."""
        missing = self.users["taken_at"].isna()
        runs = (missing != missing.shift()).cumsum()
        labels = self.users.index.to_series().dt.date
        return [(run.iloc[0], run.iloc[-1]) for _, run in labels[missing].groupby(runs[missing])]


def build_frame(spans: list[Period], found: list[Snapshot | None]) -> pd.DataFrame:
    rows = [_row(snapshot) if snapshot else {} for snapshot in found]
    index = pd.DatetimeIndex([span.label for span in spans], name="period")
    frame = pd.DataFrame(rows, index=index, columns=["taken_at", "source", *USER_COLUMNS])
    kinds = {"taken_at": "datetime64[us, UTC]", "source": "str", **dict.fromkeys(USER_COLUMNS, "float64")}
    return frame.astype(kinds)


def _row(snapshot: Snapshot) -> dict[str, object]:
    counts = snapshot.counts
    return {
        "taken_at": snapshot.taken_at,
        "source": snapshot.source.value,
        **{column: counts.users(column) for column in GRADE_COLUMNS},
        "users_graded": counts.users_graded,
        "at_risk": counts.at_risk,
        "doing_well": counts.doing_well,
    }
