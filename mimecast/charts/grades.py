"""Today: users by grade, as ordered bars."""

from __future__ import annotations

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout, empty_chart
from mimecast.charts.palette import GRADE_COLOURS, GRADE_OUTLINES
from mimecast.domain.scores import ScoreCounts
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.text.stamp import Stamp
from mimecast.text.summaries import grades_in_words

TITLE = "Users by SAFE Score grade"


def grade_chart(stamp: Stamp | None, *, file_name: str = "safe-score-grades") -> Chart:
    """Bars in the order A B C D F, each with its users and its share of users graded.

    The text alternative states each grade as `A 522 (43.4 %)`.
    """
    if stamp is None:
        return empty_chart(title=TITLE, message="No snapshot yet", file_name=file_name, height=340)
    counts = stamp.newest.counts
    if not counts.users_graded:
        return empty_chart(title=TITLE, message="Nobody is graded yet", file_name=file_name, height=340)
    grades = list(counts.shown_grades)
    users = [counts.users(grade) for grade in grades]
    shares = [format_percent(counts.share(count)) for count in users]
    figure = go.Figure(
        go.Bar(
            x=grades,
            y=users,
            text=[f"<b>{format_int(count)}</b><br>{share}" for count, share in zip(users, shares, strict=True)],
            textposition="outside",
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
    apply_layout(figure, title=TITLE, stamp=stamp, height=270, margin={"l": 8, "r": 8}, axis_room=30)
    return Chart(figure, alt_text(counts), file_name)


def alt_text(counts: ScoreCounts) -> str:
    """`Users by SAFE Score grade: A 522 (43.4 %), B 338 (28.1 %), ... 1,204 users graded.`"""
    return f"{TITLE}: {grades_in_words(counts)}. {pluralize(counts.users_graded, 'user')} graded."
