"""Two dates: each grade's share then and now, joined by a bar."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from mimecast.figures.drawing import Drawing, empty, finished
from mimecast.figures.palette import GRADE_COLOURS, GRADE_LINES, GRADE_OUTLINES, GRID
from mimecast.figures.stamp import ComparedStamp
from mimecast.history.comparison import Comparison
from mimecast.scores import GRADES
from mimecast.wording import count_of, day, number, percent, points, signed

TITLE: Final = "Net movement by grade, share of users graded"

ROW: Final = 52
"""Height of one grade, in pixels."""


def dumbbell_chart(
    comparison: Comparison | None, stamp: ComparedStamp | None, *, file_name: str = "safe-score-compare"
) -> Drawing:
    """One row a grade in the order A B C D F: a ring for its share then, a dot for its share now, both in words."""
    if comparison is None or stamp is None:
        return empty(title=TITLE, message="Nothing to compare", file_name=file_name, height=340)
    if not comparison.has_shares:
        return empty(title=TITLE, message="Nobody was graded on one of the dates", file_name=file_name, height=340)
    grades = comparison.shown_grades
    rows = {grade: len(grades) - 1 - index for index, grade in enumerate(grades)}
    shares = {grade: _shares(comparison, grade) for grade in grades}
    figure = go.Figure()
    for grade in grades:
        _add_grade(figure, comparison, grade, shares[grade], rows[grade])
    widest = max(max(pair) for pair in shares.values())
    margin = {"l": 34 if len(grades) == len(GRADES) else 52, "r": 92, "t": 66}
    figure.add_annotation(
        text=f"○ {day(comparison.then_day)}   ● <b>{day(comparison.now_day)}</b>",
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
    finished(figure, title=TITLE, stamp=stamp, height=ROW * len(grades) + margin["t"], margin=margin, axis_room=6)
    return Drawing(figure, _alt(comparison), file_name)


def _shares(comparison: Comparison, grade: str) -> tuple[float, float]:
    then, now = comparison.shares(grade)
    return then or 0.0, now or 0.0


def _add_grade(figure: go.Figure, comparison: Comparison, grade: str, shares: tuple[float, float], row: int) -> None:
    """The bar, the ring and the dot of one grade, its two shares outside of them, and its change at the right."""
    then, now = shares
    for ends, line in (
        ((0, min(shares)), {"color": GRID, "width": 1}),
        (shares, {"color": GRADE_LINES[grade], "width": 4}),
    ):
        figure.add_scatter(x=list(ends), y=[row, row], mode="lines", line=line, hoverinfo="skip")
    marks = (
        (then, day(comparison.then_day), percent(then), "left" if then <= now else "right"),
        (now, day(comparison.now_day), f"<b>{percent(now)}</b>", "right" if then <= now else "left"),
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
            hovertext=[f"Grade {grade}, {when}: {percent(share)}, {count_of(users, 'user')}"],
            hoverinfo="text",
        )
    figure.add_annotation(
        text=f"<b>{points(comparison.change_in_points(grade))}</b><br>{_users(comparison.change_in_users(grade))}",
        xref="paper",
        x=1,
        xshift=4,
        y=row,
        xanchor="left",
        align="left",
        showarrow=False,
        font={"size": 12},
    )


def _users(change: int) -> str:
    return f"{signed(change)} {'user' if abs(change) == 1 else 'users'}"


def _alt(comparison: Comparison) -> str:
    then, now = comparison.users("users_graded")
    said = "; ".join(
        f"{grade} {percent(before)} then, {percent(after)} now ({points(comparison.change_in_points(grade))})"
        for grade in comparison.shown_grades
        for before, after in [comparison.shares(grade)]
    )
    return (
        f"{TITLE}, {day(comparison.then_day)} and {day(comparison.now_day)}: {said}. "
        f"Users graded: {number(then)} then, {number(now)} now."
    )
