"""The report as one 16:9 picture: a single figure, so that one click saves all of it.

It is light in every theme and its layout is fixed, since it is made to be pasted. Positions are pixels from the upper
left corner; sizes of text suit a picture that fills a slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.annotations import Sizes, annotations_alt, band_traces, draw_notes, draw_target, worse_traces
from mimecast.charts.causes.overlay import MARK, draw_causes
from mimecast.charts.chart import Chart, escape_plotly
from mimecast.charts.grades import MUTED
from mimecast.charts.lines import axis_ceiling, edge_label, last_value, line_traces
from mimecast.charts.text_width import BOLD, em_width, wrap
from mimecast.charts.time_axis import Axes, gap_shapes, timeline_axis
from mimecast.domain.annotations import Annotations
from mimecast.domain.comparison import Comparison
from mimecast.domain.scores import AT_RISK
from mimecast.domain.timeline import Timeline
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_signed,
    format_signed_decimal,
    pluralize,
)
from mimecast.palette import (
    AT_RISK_INK,
    GRADE_COLOURS,
    GRADE_OUTLINES,
    GRID,
    INK,
    PAPER,
    QUIET,
    WARNING,
    WORSE_LINE,
)
from mimecast.text.grades import grades_in_words
from mimecast.text.headline import unknown_share_phrase
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from mimecast.text.timelines import coverage, empty_range_sentence

WIDTH: Final = 1600
HEIGHT: Final = 900
MARGIN: Final = 48

FONT: Final = '"Source Sans 3", "Source Sans", Arial, Liberation Sans, Helvetica, DejaVu Sans, sans-serif'
"""The typeface of the pages, then fonts of the computer: a picture saved from a page cannot use the page's font."""

LINE_HEIGHT: Final = 1.3
"""Height of a line of text relative to its size."""

MIN_PLOT_HEIGHT: Final = 270
"""Pixels that the charts get with their labels, if need be by showing fewer notes."""

MAX_NOTES: Final = 12
NOTE_SIZE: Final = 16
STAMP_SIZE: Final = 18

LEFT: Final = (MARGIN, 620)
"""Left and right edge of the plot of the grades."""

RIGHT: Final = (740, WIDTH - MARGIN - 76)
"""Left and right edge of the plot of the trend, beside which there is room for its newest value."""

GUTTER: Final = 60
"""Width of the axis labels left of the trend."""

TREND_AXES: Final = Axes("x2", "y2", "y2 domain")
SIZES: Final = Sizes(tag=15, label=17, line=2.0)


@dataclass(frozen=True, slots=True)
class PictureText:
    """What the picture says besides numbers: title, range, headline, and further sentences in order.

    `past_day` is the day of the numbers where the picture is about a past period.
    """

    title: str
    range: str
    headline: str
    sentences: tuple[str, ...] = ()
    past_day: date | None = None


def report_picture(
    text: PictureText,
    stamp: Stamp,
    comparison: Comparison | None,
    timeline: Timeline,
    annotations: Annotations,
    *,
    file_name: str,
) -> Chart:
    """Draw headline, users graded, grades with their change, and the share at risk with its annotations.

    Of more notes than there is room for, `MAX_NOTES` at most, the last ones are shown.
    """
    figure = _blank()
    counts = stamp.newest.counts
    on = f" on {format_date(text.past_day)}" if text.past_day else ""
    top = _draw_head(figure, text, stamp)
    right = RIGHT[0] - GUTTER
    width = right - LEFT[0] - 24
    left_end = _add_lines(
        figure, _users_graded(counts.users_graded, on, comparison), LEFT[0], top, 20, width, bold=True
    )
    left_end = _add_lines(figure, _grades_caption(on, comparison), LEFT[0], left_end + 2, 16, width)
    _add_text(figure, "<b>Share of users at risk (D + F)</b>", right, top, 20, INK, markup=True)
    shaded = "Shaded: normal range. " if annotations.band else ""
    launches = f"{MARK} campaign launch. " if annotations.causes.campaigns else ""
    _add_text(figure, f"{shaded}{launches}{coverage(timeline)}.", right, top + 28, 16, QUIET)
    plot_top = max(left_end, top + 28 + 16 * LINE_HEIGHT) + 14
    stamp_top = _draw_stamp(figure, stamp)
    shown, bottom = _draw_notes_list(figure, annotations, stamp_top, stamp_top - plot_top - MIN_PLOT_HEIGHT)
    middle = (plot_top + bottom) / 2
    if counts.users_graded:
        _draw_grades(figure, stamp, comparison, plot_top, bottom)
    else:
        phrase = unknown_share_phrase(counts, is_past=text.past_day is not None) + on
        _add_text(figure, phrase, sum(LEFT) / 2, middle, 22, QUIET, anchor="center")
    if timeline.has_risk:
        _draw_trend(figure, timeline, shown, plot_top, bottom)
    else:
        _add_text(figure, empty_range_sentence(timeline), sum(RIGHT) / 2, middle, 22, QUIET, anchor="center")
    alt = [f"{text.headline}.", *text.sentences, f"{grades_in_words(counts)}."]
    alt += [f"{pluralize(counts.users_graded, 'user')} graded{on}. {coverage(timeline)}."]
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


