"""Today's grades as ordered bars."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout
from mimecast.charts.palette import GRADE_COLOURS, GRADE_OUTLINES
from mimecast.charts.text_width import BOLD, em_width
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.text.grades import grades_in_words
from mimecast.text.stamp import Stamp

TITLE: Final = "Users by SAFE Score grade"
PLOT_HEIGHT: Final = 270

PHONE_PLOT_WIDTH: Final = 340
"""Pixels in which the numbers above the bars have room beside each other."""


def grade_chart(stamp: Stamp, *, file_name: str) -> Chart:
    """Draw one bar per grade in order, each with its users and its share of users graded.

    Users are graded in the stamp's snapshot. The text alternative states each grade as `A 522 (43.4%)`.
    """
    counts = stamp.newest.counts
    grades = list(counts.shown_grades)
    users = [counts.users(grade) for grade in grades]
    shares = [format_percent(counts.share(count)) for count in users]
    widest = max(em_width(format_int(count)) for count in users) * BOLD
    figure = go.Figure(
        go.Bar(
            x=grades,
            y=users,
            text=[f"<b>{format_int(count)}</b><br>{share}" for count, share in zip(users, shares, strict=True)],
            textposition="outside",
            textfont={"size": min(12.0, PHONE_PLOT_WIDTH / len(grades) / widest)},
            constraintext="none",
            cliponaxis=False,
            marker={
                "color": [GRADE_COLOURS[grade] for grade in grades],
                "line": {"color": [GRADE_OUTLINES[grade] for grade in grades], "width": 1},
            },
            hovertext=[
                f"Grade {grade}: {pluralize(count, 'user')}, {share}"
                for grade, count, share in zip(grades, users, shares, strict=True)
            ],
            hoverinfo="text",
            width=0.68,
        )
    )
    figure.update_xaxes(type="category", tickfont={"size": 15}, showgrid=False)
    figure.update_yaxes(visible=False, range=[0, max(users) * 1.2])
    apply_layout(figure, title=TITLE, stamp=stamp, height=PLOT_HEIGHT, margin={"l": 8, "r": 8}, axis_room=30)
    alt = f"{TITLE}: {grades_in_words(counts)}. {pluralize(counts.users_graded, 'user')} graded."
    return Chart(figure, alt, file_name)
