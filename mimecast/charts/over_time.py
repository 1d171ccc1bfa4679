"""Charts over time. A gap is drawn as a gap, never bridged, and named where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from mimecast.charts.annotations import NO_ANNOTATIONS, Annotations
from mimecast.charts.chart import Chart, apply_layout, empty_chart, separate_labels, time_axis
from mimecast.charts.normal_range_band import draw_normal_range, normal_range_band
from mimecast.charts.notes_and_target import axis_end, draw_notes, draw_target, said
from mimecast.charts.palette import AT_RISK_LINE, GAP_FILL, GRADE_COLOURS, GRADE_LINES, GRADE_OUTLINES, USERS_LINE
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_date, format_int, format_percent, pluralize
from mimecast.text.stamp import Stamp
from mimecast.text.summaries import coverage

AT_RISK_TITLE: Final = "Share of users at risk (D + F)"
MIX_TITLE: Final = "Grade mix"
EACH_TITLE: Final = "Each grade, share of users graded"
USERS_TITLE: Final = "Users graded"

NO_SNAPSHOTS: Final = "No snapshot in this range"
MAX_MARKED_POINTS: Final = 45
"""Up to so many points, each is marked; beyond that only those that no line joins."""

PANEL_HEIGHT: Final = 92
"""Height of one of the small multiples, in pixels."""

PANEL_GAP: Final = 0.045
"""Between two of them, as a part of them all. They stand on one time axis: one each took the browser longer."""


def at_risk_chart(
    timeline: Timeline | None,
    stamp: Stamp | None,
    marks: Annotations = NO_ANNOTATIONS,
    *,
    file_name: str = "safe-score-at-risk",
) -> Chart:
    """The message: the at-risk share as one line, from zero, broken at gaps, with notes, the target and the limits."""
    if timeline is None or stamp is None or not timeline.has_shares:
        return empty_chart(title=AT_RISK_TITLE, message=NO_SNAPSHOTS, file_name=file_name)
    shares, users = timeline.shares["at_risk"], timeline.users
    hover = [
        f"{when}<br><b>{format_percent(share)}</b> at risk<br>{format_int(int(risk))} of "
        f"{pluralize(int(graded), 'user')}"
        if share == share
        else ""
        for when, share, risk, graded in zip(
            _period_names(timeline), shares, users["at_risk"], users["users_graded"], strict=True
        )
    ]
    figure = go.Figure(line_traces(timeline, shares, AT_RISK_LINE, hover))
    shade_gaps(figure, timeline)
    until = axis_end(marks, timeline)
    figure.update_xaxes(timeline_axis(timeline, until=until))
    _label_last(figure, shares, f"<b>{format_percent(last_value(shares))}</b>", at_edge=until == timeline.last)
    band = normal_range_band(timeline, marks.variation)
    usual = draw_normal_range(figure, band, marks.variation)
    highest = draw_target(figure, marks, timeline)
    ceiling = max(axis_ceiling(pd.concat([shares, band["high"]])), (highest or 0) * 1.1)
    figure.update_yaxes(range=[0, ceiling], ticksuffix=" %", nticks=6)
    room = draw_notes(figure, marks, timeline)
    apply_layout(figure, title=AT_RISK_TITLE, stamp=stamp, height=270 + room, margin=_margin(64, room))
    alt = (
        _line_alt(AT_RISK_TITLE, timeline, shares, format_percent)
        + usual
        + said(marks, timeline, target=highest is not None)
    )
    return Chart(figure, alt, file_name)


def mix_chart(
    timeline: Timeline | None,
    stamp: Stamp | None,
    marks: Annotations = NO_ANNOTATIONS,
    *,
    file_name: str = "safe-score-mix",
) -> Chart:
    """100 % stacked columns with F at the baseline, the grades named beside the last column."""
    if timeline is None or stamp is None or not timeline.has_shares:
        return empty_chart(title=MIX_TITLE, message=NO_SNAPSHOTS, file_name=file_name, height=340)
    title = f"{MIX_TITLE} by {timeline.resolution}"
    shares = timeline.shares
    grades = timeline.shown_grades
    stacked = list(reversed(grades))
    names = _period_names(timeline)
    labels = timeline.users.index
    figure = go.Figure()
    edge = 0.6 if len(labels) <= 70 else 0
    for grade in stacked:
        users = timeline.users[grade]
        figure.add_bar(
            x=labels,
            y=shares[grade].round(3),
            name=grade,
            width=_width(timeline) / pd.Timedelta(milliseconds=1) * 0.96,
            marker={"color": GRADE_COLOURS[grade], "line": {"color": GRADE_OUTLINES[grade], "width": edge}},
            hovertext=[
                f"{when}<br>{grade}: <b>{format_percent(share)}</b>, {pluralize(int(count), 'user')}"
                if share == share
                else ""
                for when, share, count in zip(names, shares[grade], users, strict=True)
            ],
            hoverinfo="text",
        )
    shade_gaps(figure, timeline)
    newest = {grade: last_value(shares[grade]) for grade in stacked}
    for grade, height in zip(stacked, _spread(list(newest.values()), apart=6.5), strict=True):
        figure.add_annotation(
            text=f"<b>{grade}</b> {format_percent(newest[grade])}",
            xref="paper",
            x=1,
            xshift=4,
            y=height,
            xanchor="left",
            showarrow=False,
            font={"size": 12},
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(timeline_axis(timeline, columns=True))
    figure.update_yaxes(range=[0, 100], ticksuffix=" %", nticks=6)
    room = draw_notes(figure, marks, timeline)
    apply_layout(figure, title=title, stamp=stamp, height=270 + room, margin=_margin(72, room))
    return Chart(figure, _mix_alt(title, timeline, grades) + said(marks, timeline), file_name)


def each_grade_chart(
    timeline: Timeline | None,
    stamp: Stamp | None,
    marks: Annotations = NO_ANNOTATIONS,
    *,
    file_name: str = "safe-score-each-grade",
) -> Chart:
    """Small multiples: one panel a grade on a common time axis, each from zero to its own maximum."""
    if timeline is None or stamp is None or not timeline.has_shares:
        return empty_chart(title=EACH_TITLE, message=NO_SNAPSHOTS, file_name=file_name)
    shares = timeline.shares
    grades = timeline.shown_grades
    # What many points share is said once: a large message comes late, when the other figures have been drawn.
    is_by_day = timeline.resolution is Resolution.DAY
    names, when = ([], "%{x|%-d %b %Y}") if is_by_day else (_period_names(timeline), "%{hovertext}")
    figure = go.Figure()
    panel = (1 - PANEL_GAP * (len(grades) - 1)) / len(grades)
    for row, grade in enumerate(grades):
        axis, top = f"y{row + 1 if row else ''}", 1 - row * (panel + PANEL_GAP)
        line, *points = line_traces(timeline, shares[grade], GRADE_LINES[grade], names)
        line.update(
            customdata=[None if pd.isna(count) else int(count) for count in timeline.users[grade]],
            hovertemplate=f"{when}<br>{grade}: <b>%{{y:.1f}} %</b>, users: %{{customdata:,d}}<extra></extra>",
        )
        for trace in (line, *points):
            figure.add_trace(trace.update(yaxis=axis))
        _label_last(figure, shares[grade], f"<b>{grade}</b> {format_percent(last_value(shares[grade]))}", axis=axis)
        figure.layout[f"yaxis{axis[1:]}"] = {
            "domain": [max(top - panel, 0), top],
            "range": [0, axis_ceiling(shares[grade])],
            "ticksuffix": " %",
            "tickfont": {"size": 11},
            "nticks": 3,
        }
    shade_gaps(figure, timeline, named=False)
    figure.update_xaxes(timeline_axis(timeline), anchor=axis)
    room = draw_notes(figure, marks, timeline)
    height = PANEL_HEIGHT * len(grades) + 44 + room
    apply_layout(figure, title=EACH_TITLE, stamp=stamp, height=height, margin=_margin(76, room))
    return Chart(figure, _mix_alt(EACH_TITLE, timeline, grades) + said(marks, timeline), file_name)


def users_graded_chart(
    timeline: Timeline | None,
    stamp: Stamp | None,
    marks: Annotations = NO_ANNOTATIONS,
    *,
    file_name: str = "safe-score-users",
) -> Chart:
    """How many users were graded: shares over time mean little without it."""
    if timeline is None or stamp is None or timeline.is_empty:
        return empty_chart(title=USERS_TITLE, message=NO_SNAPSHOTS, file_name=file_name, height=340)
    graded = timeline.users["users_graded"]
    hover = [
        f"{when}<br><b>{pluralize(int(users), 'user')}</b> graded" if users == users else ""
        for when, users in zip(_period_names(timeline), graded, strict=True)
    ]
    figure = go.Figure(line_traces(timeline, graded, USERS_LINE, hover))
    shade_gaps(figure, timeline)
    _label_last(figure, graded, f"<b>{format_int(int(last_value(graded)))}</b>")
    figure.update_xaxes(timeline_axis(timeline))
    figure.update_yaxes(range=[0, axis_ceiling(graded)], tickformat=",d", nticks=6)
    room = draw_notes(figure, marks, timeline)
    apply_layout(figure, title=USERS_TITLE, stamp=stamp, height=270 + room, margin=_margin(64, room))
    alt = _line_alt(USERS_TITLE, timeline, graded, lambda users: format_int(int(users))) + said(marks, timeline)
    return Chart(figure, alt, file_name)


def _margin(right: int, room: int) -> dict[str, int]:
    """Room for the last values at the right and, below the title, for the tags of notes."""
    return {"r": right, "t": 44 + room}


def line_traces(timeline: Timeline, values: pd.Series, colour: str, hover: Sequence[str] = ()) -> list[go.Scatter]:
    """The line, broken at gaps, and a mark for each point that no line would show."""
    present = values.notna()
    alone = present & ~present.shift(1, fill_value=False) & ~present.shift(-1, fill_value=False)
    marked = present if len(values) <= MAX_MARKED_POINTS else alone
    labels = pd.DatetimeIndex(timeline.users.index).strftime("%Y-%m-%d")
    line = go.Scatter(
        x=labels,
        y=values,
        mode="lines",
        line={"color": colour, "width": 2.2},
        connectgaps=False,
        hovertext=list(hover) or None,
        hoverinfo="text",
    )
    if not marked.any():
        return [line]
    marks = go.Scatter(
        x=labels[marked],
        y=values[marked],
        mode="markers",
        marker={"color": colour, "size": 5},
        hoverinfo="skip",
    )
    return [line, marks]


def timeline_axis(timeline: Timeline, *, columns: bool = False, until: date | None = None) -> dict[str, Any]:
    """From the first period's label to the last one's, or on to a later day; with room for whole columns, or for a
    point alone."""
    first, last = timeline.users.index[0], timeline.users.index[-1]
    axis = time_axis(first.date(), until if until and until > timeline.last else last.date())
    if columns or first == last:
        half = _width(timeline) / 2
        axis["range"] = [str(first - half), str(last + half)]
    if first == last:
        axis["tickvals"] = [str(first)]
    return axis


def _width(timeline: Timeline) -> pd.Timedelta:
    """The width of a column: the shortest that a period of this resolution can be."""
    days = {Resolution.DAY: 1, Resolution.WEEK: 7, Resolution.MONTH: 28, Resolution.QUARTER: 90, Resolution.YEAR: 365}
    return pd.Timedelta(days=days[timeline.resolution])


def shade_gaps(figure: go.Figure, timeline: Timeline, *, named: bool = True) -> None:
    """Grey where there is no snapshot; named where the gap is wide enough to hold the words."""
    half = _width(timeline) / 2
    whole = timeline.last - timeline.first
    for first, last in timeline.gaps():
        width = last - first
        text = "no snapshots" if named and width > whole * 0.14 else None
        label = {"label": {"text": text, "textposition": "middle center"}} if text else {}
        figure.add_shape(
            type="rect",
            xref="x",
            x0=str(pd.Timestamp(first) - half),
            x1=str(pd.Timestamp(last) + half),
            yref="paper",
            y0=0,
            y1=1,
            fillcolor=GAP_FILL,
            line_width=0,
            layer="below",
            **label,
        )


def _label_last(figure: go.Figure, values: pd.Series, text: str, *, axis: str = "y", at_edge: bool = True) -> None:
    """Name the newest value at the right edge, or beside its point where the axis goes on."""
    figure.add_annotation(
        text=text,
        xref="paper" if at_edge else "x",
        x=1 if at_edge else str(values.dropna().index[-1]),
        xshift=6,
        yref=axis,
        y=last_value(values),
        xanchor="left",
        showarrow=False,
        font={"size": 13},
    )


def last_value(values: pd.Series) -> float:
    return float(values.dropna().iloc[-1])


def axis_ceiling(values: pd.Series) -> float:
    """The top of an axis from zero: some room above the highest value."""
    return max(float(values.max()) * 1.18, 1.0)


def _spread(heights: Sequence[float], *, apart: float) -> list[float]:
    """Middles of stacked parts (percent, from the bottom), moved so that labels stand at least `apart` apart."""
    middles, below = [], 0.0
    for height in heights:
        middles.append(below + height / 2)
        below += height
    return separate_labels(middles, apart=apart, low=apart / 2, high=100 - apart / 2)


def _period_names(timeline: Timeline) -> list[str]:
    """What a period is called where it is pointed at; its value is the one of its last snapshot."""
    zone = timeline.zone
    if timeline.resolution is Resolution.DAY:
        return [format_date(label.date()) for label in timeline.users.index]
    return [
        format_date(taken_at.astimezone(zone).date()) if not pd.isna(taken_at) else ""
        for taken_at in timeline.users["taken_at"]
    ]


def _line_alt(title: str, timeline: Timeline, values: pd.Series, form: Any) -> str:
    present = values.dropna()
    first, last = _day_of(timeline, present.index[0]), _day_of(timeline, present.index[-1])
    if len(present) == 1:
        return f"{title}: {form(present.iloc[0])} on {format_date(last)}. {coverage(timeline)}."
    return (
        f"{title}: {form(present.iloc[0])} on {format_date(first)}, {form(present.iloc[-1])} on {format_date(last)}; "
        f"lowest {form(present.min())}, highest {form(present.max())}. {coverage(timeline)}."
    )


def _mix_alt(title: str, timeline: Timeline, grades: Sequence[str]) -> str:
    shares = timeline.shares.dropna(subset=["A"])
    ends = [shares.index[0], shares.index[-1]] if len(shares) > 1 else [shares.index[-1]]
    said = "; ".join(
        f"{format_date(_day_of(timeline, end))}: "
        + ", ".join(f"{grade} {format_percent(shares.loc[end, grade])}" for grade in grades)
        for end in ends
    )
    return f"{title}. {said}. {coverage(timeline)}."


def _day_of(timeline: Timeline, label: pd.Timestamp) -> date:
    """The reporting day of the snapshot behind a period."""
    day_of: date = timeline.users["taken_at"][label].astimezone(timeline.zone).date()
    return day_of
