"""Lines that are broken at baseline restarts, since the values on both sides are not comparable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mimecast.domain.causes.breaks import break_positions
from mimecast.domain.causes.causes import Causes
from mimecast.domain.timeline import Timeline


def break_lines(figure: go.Figure, causes: Causes, timeline: Timeline) -> None:
    """Break every line of a figure that has a value per period of the timeline, and mark points that stand alone."""
    positions = break_positions(causes, timeline)
    if not positions:
        return
    periods = len(timeline.periods)
    markers = []
    for trace in figure.data:
        if trace.type != "scatter" or trace.mode != "lines" or trace.fill or len(trace.x) != periods:
            continue
        if alone := _alone(list(trace.y), positions):
            marker = {"color": trace.line.color, "size": 5}
            place = {"xaxis": trace.xaxis, "yaxis": trace.yaxis}
            points = {"x": [trace.x[index] for index in alone], "y": [trace.y[index] for index in alone]}
            markers.append(go.Scatter(mode="markers", marker=marker, hoverinfo="skip", **points, **place))
        for name in ("x", "y", "hovertext", "customdata"):
            values = trace[name]
            if values is not None and not isinstance(values, str) and len(values) == periods:
                trace[name] = _with_breaks(list(values), positions, repeats=name == "x")
    if markers:
        figure.add_traces(markers)


def _with_breaks(values: list[Any], positions: Sequence[int], *, repeats: bool) -> list[Any]:
    """Return the values with an entry before each position: the value there once more, or nothing."""
    for position in sorted(positions, reverse=True):
        values.insert(position, values[position] if repeats else None)
    return values


def _alone(values: list[Any], positions: Sequence[int]) -> list[int]:
    """Return the indexes of known values beside a break that have no known neighbour on their side of it."""
    starts = set(positions)

    def is_known(index: int) -> bool:
        return 0 <= index < len(values) and values[index] is not None and values[index] == values[index]

    beside = {index for position in positions for index in (position - 1, position)}
    return [
        index
        for index in sorted(beside)
        if is_known(index)
        and not (index not in starts and is_known(index - 1))
        and not (index + 1 not in starts and is_known(index + 1))
    ]
