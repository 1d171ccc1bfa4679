"""Snapshots laid out on the calendar: one value a period, gaps kept as gaps, coverage counted.

A reporting day runs from midnight to midnight in the configured zone; the bounds are computed here, so the database
needs to know no time zones. A period's value is its last snapshot, never an average.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd

from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Store
from mimecast.scores import GRADES, OTHER

POINTS_IN_A_LINE: Final = 400
COLUMNS_IN_A_MIX: Final = 60

Bounds: TypeAlias = tuple[datetime, datetime]
"""Two instants in UTC, the first included, the second not."""

COUNTS: Final = (*GRADES, OTHER)
"""Columns of users by grade, best first."""

USERS: Final = (*COUNTS, "users_graded", "at_risk", "doing_well")
"""All columns of `Timeline.users` that count users."""


class Resolution(StrEnum):
    """The length of a period; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """`label` is the first day of the whole period; `first` and `last` (inclusive) are cut to the range asked for."""

    label: date
    first: date
    last: date


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
        columns = [column for column in USERS if column != "users_graded"]
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
        return COUNTS if self.users[OTHER].sum() > 0 else GRADES

    def gaps(self) -> list[tuple[date, date]]:
        """Runs of periods without a snapshot, each as the labels of its first and last period."""
        missing = self.users["taken_at"].isna()
        runs = (missing != missing.shift()).cumsum()
        labels = self.users.index.to_series().dt.date
        return [(run.iloc[0], run.iloc[-1]) for _, run in labels[missing].groupby(runs[missing])]


def read_timeline(
    store: Store,
    account: str,
    first: date,
    last: date,
    zone: ZoneInfo,
    *,
    at_most: int = POINTS_IN_A_LINE,
    by: Resolution = Resolution.DAY,
) -> Timeline:
    """The account's timeline at the finest resolution, from `by` on, that has at most `at_most` periods.

    Raises StoreError.
    """
    resolution = finest(first, last, at_most, by)
    spans = existing(periods(first, last, resolution), zone)
    found = store.last_in_each(account, [bounds for _, bounds in spans])
    if resolution is Resolution.DAY:
        days, covered = len(spans), sum(snapshot is not None for snapshot in found)
    else:
        every_day = [bounds for _, bounds in existing(periods(first, last, Resolution.DAY), zone)]
        days, covered = len(every_day), store.count_covered(account, every_day)
    return Timeline(first, last, zone, resolution, _frame([span for span, _ in spans], found), days, covered)


def finest(first: date, last: date, at_most: int, by: Resolution = Resolution.DAY) -> Resolution:
    """The finest resolution, from `by` on, that covers the range with at most `at_most` periods."""
    lengths = list(Resolution)
    wanted = lengths[lengths.index(by) :]
    return next((length for length in wanted if count_periods(first, last, length) <= at_most), Resolution.YEAR)


def count_periods(first: date, last: date, resolution: Resolution) -> int:
    """How many periods overlap the range."""
    if last < first:
        return 0
    begin, end = _start_of(first, resolution), _start_of(last, resolution)
    months = 12 * (end.year - begin.year) + end.month - begin.month
    steps = {
        Resolution.DAY: (end - begin).days,
        Resolution.WEEK: (end - begin).days // 7,
        Resolution.MONTH: months,
        Resolution.QUARTER: months // 3,
        Resolution.YEAR: months // 12,
    }
    return steps[resolution] + 1


def existing(spans: Iterable[Period], zone: ZoneInfo) -> list[tuple[Period, Bounds]]:
    """Consecutive periods with the instants at which each begins and the next one does, in UTC.

    A day that the zone's calendar skipped (30 Dec 2011 in Samoa) lasts no time at all: it is left out, for it is no day
    without a snapshot.
    """
    whole = list(spans)
    edges = [midnight(span.first, zone) for span in whole]
    edges += [midnight(span.last + timedelta(days=1), zone) for span in whole[-1:]]
    return [(span, (low, high)) for span, (low, high) in zip(whole, pairwise(edges), strict=True) if low < high]


def periods(first: date, last: date, resolution: Resolution) -> Iterator[Period]:
    """All periods that overlap the range, in order. Empty when the range is."""
    label = _start_of(first, resolution)
    while label <= last:
        following = _next(label, resolution)
        yield Period(label, max(label, first), min(following - timedelta(days=1), last))
        label = following


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a reporting day begins, in UTC.

    Where clocks are put forward at midnight there is no 0:00; the offset of the day before then finds the instant at
    which they were, which is when the day begins.
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def reporting_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _start_of(day: date, resolution: Resolution) -> date:
    match resolution:
        case Resolution.DAY:
            return day
        case Resolution.WEEK:
            return day - timedelta(days=day.weekday())
        case Resolution.MONTH:
            return day.replace(day=1)
        case Resolution.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Resolution.YEAR:
            return day.replace(month=1, day=1)


def _next(label: date, resolution: Resolution) -> date:
    match resolution:
        case Resolution.DAY:
            return label + timedelta(days=1)
        case Resolution.WEEK:
            return label + timedelta(days=7)
        case Resolution.MONTH | Resolution.QUARTER:
            months = label.month + (1 if resolution is Resolution.MONTH else 3)
            return label.replace(year=label.year + (months > 12), month=(months - 1) % 12 + 1)
        case Resolution.YEAR:
            return label.replace(year=label.year + 1)


def _frame(spans: list[Period], found: list[Snapshot | None]) -> pd.DataFrame:
    rows = [_row(snapshot) if snapshot else {} for snapshot in found]
    index = pd.DatetimeIndex([span.label for span in spans], name="period")
    frame = pd.DataFrame(rows, index=index, columns=["taken_at", "source", *USERS])
    kinds = {"taken_at": "datetime64[us, UTC]", "source": "str", **dict.fromkeys(USERS, "float64")}
    return frame.astype(kinds)


def _row(snapshot: Snapshot) -> dict[str, object]:
    counts = snapshot.counts
    return {
        "taken_at": snapshot.taken_at,
        "source": snapshot.source.value,
        **{column: counts.users(column) for column in COUNTS},
        "users_graded": counts.users_graded,
        "at_risk": counts.at_risk,
        "doing_well": counts.doing_well,
    }
