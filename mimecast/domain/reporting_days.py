"""Calendar arithmetic: reporting days, and the weeks, months, quarters and years made of them.

A reporting day runs from midnight to midnight in the configured time zone. The instants are computed here, so that the
database needs to know no time zones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

MAX_LINE_POINTS: Final = 400
"""Points that a line over time has room for."""

MAX_MIX_COLUMNS: Final = 60
"""Columns that the grade mix over time has room for."""

EARLIEST_DAY: Final = date(2010, 1, 1)
"""An earlier day in a snapshot, a note or a URL is a typing mistake: Mimecast had no SAFE Score then."""

Bounds: TypeAlias = tuple[datetime, datetime]
"""Two instants in UTC: the first is included, the second is not."""


class Resolution(StrEnum):
    """The length of a period. A week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a range: `label` is its first calendar day; `first` and `last` (inclusive) are cut to the range."""

    label: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DayRange:
    """The reporting days from `first` to `last`, both included, in a time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def bounds(self) -> Bounds:
        """The instants between which the range lies."""
        return midnight(self.first, self.zone), midnight(self.last + timedelta(days=1), self.zone)

    def split(self, resolution: Resolution) -> list[tuple[Period, Bounds]]:
        """Return the periods that overlap the range, in order, each with its bounds.

        A day that the zone's calendar skipped (30 Dec 2011 in Samoa) lasts no time: it is left out, since it is not a
        day without a snapshot.
        """
        return _with_bounds(periods(self.first, self.last, resolution), self.zone)


def latest_day(today: date) -> date:
    """Return the last plausible day of a snapshot: tomorrow, because in some time zones it is a day later."""
    return today + timedelta(days=1)


def is_plausible_day(day: date, today: date) -> bool:
    """Return whether a snapshot can have been taken on a day, from `EARLIEST_DAY` to `latest_day(today)`.

    Targets and reference lines may lie ahead and have limits of their own.
    """
    return EARLIEST_DAY <= day <= latest_day(today)


def choose_resolution(first: date, last: date, max_points: int, finest: Resolution = Resolution.DAY) -> Resolution:
    """Return the finest resolution, `finest` or coarser, that covers a range with at most `max_points` periods."""
    resolutions = list(Resolution)
    candidates = resolutions[resolutions.index(finest) :]
    return next((each for each in candidates if count_periods(first, last, each) <= max_points), Resolution.YEAR)


def count_periods(first: date, last: date, resolution: Resolution) -> int:
    """Return how many periods overlap a range."""
    if last < first:
        return 0
    start, end = _start_of(first, resolution), _start_of(last, resolution)
    months = 12 * (end.year - start.year) + end.month - start.month
    steps = {
        Resolution.DAY: (end - start).days,
        Resolution.WEEK: (end - start).days // 7,
        Resolution.MONTH: months,
        Resolution.QUARTER: months // 3,
        Resolution.YEAR: months // 12,
    }
    return steps[resolution] + 1


def periods(first: date, last: date, resolution: Resolution) -> Iterator[Period]:
    """Yield the periods that overlap a range, in order; none when the range is empty."""
    label = _start_of(first, resolution)
    while label <= last:
        following = _next(label, resolution)
        yield Period(label, max(label, first), min(following - timedelta(days=1), last))
        label = following


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a reporting day begins, in UTC.

    Where clocks are put forward at midnight there is no 0:00. The offset of the day before then gives the instant of
    the change, which is when the day begins.
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def reporting_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant in a time zone."""
    return instant.astimezone(zone).date()


def _with_bounds(consecutive: Iterable[Period], zone: ZoneInfo) -> list[tuple[Period, Bounds]]:
    spans = list(consecutive)
    edges = [midnight(span.first, zone) for span in spans]
    edges += [midnight(span.last + timedelta(days=1), zone) for span in spans[-1:]]
    return [(span, (low, high)) for span, (low, high) in zip(spans, pairwise(edges), strict=True) if low < high]


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
