"""Two days compared whose shares are close: the change of each grade as a bar to the left or right of zero."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout
from mimecast.charts.dumbbell import ROW_HEIGHT, TITLE, change_alt, label_change
from mimecast.charts.text_width import room_for
from mimecast.domain.comparison import Comparison
from mimecast.formatting import format_date, format_percent, format_points, pluralize
from mimecast.palette import GRADE_COLOURS, GRADE_OUTLINES, GRID
from mimecast.text.changes import signed_users
from mimecast.text.stamp import ComparedStamp

OVERLAP: Final = 0.12
"""Where no share changes by more than this part of the largest share, the dots of a dumbbell chart would overlap."""

MIN_SPAN: Final = 1.0
"""Points on each side of zero that the axis has at least, so that tiny changes look tiny."""


def has_small_changes(comparison: Comparison) -> bool:
    """Return whether bars of the change are easier to read than two shares on one axis."""
    shares = [share or 0.0 for grade in comparison.shown_grades for share in comparison.shares(grade)]
    return max(map(abs, _changes(comparison))) < OVERLAP * max(shares)


def change_bars_chart(comparison: Comparison, stamp: ComparedStamp, *, file_name: str) -> Chart:
    """Draw one bar per grade in order from zero to the change of its share in points, with both shares beside it.

    Users are graded in both snapshots (`has_shares`).
    """
    grades, changes = comparison.shown_grades, _changes(comparison)
    labels = [format_points(change) for change in changes]
    users = [signed_users(comparison.change_in_users(grade)) for grade in grades]
    shares = [" → ".join(format_percent(share) for share in comparison.shares(grade)) for grade in grades]
    span = max(*map(abs, changes), MIN_SPAN) * 1.05
    figure = go.Figure(
        go.Bar(
            x=[round(change, 3) for change in changes],
            y=grades,
            orientation="h",
            width=0.5,
            marker={
                "color": [GRADE_COLOURS[grade] for grade in grades],
                "line": {"color": [GRADE_OUTLINES[grade] for grade in grades], "width": 1},
            },
            hovertext=[
                f"Grade {grade}: {pair}, {label}" for grade, pair, label in zip(grades, shares, labels, strict=True)
            ],
            hoverinfo="text",
        )
    )
    figure.add_vline(x=0, line={"color": GRID, "width": 2})
    margin = {"l": room_for(shares, 12), "r": room_for([*labels, *users], 12, bold=True), "t": 66}
    for grade in grades:
        label_change(figure, comparison, grade, grade, xshift=8)
    figure.add_annotation(
        text=f"{format_date(comparison.then_day)} → {format_date(comparison.now_day)}, "
        f"{pluralize(comparison.days, 'day')}",
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        xanchor="left",
        xshift=4 - margin["l"],
        yanchor="bottom",
        showarrow=False,
        font={"size": 13},
    )
    figure.update_xaxes(range=[-span, span], visible=False)
    figure.update_yaxes(
        type="category",
        range=[len(grades) - 0.4, -0.6],
        tickvals=list(grades),
        ticktext=[f"<b>{grade}</b><br>{pair}" for grade, pair in zip(grades, shares, strict=True)],
        tickfont={"size": 12},
        showgrid=False,
    )
    apply_layout(
        figure, title=TITLE, stamp=stamp, height=ROW_HEIGHT * len(grades) + margin["t"], margin=margin, axis_room=6
    )
    return Chart(figure, change_alt(comparison), file_name)


def _changes(comparison: Comparison) -> list[float]:
    return [comparison.change_in_points(grade) or 0.0 for grade in comparison.shown_grades]
