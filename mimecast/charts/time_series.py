"""Parts of charts over time: the time axis, lines broken at gaps, gaps in grey, and labels of the newest value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, TypeVar

import plotly.graph_objects as go

from mimecast.domain.reporting_days import Resolution
from mimecast.domain.timeline import Timeline, known_values, marked_points
from mimecast.formatting import format_date, format_percent
from mimecast.palette import GAP_FILL
from mimecast.text.timelines import coverage

MIN_COUNT_FOR_TICKS: Final = 6
"""With fewer users, Plotly would put ticks between whole numbers and label them with rounded ones."""

NAMED_GAP: Final = 0.14
"""Part of the range from which a gap is wide enough to be named."""


Value = TypeVar("Value", int, float)

SENT_DECIMALS: Final = 9
"""Decimals of values that are sent to the browser, which rounds them further. Full precision takes more bytes."""


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


def line_traces(
    timeline: Timeline, values: Sequence[float | None], colour: str, hover: Sequence[str] = (), *, width: float = 2.2
) -> list[go.Scatter]:
    """Return a line that is broken at gaps, and markers for the points that no line would show."""
    marked = marked_points(values)
    labels = [str(period) for period in timeline.periods]
    values = [None if value is None else round(value, SENT_DECIMALS) for value in values]
    line = go.Scatter(
        x=labels,
        y=values,
        mode="lines",
        line={"color": colour, "width": width},
        connectgaps=False,
        hovertext=list(hover) or None,
        hoverinfo="text",
    )
    if not marked:
        return [line]
    markers = go.Scatter(
        x=[labels[index] for index in marked],
        y=[values[index] for index in marked],
        mode="markers",
        marker={"color": colour, "size": 5},
        hoverinfo="skip",
    )
    return [line, markers]


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


def edge_label(
    text: str, value: float, axes: Axes = DEFAULT_AXES, *, colour: str | None = None, size: int = 13, x: float = 1
) -> dict[str, Any]:
    """Return an annotation beside the right edge of the plot, at a value of the y axis."""
    font = {"size": size} | ({"color": colour} if colour else {})
    return {
        "text": text,
        "xref": "paper",
        "x": x,
        "xshift": 6,
        "yref": axes.y,
        "y": value,
        "xanchor": "left",
        "showarrow": False,
        "font": font,
    }


def last_value(values: Sequence[float | None]) -> float:
    """Return the last value that is known. There must be one."""
    return next(value for value in reversed(values) if value is not None)


def axis_ceiling(values: Sequence[float | None]) -> float:
    """Return the top of an axis from zero: some room above the highest value, and at least 1."""
    return max(max(value for _, value in known_values(values)) * 1.18, 1.0)


def count_axis(values: Sequence[float | None]) -> dict[str, Any]:
    """Return a y axis of users from zero, whose ticks are whole numbers."""
    ceiling = axis_ceiling(values)
    ticks = {"dtick": 1} if ceiling < MIN_COUNT_FOR_TICKS else {"nticks": 6}
    return {"range": [0, ceiling], "tickformat": ",d", **ticks}


def period_names(timeline: Timeline) -> list[str]:
    """Return what each period is called in hover texts: its day, or the day of its last snapshot."""
    if timeline.resolution is Resolution.DAY:
        return [format_date(period) for period in timeline.periods]
    return [_date_at(timeline, index) for index in range(len(timeline.periods))]


def line_alt(
    title: str, timeline: Timeline, values: Sequence[Value | None], format_value: Callable[[Value], str]
) -> str:
    """Return a text alternative: the first, last, lowest and highest value, and the coverage."""
    known = known_values(values)
    present = [value for _, value in known]
    first, last = (f"{format_value(value)} on {_date_at(timeline, index)}" for index, value in (known[0], known[-1]))
    if len(present) == 1:
        return f"{title}: {last}. {coverage(timeline)}."
    extremes = f"lowest {format_value(min(present))}, highest {format_value(max(present))}"
    return f"{title}: {first}, {last}; {extremes}. {coverage(timeline)}."


def mix_alt(title: str, timeline: Timeline) -> str:
    """Return a text alternative: the share of each grade in the first and the last snapshot, and the coverage."""
    shares = {grade: timeline.shares(grade) for grade in timeline.shown_grades}
    known = [index for index, _ in known_values(shares["A"])]
    mixes = "; ".join(
        f"{_date_at(timeline, end)}: "
        + ", ".join(f"{grade} {format_percent(each[end])}" for grade, each in shares.items())
        for end in dict.fromkeys((known[0], known[-1]))
    )
    return f"{title}. {mixes}. {coverage(timeline)}."


def _date_at(timeline: Timeline, index: int) -> str:
    """Return the date of the snapshot of a period; an empty text in a gap."""
    day = timeline.day_at(index)
    return format_date(day) if day else ""
