"""Today: users by grade, as ordered bars."""

from __future__ import annotations

import plotly.graph_objects as go

from mimecast.figures.drawing import Drawing, empty, finished
from mimecast.figures.palette import GRADE_COLOURS, GRADE_OUTLINES
from mimecast.figures.stamp import Stamp
from mimecast.narrative import grades_in_words
from mimecast.scores import ScoreCounts
from mimecast.wording import count_of, number, percent

TITLE = "Users by SAFE Score grade"


def grade_chart(stamp: Stamp | None, *, file_name: str = "safe-score-grades") -> Drawing:
    """Bars in the order A B C D F, each with its users and its share of users graded.

    The text alternative states each grade as `A 522 (43.4 %)`.
    """
    if stamp is None:
        return empty(title=TITLE, message="No snapshot yet", file_name=file_name, height=340)
    counts = stamp.newest.counts
    if not counts.users_graded:
        return empty(title=TITLE, message="Nobody is graded yet", file_name=file_name, height=340)
    grades = list(counts.shown_grades)
    users = [counts.users(grade) for grade in grades]
    shares = [percent(counts.share(count)) for count in users]
    figure = go.Figure(
        go.Bar(
            x=grades,
            y=users,
            text=[f"<b>{number(count)}</b><br>{share}" for count, share in zip(users, shares, strict=True)],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": [GRADE_COLOURS[grade] for grade in grades],
                "line": {"color": [GRADE_OUTLINES[grade] for grade in grades], "width": 1},
            },
            hovertext=[
                f"Grade {grade}: {count_of(count, 'user')}, {share}"
                for grade, count, share in zip(grades, users, shares, strict=True)
            ],
            hoverinfo="text",
            width=0.68,
        )
    )
    figure.update_xaxes(type="category", tickfont={"size": 15}, showgrid=False)
    figure.update_yaxes(visible=False, range=[0, max(users) * 1.2])
    finished(figure, title=TITLE, stamp=stamp, height=270, margin={"l": 8, "r": 8}, axis_room=30)
    return Drawing(figure, alt_text(counts), file_name)


def alt_text(counts: ScoreCounts) -> str:
    """`Users by SAFE Score grade: A 522 (43.4 %), B 338 (28.1 %), ... 1,204 users graded.`"""
    return f"{TITLE}: {grades_in_words(counts)}. {count_of(counts.users_graded, 'user')} graded."
