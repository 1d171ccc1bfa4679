"""Lines of charts over time: broken at gaps, labelled at their ends, above a vertical axis from zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.time_axis import DEFAULT_AXES, Axes
from mimecast.domain.timeline import Timeline, known_values, marked_points

MIN_COUNT_FOR_TICKS: Final = 6
"""With fewer users, Plotly would put ticks between whole numbers and label them with rounded ones."""

SENT_DECIMALS: Final = 9
"""Decimals of values that are sent to the browser, which rounds them further. Full precision takes more bytes."""


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
