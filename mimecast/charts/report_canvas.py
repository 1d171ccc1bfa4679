"""The report on one 16:9 picture: a single figure, so that one click saves all of it.

It is light in every theme and its layout is fixed, since it is made to be pasted. Positions are pixels from the upper
left corner; sizes of text suit a picture that fills a slide.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.annotations import Sizes, annotations_alt, band_traces, draw_notes, draw_target
from mimecast.charts.chart import Chart, escape_plotly
from mimecast.charts.palette import (
    AT_RISK_LINE,
    BAD,
    GOOD,
    GRADE_COLOURS,
    GRADE_OUTLINES,
    GRID,
    INK,
    PAPER,
    QUIET,
    WARNING,
)
from mimecast.charts.time_series import (
    Axes,
    axis_ceiling,
    edge_label,
    gap_shapes,
    last_value,
    line_traces,
    timeline_axis,
)
from mimecast.domain.annotations import Annotations
from mimecast.domain.comparison import Comparison
from mimecast.domain.timeline import Timeline
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_signed,
    format_signed_decimal,
    pluralize,
    round_points,
)
from mimecast.text.grades import grades_in_words
from mimecast.text.headline import unknown_share_phrase
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from mimecast.text.timelines import coverage, empty_range_sentence

WIDTH: Final = 1600
HEIGHT: Final = 900
MARGIN: Final = 48

FONT: Final = "Arial, Liberation Sans, Helvetica, DejaVu Sans, sans-serif"
"""Fonts of the computer: a picture saved from the page cannot use a font that the page has loaded."""

CHAR_WIDTH: Final = 0.56
"""Width of an average character in a wide fallback font, relative to its size."""

MAX_NOTES: Final = 12
NOTE_SIZE: Final = 16
NOTE_LINE_HEIGHT: Final = 21
STAMP_TOP: Final = HEIGHT - 44

LEFT: Final = (MARGIN, 620)
"""From and to, of the plot of the grades."""

RIGHT: Final = (740, WIDTH - MARGIN - 76)
"""From and to, of the plot of the trend, beside which there is room for its newest value."""

TREND_AXES: Final = Axes("x2", "y2", "y2 domain")
SIZES: Final = Sizes(tag=15, label=17, line=2.0)


@dataclass(frozen=True, slots=True)
class CanvasText:
    """What the picture says besides numbers: title, range, headline, and further sentences in order."""

    title: str
    range: str
    headline: str
    sentences: tuple[str, ...] = ()


def report_canvas(
    text: CanvasText,
    stamp: Stamp,
    comparison: Comparison | None,
    timeline: Timeline,
    annotations: Annotations,
    *,
    file_name: str,
) -> Chart:
    """Draw headline, users graded, grades with their change, and the share at risk with its annotations.

    Of more than `MAX_NOTES` notes the last ones are shown.
    """
    figure = _blank()
    top = _draw_head(figure, text, stamp)
    hidden = max(len(annotations.notes) - MAX_NOTES, 0)
    shown = replace(annotations, notes=annotations.notes[hidden:], first_number=annotations.first_number + hidden)
    bottom = _draw_notes_list(figure, shown, hidden)
    _add_text(figure, stamp.text, MARGIN, STAMP_TOP, 18, QUIET, name="stamp")
    counts = stamp.newest.counts
    right = RIGHT[0] - 60
    _add_text(figure, f"<b>{escape_plotly(_users_graded(stamp, comparison))}</b>", LEFT[0], top, 20, INK, markup=True)
    _add_text(figure, _grades_caption(comparison), LEFT[0], top + 28, 16, QUIET)
    _add_text(figure, "<b>Share of users at risk (D + F)</b>", right, top, 20, INK, markup=True)
    shaded = "Shaded: normal range. " if shown.band else ""
    _add_text(figure, f"{shaded}{coverage(timeline)}.", right, top + 28, 16, QUIET)
    plot_top = top + 64
    middle = (plot_top + bottom) / 2
    if counts.users_graded:
        _draw_grades(figure, stamp, comparison, plot_top, bottom)
    else:
        _add_text(figure, unknown_share_phrase(counts), sum(LEFT) / 2, middle, 22, QUIET, anchor="center")
    if timeline.has_risk:
        _draw_trend(figure, timeline, shown, plot_top, bottom)
    else:
        _add_text(figure, empty_range_sentence(timeline), sum(RIGHT) / 2, middle, 22, QUIET, anchor="center")
    alt = [f"{text.headline}.", *text.sentences, f"{grades_in_words(counts)}."]
    alt += [f"{pluralize(counts.users_graded, 'user')} graded. {coverage(timeline)}."]
    return Chart(figure, f"{text.title}. {' '.join(alt)}{annotations_alt(shown, timeline)}", file_name)


def _blank() -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template="none",
        width=WIDTH,
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"family": FONT, "color": INK, "size": 16},
        showlegend=False,
        hovermode=False,
        dragmode=False,
        separators=".,",
        xaxis_visible=False,
        yaxis_visible=False,
        modebar={"orientation": "h", "bgcolor": "rgba(255,255,255,0)", "color": QUIET, "activecolor": INK},
    )
    return figure


def _draw_head(figure: go.Figure, text: CanvasText, stamp: Stamp) -> float:
    """Draw title, account, range, headline and sentences; return where the charts begin."""
    _add_text(figure, f"<b>{escape_plotly(text.title)}</b>", MARGIN, 26, 26, INK, markup=True)
    _add_text(figure, " · ".join(filter(None, (stamp.account_name, text.range))), MARGIN, 62, 18, QUIET)
    if stamp.source == SAMPLE_MARK:
        _add_text(figure, f"<b>{SAMPLE_MARK}</b>", WIDTH - MARGIN - 60, 64, 20, WARNING, anchor="right", markup=True)
    top = 100.0
    lines = _wrapped(text.headline, 32)
    shown = "<br>".join(f"<b>{escape_plotly(line)}</b>" for line in lines)
    _add_text(figure, shown, MARGIN, top, 32, INK, markup=True)
    top += 42 * len(lines) + 6
    for sentence in filter(None, text.sentences):
        lines = _wrapped(sentence, 19)
        _add_text(figure, "<br>".join(map(escape_plotly, lines)), MARGIN, top, 19, QUIET, markup=True)
        top += 25 * len(lines) + 2
    return top + 18


def _users_graded(stamp: Stamp, comparison: Comparison | None) -> str:
    """Return `1,204 users graded (+4 since 24 Oct 2026)`."""
    graded = f"{pluralize(stamp.newest.counts.users_graded, 'user')} graded"
    if comparison is None:
        return graded
    change = format_signed(comparison.change_in_users("users_graded"))
    return f"{graded} ({change} since {format_date(comparison.then_day)})"


def _grades_caption(comparison: Comparison | None) -> str:
    if comparison is None:
        return "Users by grade; there is no earlier day to compare with"
    return f"Users by grade, and change of the share in points since {format_date(comparison.then_day)}"


def _draw_grades(figure: go.Figure, stamp: Stamp, comparison: Comparison | None, top: float, bottom: float) -> None:
    counts = stamp.newest.counts
    grades = list(counts.shown_grades)
    users = [counts.users(grade) for grade in grades]
    figure.add_bar(
        x=grades,
        y=users,
        width=0.66,
        text=[f"<b>{format_int(count)}</b><br>{format_percent(counts.share(count))}" for count in users],
        textposition="outside",
        textfont={"size": 19, "color": INK},
        cliponaxis=False,
        marker={
            "color": [GRADE_COLOURS[grade] for grade in grades],
            "line": {"color": [GRADE_OUTLINES[grade] for grade in grades], "width": 1},
        },
    )
    height = bottom - 62 - top
    figure.update_layout(
        xaxis={
            "visible": True,
            "type": "category",
            "domain": _across(*LEFT),
            "tickvals": grades,
            "ticktext": [_grade_label(grade, comparison) for grade in grades],
            "tickfont": {"size": 18},
            "showgrid": False,
            "linecolor": QUIET,
            "fixedrange": True,
        },
        yaxis={
            "visible": False,
            "domain": _down(top, bottom - 62),
            "range": [0, max(users) / max(1 - 56 / height, 0.3)],
            "fixedrange": True,
        },
    )


def _grade_label(grade: str, comparison: Comparison | None) -> str:
    """Return the grade's letter with the change of its share below. A rise of D or F is bad news."""
    change = comparison.change_in_points(grade) if comparison else None
    if change is None:
        return f"<b>{grade}</b>"
    colour = QUIET
    if round_points(change) and grade in "ABDF":
        colour = GOOD if (change > 0) == (grade in "AB") else BAD
    return f'<b>{grade}</b><br><span style="color:{colour}">{format_signed_decimal(change)}</span>'