def _draw_head(figure: go.Figure, text: PictureText, stamp: Stamp) -> float:
    """Draw title, account, range, headline and sentences; return where the charts begin."""
    mark = 0.0
    if stamp.source == SAMPLE_MARK:
        _add_text(figure, f"<b>{SAMPLE_MARK}</b>", WIDTH - MARGIN, 64, 20, WARNING, anchor="right", markup=True)
        mark = em_width(SAMPLE_MARK) * 20 * BOLD + 80
    width = WIDTH - 2 * MARGIN
    top = _add_lines(figure, text.title, MARGIN, 26, 26, width - 60, bold=True)
    account = " · ".join(filter(None, (stamp.account_name, text.range)))
    top = _add_lines(figure, account, MARGIN, top + 2, 18, width - mark)
    top = _add_lines(figure, text.headline, MARGIN, top + 14, 32, width, bold=True) + 6
    for sentence in filter(None, text.sentences):
        top = _add_lines(figure, sentence, MARGIN, top + 2, 19, width)
    return top + 18


def _draw_stamp(figure: go.Figure, stamp: Stamp) -> float:
    """Draw the stamp at the foot, in one line unless the name is long; return where it begins."""
    room = (WIDTH - 2 * MARGIN) / STAMP_SIZE
    lines: list[str] = []
    for part in stamp.parts:
        if lines and em_width(f"{lines[-1]} · {part}") <= room:
            lines[-1] += f" · {part}"
        else:
            lines += wrap(part, room)
    top = HEIGHT - 20 - STAMP_SIZE * LINE_HEIGHT * len(lines)
    _add_text(figure, _markup(lines), MARGIN, top, STAMP_SIZE, QUIET, markup=True, name="stamp")
    return top


def _users_graded(users: int, on: str, comparison: Comparison | None) -> str:
    """Return `1,204 users graded (+4 since 24 Oct 2026)`, of a past period with the day as `on` has it."""
    graded = f"{pluralize(users, 'user')} graded{on}"
    if comparison is None:
        return graded
    change = format_signed(comparison.change_in_users("users_graded"))
    return f"{graded} ({change} since {format_date(comparison.then_day)})"


def _grades_caption(on: str, comparison: Comparison | None) -> str:
    if comparison is None:
        return f"Users by grade{on}; there is no earlier day to compare with"
    return f"Users by grade{on}, and change in the share, in points, since {format_date(comparison.then_day)}"


