"""The grade mix over time: 100% stacked columns, and one panel for each grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.alt_texts import ends_alt, mix_alt
from mimecast.charts.annotations import PAGE_SIZES, annotations_alt, draw_notes
from mimecast.charts.causes.overlay import draw_causes
from mimecast.charts.chart import TITLE_HEIGHT, Chart, apply_layout, separate_labels
from mimecast.charts.lines import axis_ceiling, edge_label, last_value, line_traces
from mimecast.charts.text_width import room_for
from mimecast.charts.time_axis import Axes, column_width, gap_shapes, period_names, timeline_axis
from mimecast.domain.annotations import Annotations
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.scores import AT_RISK
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.palette import GRADE_COLOURS, GRADE_LINES, USERS_LINE
from mimecast.text.stamp import Stamp

MIX_TITLE: Final = "Grade mix"
EACH_TITLE: Final = "Share of each grade, and users graded"
PLOT_HEIGHT: Final = 270

PANEL_HEIGHT: Final = 92
"""Height of one of the small multiples, in pixels."""

PANEL_GAP: Final = 0.045
"""Gap between two small multiples, relative to all of them."""

LABELS_APART: Final = 6.5
"""Percent between the labels beside the last column."""


def mix_chart(timeline: Timeline, stamp: Stamp, annotations: Annotations, *, file_name: str) -> Chart:
    """Draw 100% stacked columns with F at the baseline, the grades labelled beside the last column.

    Users are graded at least once in the timeline (`has_shares`).
    """
    title = f"{MIX_TITLE} by {timeline.resolution}"
    stacked = list(reversed(timeline.shown_grades))
    shares = {grade: timeline.shares(grade) for grade in stacked}
    names = period_names(timeline)
    axis = timeline_axis(timeline, columns=True)
    notes = draw_notes(annotations, timeline, axis["range"])
    bars = [
        {
            "type": "bar",
            "x": timeline.periods,
            "y": [None if share is None else round(share, 3) for share in shares[grade]],
            "name": grade,
            "width": column_width(timeline) / timedelta(milliseconds=1),
            "marker": {"color": GRADE_COLOURS[grade], "line": {"width": 0}},
            "hovertext": [
                f"{name}<br>{grade}: <b>{format_percent(share)}</b>, {pluralize(count, 'user')}"
                if share is not None and count is not None
                else ""
                for name, share, count in zip(names, shares[grade], timeline.users(grade), strict=True)
            ],
            "hoverinfo": "text",
        }
        for grade in stacked
    ]
    newest = [last_value(shares[grade]) for grade in stacked]
    labels = [
        edge_label(_grade_label(grade, share), height, size=12) | {"xshift": 4}
        for grade, share, height in zip(stacked, newest, _middles(newest), strict=True)
    ]
    figure = go.Figure(
        {
            "data": bars,
            "layout": {
                "barmode": "stack",
                "shapes": [*gap_shapes(timeline), *notes.shapes],
                "annotations": [*labels, *notes.labels],
                "xaxis": axis,
            },
        }
    )
    figure.update_yaxes(range=[0, 100], ticksuffix="%", nticks=6)
    draw_causes(figure, timeline, annotations, on_bars=True)
    room = PAGE_SIZES.tag_room if notes.labels else 0
    right = room_for([f"{grade} {format_percent(share)}" for grade, share in zip(stacked, newest, strict=True)], 12)
    margin = {"r": max(72, right), "t": TITLE_HEIGHT + room}
    apply_layout(figure, title=title, stamp=stamp, height=PLOT_HEIGHT + room, margin=margin)
    return Chart(figure, mix_alt(title, timeline) + annotations_alt(annotations, timeline), file_name)


def each_grade_chart(timeline: Timeline, stamp: Stamp, annotations: Annotations, *, file_name: str) -> Chart:
    """Draw one panel per grade and one of the users graded on a common time axis, each from zero to its own maximum.

    Users are graded at least once in the timeline (`has_shares`). Texts that many points share are sent once: a large
    figure arrives late, after the others have been drawn.
    """
    panels = [*(_grade_panel(timeline, grade) for grade in timeline.shown_grades), _users_panel(timeline)]
    is_by_day = timeline.resolution is Resolution.DAY
    names, when = ([], "%{x|%-d %b %Y}") if is_by_day else (period_names(timeline), "%{hovertext}")
    axis = timeline_axis(timeline)
    notes = draw_notes(annotations, timeline, axis["range"])
    height = (1 - PANEL_GAP * (len(panels) - 1)) / len(panels)
    traces: list[go.Scatter] = []
    labels: list[dict[str, Any]] = []
    y_axes: dict[str, Any] = {}
    for row, panel in enumerate(panels):
        axes = Axes(y=f"y{row + 1 if row else ''}")
        top = 1 - row * (height + PANEL_GAP)
        line, *points = line_traces(timeline, panel.values, panel.colour, names)
        line.update(customdata=panel.users, hovertemplate=f"{when}<br>{panel.hover}<extra></extra>")
        traces += [trace.update(yaxis=axes.y) for trace in (line, *points)]
        first, newest = known_values(panel.values)[0][1], last_value(panel.values)
        labels.append(edge_label(panel.first, first, axes, size=12, x=0) | {"xanchor": "right", "xshift": -4})
        labels.append(edge_label(panel.newest, newest, axes) | {"align": "left"})
        y_axes[f"yaxis{axes.y[1:]}"] = {
            "domain": [max(top - height, 0), top],
            "range": [0, axis_ceiling(panel.values)],
            "tickfont": {"size": 11},
            "tickvals": [0],
            "ticktext": [panel.zero],
        }
    figure = go.Figure(
        {
            "data": traces,
            "layout": {
                "shapes": [*gap_shapes(timeline, named=False), *notes.shapes],
                "annotations": [*labels, *notes.labels],
                "xaxis": {**axis, "anchor": f"y{len(panels)}"},
                **y_axes,
            },
        }
    )
    draw_causes(figure, timeline, annotations)
    room = PAGE_SIZES.tag_room if notes.labels else 0
    margin = {
        "l": max(48, room_for([panels[-1].first], 12)),
        "r": max(76, room_for([line for panel in panels for line in panel.newest_lines], 13)),
        "t": TITLE_HEIGHT + room,
    }
    apply_layout(figure, title=EACH_TITLE, stamp=stamp, height=PANEL_HEIGHT * len(panels) + 44 + room, margin=margin)
    alt = f"{mix_alt(EACH_TITLE, timeline)} {ends_alt('Users graded', timeline, panels[-1].users, format_int)}"
    return Chart(figure, alt + annotations_alt(annotations, timeline), file_name)


@dataclass(frozen=True, slots=True)
class _Panel:
    """One of the small multiples: a value for each period, the labels of its ends, and what its hover text says.

    `newest_lines` are the lines of the label at the right end, without markup.
    """

    values: Sequence[float | None]
    users: Sequence[int | None]
    colour: str
    first: str
    newest: str
    newest_lines: Sequence[str]
    zero: str
    hover: str


def _grade_panel(timeline: Timeline, grade: str) -> _Panel:
    shares = timeline.shares(grade)
    newest = format_percent(last_value(shares))
    return _Panel(
        shares,
        timeline.users(grade),
        GRADE_LINES[grade],
        first=format_percent(known_values(shares)[0][1]),
        newest=f"<b>{grade}</b> {newest}",
        newest_lines=[f"{grade} {newest}"],
        zero="0%",
        hover=f"{grade}: <b>%{{y:.1f}}%</b>, users: %{{customdata:,d}}",
    )


def _users_panel(timeline: Timeline) -> _Panel:
    users = timeline.users("users_graded")
    newest = format_int(int(last_value(users)))
    return _Panel(
        users,
        users,
        USERS_LINE,
        first=format_int(known_values(users)[0][1]),
        newest=f"<b>{newest}</b><br>graded",
        newest_lines=[newest, "graded"],
        zero="0",
        hover="<b>%{y:,d}</b> users graded",
    )


def _grade_label(grade: str, share: float) -> str:
    """Return a grade and its share, all of it bold for the grades at risk."""
    label = f"{grade} {format_percent(share)}"
    return f"<b>{label}</b>" if grade in AT_RISK else label


def _middles(shares: Sequence[float]) -> list[float]:
    """Return the middles of stacked parts (percent, from the bottom), moved apart so that labels do not overlap."""
    middles, below = [], 0.0
    for share in shares:
        middles.append(below + share / 2)
        below += share
    return separate_labels(middles, apart=LABELS_APART, low=LABELS_APART / 2, high=100 - LABELS_APART / 2)
