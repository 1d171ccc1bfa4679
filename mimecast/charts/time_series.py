"""Parts of charts over time: the time axis, lines broken at gaps, gaps in grey, and labels of the newest value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from mimecast.charts.palette import GAP_FILL
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.timeline import Timeline, marked_points
from mimecast.formatting import format_date, format_percent
from mimecast.text.timelines import coverage

MIN_COUNT_FOR_TICKS: Final = 6
"""With fewer users, Plotly would put ticks between whole numbers and label them with rounded ones."""

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
    first, last = timeline.users.index[0], timeline.users.index[-1]
    axis = time_axis(first.date(), until if until and until > timeline.last else last.date())
    if columns or first == last:
        half = column_width(timeline) / 2
        axis["range"] = [str(first - half), str(last + half)]
    if first == last:
        axis["tickvals"] = [str(first)]
    return axis


def column_width(timeline: Timeline) -> pd.Timedelta:
    """Return the width of a column: the shortest that a period of this resolution can be."""
    days = {Resolution.DAY: 1, Resolution.WEEK: 7, Resolution.MONTH: 28, Resolution.QUARTER: 90, Resolution.YEAR: 365}
    return pd.Timedelta(days=days[timeline.resolution])


def line_traces(
    timeline: Timeline, values: pd.Series[float], colour: str, hover: Sequence[str] = (), *, width: float = 2.2
) -> list[go.Scatter]:
    """Return a line that is broken at gaps, and markers for the points that no line would show."""
    marked = marked_points(values)
    labels = pd.DatetimeIndex(timeline.users.index).strftime("%Y-%m-%d")
    line = go.Scatter(
        x=labels,
        y=values,
        mode="lines",
        line={"color": colour, "width": width},
        connectgaps=False,
        hovertext=list(hover) or None,
        hoverinfo="text",
    )
    if not marked.any():
        return [line]
    markers = go.Scatter(
        x=labels[marked],
        y=values[marked],
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
            "x0": str(pd.Timestamp(first) - half),
            "x1": str(pd.Timestamp(last) + half),
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


def last_value(values: pd.Series[float]) -> float:
    """Return the last value that is known. There must be one."""
    return float(values.dropna().iloc[-1])


def axis_ceiling(values: pd.Series[float]) -> float:
    """Return the top of an axis from zero: some room above the highest value, and at least 1."""
    return max(float(values.max()) * 1.18, 1.0)


def count_axis(values: pd.Series[float]) -> dict[str, Any]:
    """Return a y axis of users from zero, whose ticks are whole numbers."""
    ceiling = axis_ceiling(values)
    ticks = {"dtick": 1} if ceiling < MIN_COUNT_FOR_TICKS else {"nticks": 6}
    return {"range": [0, ceiling], "tickformat": ",d", **ticks}


def period_names(timeline: Timeline) -> list[str]:
    """Return what each period is called in hover texts: its day, or the day of its last snapshot."""
    if timeline.resolution is Resolution.DAY:
        return [format_date(label.date()) for label in timeline.users.index]
    return [
        format_date(taken_at.astimezone(timeline.zone).date()) if not pd.isna(taken_at) else ""
        for taken_at in timeline.users["taken_at"]
    ]


def line_alt(title: str, timeline: Timeline, values: pd.Series[float], form: Callable[[float], str]) -> str:
    """Return a text alternative: the first, last, lowest and highest value, and the coverage."""
    present = values.dropna()
    first, last = timeline.day_of(present.index[0]), timeline.day_of(present.index[-1])
    if len(present) == 1:
        return f"{title}: {form(present.iloc[0])} on {format_date(last)}. {coverage(timeline)}."
    return (
        f"{title}: {form(present.iloc[0])} on {format_date(first)}, {form(present.iloc[-1])} on {format_date(last)}; "
        f"lowest {form(present.min())}, highest {form(present.max())}. {coverage(timeline)}."
    )


def mix_alt(title: str, timeline: Timeline) -> str:
    """Return a text alternative: the share of each grade in the first and the last snapshot, and the coverage."""
    shares = timeline.shares.dropna(subset=["A"])
    ends = [shares.index[0], shares.index[-1]] if len(shares) > 1 else [shares.index[-1]]
    mixes = "; ".join(
        f"{format_date(timeline.day_of(end))}: "
        + ", ".join(f"{grade} {format_percent(shares.loc[end, grade])}" for grade in timeline.shown_grades)
        for end in ends
    )
    return f"{title}. {mixes}. {coverage(timeline)}."
