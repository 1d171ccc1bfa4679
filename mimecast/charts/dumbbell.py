"""Two dates compared: the share of each grade then and now, joined by a bar."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout
from mimecast.charts.text_width import room_for
from mimecast.domain.comparison import Comparison
from mimecast.domain.scores import GRADES
from mimecast.formatting import format_date, format_int, format_percent, format_points, pluralize
from mimecast.palette import GRADE_COLOURS, GRADE_LINES, GRADE_OUTLINES, GRID
from mimecast.text.changes import signed_users
from mimecast.text.stamp import ComparedStamp

TITLE: Final = "Change by grade"

ROW_HEIGHT: Final = 52
"""Height of one grade, in pixels."""


def dumbbell_chart(comparison: Comparison, stamp: ComparedStamp, *, file_name: str) -> Chart:
    """Draw one row per grade in order: a ring for its share then and a dot for its share now, both labelled.

    Users are graded in both snapshots (`has_shares`).
    """
    grades = comparison.shown_grades
    rows = {grade: len(grades) - 1 - index for index, grade in enumerate(grades)}
    shares = {grade: _shares(comparison, grade) for grade in grades}
    figure = go.Figure()
    for grade in grades:
        _add_grade(figure, comparison, grade, shares[grade], rows[grade])
    widest = max(max(pair) for pair in shares.values())
    changes = [signed_users(comparison.change_in_users(grade)) for grade in grades]
    margin = {"l": 34 if len(grades) == len(GRADES) else 52, "r": max(92, room_for(changes, 12)), "t": 66}
    figure.add_annotation(
        text=f"○ {format_date(comparison.then_day)}   ● <b>{format_date(comparison.now_day)}</b>",
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
    figure.update_xaxes(range=[-0.14 * widest, 1.28 * widest], visible=False)
    figure.update_yaxes(
        range=[-0.6, len(grades) - 0.4],
        tickvals=list(rows.values()),
        ticktext=[f"<b>{grade}</b>" for grade in grades],
        tickfont={"size": 15},
        showgrid=False,
    )
    apply_layout(
        figure, title=TITLE, stamp=stamp, height=ROW_HEIGHT * len(grades) + margin["t"], margin=margin, axis_room=6
    )
    return Chart(figure, change_alt(comparison), file_name)


def _shares(comparison: Comparison, grade: str) -> tuple[float, float]:
    then, now = comparison.shares(grade)
    return then or 0.0, now or 0.0


def _add_grade(figure: go.Figure, comparison: Comparison, grade: str, shares: tuple[float, float], row: int) -> None:
    """Add the bar, the ring and the dot of one grade, its two shares beside them, and its change at the right."""
    then, now = shares
    for ends, line in (
        ((0, min(shares)), {"color": GRID, "width": 1}),
        (shares, {"color": GRADE_LINES[grade], "width": 4}),
    ):
        figure.add_scatter(x=list(ends), y=[row, row], mode="lines", line=line, hoverinfo="skip")
    marks = (
        (then, format_date(comparison.then_day), format_percent(then), "left" if then <= now else "right"),
        (now, format_date(comparison.now_day), f"<b>{format_percent(now)}</b>", "right" if then <= now else "left"),
    )
    ring = {
        "symbol": "circle-open",
        "size": 16,
        "color": GRADE_LINES[grade],
        "line": {"color": GRADE_LINES[grade], "width": 3},
    }
    dot = {"size": 11, "color": GRADE_COLOURS[grade], "line": {"color": GRADE_OUTLINES[grade], "width": 1}}
    for (share, when, label, side), users, marker in zip(marks, comparison.users(grade), (ring, dot), strict=True):
        figure.add_scatter(
            x=[share],
            y=[row],
            mode="markers+text",
            marker=marker,
            text=[label],
            textposition=f"top {side}",
            textfont={"size": 13},
            cliponaxis=False,
            hovertext=[f"Grade {grade}, {when}: {format_percent(share)}, {pluralize(users, 'user')}"],
            hoverinfo="text",
        )
    label_change(figure, comparison, grade, row, xshift=4)


def label_change(figure: go.Figure, comparison: Comparison, grade: str, y: int | str, *, xshift: int) -> None:
    """Write a grade's change in points and in users beside the right edge of the plot, at a place of the y axis."""
    points, users = comparison.change_in_points(grade), comparison.change_in_users(grade)
    figure.add_annotation(
        text=f"<b>{format_points(points)}</b><br>{signed_users(users)}",
        xref="paper",
        x=1,
        xshift=xshift,
        y=y,
        xanchor="left",
        align="left",
        showarrow=False,
        font={"size": 12},
    )


def change_alt(comparison: Comparison) -> str:
    """Return a text alternative: the shares of each grade on both days and their change."""
    then, now = comparison.users("users_graded")
    changes = "; ".join(
        f"{grade} {format_percent(before)} then, {format_percent(after)} now "
        f"({format_points(comparison.change_in_points(grade))})"
        for grade in comparison.shown_grades
        for before, after in [comparison.shares(grade)]
    )
    return (
        f"{TITLE}, {format_date(comparison.then_day)} and {format_date(comparison.now_day)}: {changes}. "
        f"Users graded: {format_int(then)} then, {format_int(now)} now."
    )
