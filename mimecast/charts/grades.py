"""Today's grades as ordered bars."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout
from mimecast.charts.text_width import BOLD, em_width
from mimecast.domain.scores import AT_RISK
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.palette import AT_RISK_LINE, GRADE_COLOURS, GRADE_OUTLINES
from mimecast.text.grades import grades_in_words
from mimecast.text.stamp import Stamp

TITLE: Final = "Users by SAFE Score grade"
PLOT_HEIGHT: Final = 270

MUTED: Final = 0.62
"""Opacity of the grades that are not at risk, so that those which are stand out."""

BRACKET_HEIGHT: Final = 43
"""Pixels from the top of the taller bar at risk to the bracket, which is above the bars' numbers."""

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
                "opacity": [1.0 if grade in AT_RISK else MUTED for grade in grades],
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
    has_tall_bracket = any(counts.users(grade) == max(users) for grade in AT_RISK)
    figure.update_layout(_bracket(stamp, grades))
    figure.update_xaxes(type="category", tickfont={"size": 15}, showgrid=False, range=[-0.5, len(grades) - 0.5])
    figure.update_yaxes(visible=False, range=[0, max(users) * (1.36 if has_tall_bracket else 1.2)])
    apply_layout(figure, title=TITLE, stamp=stamp, height=PLOT_HEIGHT, margin={"l": 8, "r": 8}, axis_room=30)
    alt = f"{TITLE}: {grades_in_words(counts)}. {pluralize(counts.users_graded, 'user')} graded."
    return Chart(figure, alt, file_name)


def _bracket(stamp: Stamp, grades: list[str]) -> dict[str, Any]:
    """Return a bracket above the grades at risk with the number of their users, in the form of Plotly's layout."""
    counts = stamp.newest.counts
    places = [grades.index(grade) for grade in AT_RISK]
    left, right = min(places) - 0.36, max(places) + 0.36
    base = {"yref": "y", "ysizemode": "pixel", "yanchor": max(counts.users(grade) for grade in AT_RISK)}
    line = {"type": "line", "xref": "x", "line": {"color": AT_RISK_LINE, "width": 1.5}, **base}
    top, foot = BRACKET_HEIGHT, BRACKET_HEIGHT - 5
    label = {
        "text": f"<b>{format_int(counts.users('at_risk'))} at risk</b>",
        "x": (left + right) / 2,
        "y": base["yanchor"],
        "yshift": top + 2,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }
    ends = [(left, left, foot, top), (left, right, top, top), (right, right, top, foot)]
    return {
        "shapes": [line | {"x0": x0, "x1": x1, "y0": y0, "y1": y1} for x0, x1, y0, y1 in ends],
        "annotations": [label],
    }
