"""The trend: the share of users at risk as one line, and the users graded behind it."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from mimecast.charts.alt_texts import line_alt
from mimecast.charts.annotations import (
    PAGE_SIZES,
    annotations_alt,
    axis_end,
    band_label,
    band_traces,
    draw_notes,
    draw_target,
    worse_traces,
)
from mimecast.charts.causes.overlay import draw_causes
from mimecast.charts.chart import TITLE_HEIGHT, Chart, apply_layout
from mimecast.charts.lines import axis_ceiling, count_axis, edge_label, last_value, line_traces
from mimecast.charts.text_width import room_for
from mimecast.charts.time_axis import gap_shapes, period_names, timeline_axis
from mimecast.domain.annotations import Annotations
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.palette import AT_RISK_LINE, USERS_LINE, WORSE_LINE
from mimecast.text.stamp import Stamp

AT_RISK_TITLE: Final = "Share of users at risk (D + F)"
USERS_TITLE: Final = "Users graded"
PLOT_HEIGHT: Final = 270

TICK_SIZE: Final = 12
LABEL_SIZE: Final = 13
"""Sizes of the labels of an axis and of the newest value, in pixels."""


def at_risk_chart(timeline: Timeline, stamp: Stamp, annotations: Annotations, *, file_name: str) -> Chart:
    """Draw the share at risk from zero, broken at gaps, with notes, the target and the normal range.

    The share is known at least once in the timeline (`has_risk`).
    """
    shares = timeline.shares("at_risk")
    hover = [
        f"{name}<br><b>{format_percent(snapshot.counts.at_risk_share)}</b> at risk<br>"
        f"{format_int(snapshot.counts.at_risk)} of {pluralize(snapshot.counts.users_graded, 'user')}"
        if snapshot and snapshot.counts.at_risk_share is not None
        else ""
        for name, snapshot in zip(period_names(timeline), timeline.snapshots, strict=True)
    ]
    until = axis_end(annotations, timeline)
    axis = timeline_axis(timeline, until=until)
    target = draw_target(annotations, timeline, axis["range"])
    notes = draw_notes(annotations, timeline, axis["range"])
    newest = last_value(shares)
    worse = worse_traces(annotations, timeline)
    label = edge_label(f"<b>{format_percent(newest)}</b>", newest, colour=WORSE_LINE if worse else AT_RISK_LINE)
    if until != timeline.last:  # the axis goes on: the label is above its point, where no line passes
        last_known = timeline.periods[known_values(shares)[-1][0]]
        place = {"xref": "x", "x": str(last_known), "xshift": 0, "xanchor": "center"}
        label |= {**place, "yanchor": "bottom", "yshift": 6}
    figure = go.Figure(
        {
            "data": [*band_traces(annotations, timeline), *line_traces(timeline, shares, AT_RISK_LINE, hover), *worse],
            "layout": {
                "shapes": [*gap_shapes(timeline), *target.shapes, *notes.shapes],
                "annotations": [label, *band_label(annotations, timeline), *target.labels, *notes.labels],
                "xaxis": axis,
            },
        }
    )
    band_ceiling = max((day.high for day in annotations.band), default=0.0) * 1.1
    ceiling = max(axis_ceiling(shares), band_ceiling, target.highest * 1.1)
    figure.update_yaxes(range=[0, ceiling], ticksuffix="%", nticks=6)
    draw_causes(figure, timeline, annotations, has_shares=True)
    room = PAGE_SIZES.tag_room if notes.labels else 0
    margin = {"r": 64, "t": TITLE_HEIGHT + room}
    apply_layout(figure, title=AT_RISK_TITLE, stamp=stamp, height=PLOT_HEIGHT + room, margin=margin)
    alt = line_alt(AT_RISK_TITLE, timeline, shares, format_percent)
    return Chart(figure, alt + annotations_alt(annotations, timeline, with_target=True), file_name)


def users_graded_chart(timeline: Timeline, stamp: Stamp, annotations: Annotations, *, file_name: str) -> Chart:
    """Draw how many users were graded, without which shares over time mean little. The timeline has a snapshot."""
    graded = timeline.users("users_graded")
    hover = [
        f"{name}<br><b>{pluralize(users, 'user')}</b> graded" if users is not None else ""
        for name, users in zip(period_names(timeline), graded, strict=True)
    ]
    axis = timeline_axis(timeline)
    notes = draw_notes(annotations, timeline, axis["range"])
    newest = int(last_value(graded))
    figure = go.Figure(
        {
            "data": line_traces(timeline, graded, USERS_LINE, hover),
            "layout": {
                "shapes": [*gap_shapes(timeline), *notes.shapes],
                "annotations": [edge_label(f"<b>{format_int(newest)}</b>", newest), *notes.labels],
                "xaxis": axis,
            },
        }
    )
    axis_of_users = count_axis(graded)
    figure.update_yaxes(axis_of_users)
    draw_causes(figure, timeline, annotations)
    room = PAGE_SIZES.tag_room if notes.labels else 0
    left = room_for([format_int(int(axis_of_users["range"][1]))], TICK_SIZE)
    right = room_for([format_int(newest)], LABEL_SIZE, bold=True)
    margin = {"l": max(48, left), "r": max(64, right), "t": TITLE_HEIGHT + room}
    apply_layout(figure, title=USERS_TITLE, stamp=stamp, height=PLOT_HEIGHT + room, margin=margin)
    alt = line_alt(USERS_TITLE, timeline, graded, format_int)
    return Chart(figure, alt + annotations_alt(annotations, timeline), file_name)
