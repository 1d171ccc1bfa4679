"""The time axis of a chart: its range and labels, the names of its periods, and the gaps, which are grey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from mimecast.domain.reporting_days import Resolution
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_date
from mimecast.palette import GAP_FILL

NAMED_GAP: Final = 0.14
"""Part of the range from which a gap is wide enough to be named."""


class Axes(NamedTuple):
    """The axes that a part of a chart is drawn on. `span` is the reference for the whole height of the plot."""

    x: str = "x"
    y: str = "y"
    span: str = "paper"


DEFAULT_AXES: Final = Axes()


def time_axis(first: date, last: date) -> dict[str, Any]:
    """Return an x axis over whole reporting days. The year is on a second line, which keeps labels narrow."""
    return {
        "type": "date",
        "range": [f"{first.isoformat()}T00:00", f"{last.isoformat()}T00:00"],
        "nticks": 7,
        "tickangle": 0,
        "tickformatstops": [
            {"dtickrange": [None, 86_400_000 * 27], "value": "%-d %b\n%Y"},
            {"dtickrange": [86_400_000 * 27, "M11"], "value": "%b\n%Y"},
            {"dtickrange": ["M11", None], "value": "%Y"},
        ],
        "showgrid": False,
    }


def timeline_axis(timeline: Timeline, *, columns: bool = False, until: date | None = None) -> dict[str, Any]:
    """Return an x axis from the first period's label to the last one's, or on to the later day `until`.

    It has room for whole columns, or for a single point.
    """
    first, last = timeline.periods[0], timeline.periods[-1]
    axis = time_axis(first, until if until and until > timeline.last else last)
    if columns or first == last:
        half = column_width(timeline) / 2
        axis["range"] = [str(place_of(first) - half), str(place_of(last) + half)]
    if first == last:
        axis["tickvals"] = [str(first)]
    return axis


def place_of(day: date) -> datetime:
    """Return where a day is on a time axis, without a time zone."""
    return datetime.combine(day, time.min)


def axis_ends(axis_range: Sequence[str]) -> tuple[datetime, datetime]:
    """Return the ends of a time axis from its range in a layout."""
    low, high = (datetime.fromisoformat(end) for end in axis_range)
    return low, high


def column_width(timeline: Timeline) -> timedelta:
    """Return the width of a column: the shortest that a period of this resolution can be."""
    days = {Resolution.DAY: 1, Resolution.WEEK: 7, Resolution.MONTH: 28, Resolution.QUARTER: 90, Resolution.YEAR: 365}
    return timedelta(days=days[timeline.resolution])


def gap_shapes(timeline: Timeline, axes: Axes = DEFAULT_AXES, *, named: bool = True) -> list[dict[str, Any]]:
    """Return grey rectangles where there is no snapshot, with words in those that are wide enough."""
    half = column_width(timeline) / 2
    shapes = []
    for first, last in timeline.gaps():
        is_wide = last - first > (timeline.last - timeline.first) * NAMED_GAP
        shape: dict[str, Any] = {
            "type": "rect",
            "xref": axes.x,
            "x0": str(place_of(first) - half),
            "x1": str(place_of(last) + half),
            "yref": axes.span,
            "y0": 0,
            "y1": 1,
            "fillcolor": GAP_FILL,
            "line": {"width": 0},
            "layer": "below",
        }
        if named and is_wide:
            shape["label"] = {"text": "no snapshots", "textposition": "middle center"}
        shapes.append(shape)
    return shapes


def period_names(timeline: Timeline) -> list[str]:
    """Return what each period is called in hover texts: its day, or the day of its last snapshot."""
    if timeline.resolution is Resolution.DAY:
        return [format_date(period) for period in timeline.periods]
    return [date_at(timeline, index) for index in range(len(timeline.periods))]


def date_at(timeline: Timeline, index: int) -> str:
    """Return the date of the snapshot of a period; an empty text in a gap."""
    day = timeline.day_at(index)
    return format_date(day) if day else ""