def _draw_trend(figure: go.Figure, timeline: Timeline, annotations: Annotations, top: float, bottom: float) -> None:
    shares = timeline.shares["at_risk"]
    axis: dict[str, Any] = timeline_axis(timeline)
    target = draw_target(annotations, timeline, axis["range"], TREND_AXES, SIZES)
    notes = draw_notes(annotations, timeline, axis["range"], TREND_AXES, SIZES)
    top += SIZES.tag_room if notes.labels else 0
    lines = line_traces(timeline, shares, AT_RISK_LINE, width=3)
    for trace in lines:
        trace.update(hoverinfo="skip", xaxis=TREND_AXES.x, yaxis=TREND_AXES.y, marker_size=8)
    figure.add_traces([*band_traces(annotations, timeline, TREND_AXES), *lines])
    newest = last_value(shares)
    label = edge_label(
        f"<b>{format_percent(newest)}</b>", newest, TREND_AXES, colour=AT_RISK_LINE, size=20, x=RIGHT[1] / WIDTH
    )
    band_ceiling = max((day.high for day in annotations.band), default=0.0) * 1.1
    figure.update_layout(
        shapes=[*figure.layout.shapes, *gap_shapes(timeline, TREND_AXES), *target.shapes, *notes.shapes],
        annotations=[*figure.layout.annotations, label, *target.labels, *notes.labels],
        xaxis2={
            **axis,
            "anchor": "y2",
            "domain": _across(*RIGHT),
            "tickfont": {"size": 16},
            "linecolor": QUIET,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis2={
            "anchor": "x2",
            "domain": _down(top, bottom - 52),
            "range": [0, max(axis_ceiling(shares), band_ceiling, target.highest * 1.1)],
            "ticksuffix": "%",
            "nticks": 6,
            "tickfont": {"size": 16},
            "gridcolor": GRID,
            "zeroline": False,
            "fixedrange": True,
        },
    )


def _draw_notes_list(figure: go.Figure, annotations: Annotations, hidden: int) -> float:
    """Draw the notes in two columns above the stamp; return where the charts have to end."""
    if not annotations.notes:
        return STAMP_TOP - 14
    width = (WIDTH - 2 * MARGIN - 40) / 2
    entries = [
        _wrapped(f"{number}   {format_date(note.day)}   {note.text}", NOTE_SIZE, width)
        for number, note in enumerate(annotations.notes, start=annotations.first_number)
    ]
    half = -(-len(entries) // 2)
    columns = [entries[:half], entries[half:]]
    height = max(sum(map(len, column)) for column in columns) * NOTE_LINE_HEIGHT
    top = STAMP_TOP - 12 - height - (NOTE_LINE_HEIGHT if hidden else 0)
    for index, column in enumerate(columns):
        lines = [
            _with_bold_number(line) if row == 0 else escape_plotly(line)
            for entry in column
            for row, line in enumerate(entry)
        ]
        left = MARGIN + index * (width + 40)
        _add_text(figure, "<br>".join(lines), left, top, NOTE_SIZE, INK, markup=True, name="notes")
    if hidden:
        text = f"{pluralize(hidden, 'earlier note')} not shown."
        _add_text(figure, text, MARGIN, top + height, NOTE_SIZE, QUIET)
    return top - 10


def _with_bold_number(line: str) -> str:
    number, _, rest = line.partition(" ")
    return f"<b>{number}</b>{escape_plotly(' ' + rest)}"


def _add_text(
    figure: go.Figure, text: str, x: float, y: float, size: int, colour: str, /, *, markup: bool = False, **place: Any
) -> None:
    """Add text whose upper edge is at `y`. With `markup` the text is Plotly's already."""
    anchor = place.pop("anchor", "left")
    figure.add_annotation(
        text=text if markup else escape_plotly(text),
        xref="paper",
        yref="paper",
        x=x / WIDTH,
        y=1 - y / HEIGHT,
        xanchor=anchor,
        yanchor="top",
        align="left",
        borderpad=0,
        showarrow=False,
        font={"size": size, "color": colour},
        **place,
    )


def _wrapped(text: str, size: int, width: float = WIDTH - 2 * MARGIN) -> list[str]:
    return textwrap.wrap(text, int(width / (size * CHAR_WIDTH))) or [""]


def _across(left: float, right: float) -> list[float]:
    return [left / WIDTH, right / WIDTH]


def _down(top: float, bottom: float) -> list[float]:
    return [1 - bottom / HEIGHT, 1 - top / HEIGHT]
