"""Calendar arithmetic of reporting days and of the periods made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

MAX_LINE_POINTS: Final = 400
MAX_MIX_COLUMNS: Final = 60

Bounds: TypeAlias = tuple[datetime, datetime]
"""Two instants in UTC, the first included, the second not."""


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
class DayRange:
    """The reporting days from `first` to `last`, both included, in a time zone."""

    first: date
    last: date
    zone: ZoneInfo


def choose_resolution(first: date, last: date, max_points: int, finest: Resolution = Resolution.DAY) -> Resolution:
    """Return the finest resolution, `finest` or coarser, that covers a range with at most `max_points` periods."""
    lengths = list(Resolution)
    wanted = lengths[lengths.index(finest) :]
    return next((length for length in wanted if count_periods(first, last, length) <= max_points), Resolution.YEAR)


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


def with_bounds(spans: Iterable[Period], zone: ZoneInfo) -> list[tuple[Period, Bounds]]:
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