def _draw_grades(figure: go.Figure, stamp: Stamp, comparison: Comparison | None, top: float, bottom: float) -> None:
    counts = stamp.newest.counts
    grades = list(counts.shown_grades)
    users = [counts.users(grade) for grade in grades]
    slot = (LEFT[1] - LEFT[0]) / len(grades)
    figure.add_bar(
        x=grades,
        y=users,
        width=0.66,
        text=[f"<b>{format_int(count)}</b><br>{format_percent(counts.share(count))}" for count in users],
        textposition="outside",
        constraintext="none",
        textfont={"size": min(19.0, slot / max(em_width(format_int(count)) * BOLD for count in users)), "color": INK},
        cliponaxis=False,
        marker={
            "color": [GRADE_COLOURS[grade] for grade in grades],
            "opacity": [1.0 if grade in AT_RISK else MUTED for grade in grades],
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
    """Return the grade's letter with the change of its share below."""
    change = comparison.change_in_points(grade) if comparison else None
    if change is None:
        return f"<b>{grade}</b>"
    return f'<b>{grade}</b><br><span style="color:{QUIET}">{format_signed_decimal(change)}</span>'


def _draw_trend(figure: go.Figure, timeline: Timeline, annotations: Annotations, top: float, bottom: float) -> None:
    shares = timeline.shares("at_risk")
    axis: dict[str, Any] = timeline_axis(timeline)
    target = draw_target(annotations, timeline, axis["range"], TREND_AXES, SIZES)
    notes = draw_notes(annotations, timeline, axis["range"], TREND_AXES, SIZES)
    top += SIZES.tag_room if notes.labels else 0
    worse = worse_traces(annotations, timeline, width=3)
    lines = [*line_traces(timeline, shares, AT_RISK_INK, width=3), *worse]
    for trace in lines:
        trace.update(hoverinfo="skip", xaxis=TREND_AXES.x, yaxis=TREND_AXES.y, marker_size=8)
    figure.add_traces([*band_traces(annotations, timeline, TREND_AXES), *lines])
    newest = last_value(shares)
    label = edge_label(
        f"<b>{format_percent(newest)}</b>",
        newest,
        TREND_AXES,
        colour=WORSE_LINE if worse else AT_RISK_INK,
        size=20,
        x=RIGHT[1] / WIDTH,
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
    draw_causes(figure, timeline, annotations, TREND_AXES, size=SIZES.label - 2, has_shares=True)


def _draw_notes_list(
    figure: go.Figure, annotations: Annotations, stamp_top: float, room: float
) -> tuple[Annotations, float]:
    """Draw the notes in two columns above the stamp, the last ones where their height would exceed `room` pixels.

    Returns what is shown, and where the charts have to end.
    """
    width = (WIDTH - 2 * MARGIN - 40) / 2
    line_height = NOTE_SIZE * LINE_HEIGHT
    most = min(len(annotations.notes), MAX_NOTES)
    for count in range(most, -1, -1):
        hidden = len(annotations.notes) - count
        shown = replace(annotations, notes=annotations.notes[hidden:], first_number=annotations.first_number + hidden)
        columns = _note_columns(shown, width / NOTE_SIZE)
        lines = max(sum(map(len, column)) for column in columns)
        height = (lines + bool(hidden)) * line_height
        if height + 22 <= room:
            break
    if not annotations.notes:
        return shown, stamp_top - 14
    top = stamp_top - 12 - height
    for index, column in enumerate(columns):
        text = "<br>".join(f"{_with_bold_number(first)}{_markup(['', *rest])}" for first, *rest in column)
        if text:
            _add_text(figure, text, MARGIN + index * (width + 40), top, NOTE_SIZE, INK, markup=True, name="notes")
    if hidden:
        text = f"{pluralize(hidden, 'earlier note')} not shown."
        _add_text(figure, text, MARGIN, top + lines * line_height, NOTE_SIZE, QUIET)
    return shown, top - 10


def _note_columns(annotations: Annotations, max_ems: float) -> list[list[list[str]]]:
    """Return the notes in two columns, each note as its lines."""
    entries = []
    for number, note in enumerate(annotations.notes, start=annotations.first_number):
        start = f"{number}   {format_date(note.day)}   "
        first, *rest = wrap(note.labelled_text, max_ems - em_width(start))
        entries.append([start + first, *rest])
    half = -(-len(entries) // 2)
    return [entries[:half], entries[half:]]


def _with_bold_number(line: str) -> str:
    number, _, rest = line.partition(" ")
    return f"<b>{number}</b>{escape_plotly(' ' + rest)}"


def _add_lines(
    figure: go.Figure, text: str, x: float, y: float, size: int, width: float, /, *, bold: bool = False
) -> float:
    """Add text in lines of at most `width` pixels, the first at `y`; return where they end.

    Bold text has the colour of the ink, other text is quiet.
    """
    lines = wrap(text, width / size / (BOLD if bold else 1.0))
    markup = "<br>".join(f"<b>{escape_plotly(line)}</b>" if bold else escape_plotly(line) for line in lines)
    _add_text(figure, markup, x, y, size, INK if bold else QUIET, markup=True)
    return y + len(lines) * size * LINE_HEIGHT


def _markup(lines: Sequence[str]) -> str:
    return "<br>".join(map(escape_plotly, lines))


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


def _across(left: float, right: float) -> list[float]:
    return [left / WIDTH, right / WIDTH]


def _down(top: float, bottom: float) -> list[float]:
    return [1 - bottom / HEIGHT, 1 - top / HEIGHT]
