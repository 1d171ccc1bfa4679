"""The report on one picture of 16:9: a single figure, so that one click saves all of it.

It is light whatever the theme and its places are fixed, since it is made to be pasted. Positions are pixels from the
upper left corner; sizes of letters are chosen for a picture that fills a slide.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.annotations import Annotations
from mimecast.charts.chart import Chart, escape_plotly
from mimecast.charts.over_time import axis_ceiling, last_value, line_traces, shade_gaps, timeline_axis
from mimecast.charts.overlays import draw_band, draw_notes, draw_target
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
from mimecast.domain.comparison import Comparison
from mimecast.domain.notes import Note
from mimecast.domain.timeline import Timeline
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_points,
    format_signed,
    pluralize,
    round_points,
)
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from mimecast.text.summaries import Headline, coverage, grades_in_words, range_summary

WIDTH: Final = 1600
HEIGHT: Final = 900
MARGIN: Final = 48

FONT: Final = "Arial, Liberation Sans, Helvetica, DejaVu Sans, sans-serif"
"""Found on the computer: a picture saved from the page cannot use a font that the page has loaded."""

CHAR_WIDTH: Final = 0.56
"""Width of an average letter in a wide fallback font, as a part of its size."""

MAX_NOTES: Final = 12
NOTE_SIZE: Final = 16
NOTE_LINE_HEIGHT: Final = 21
STAMP_TOP: Final = HEIGHT - 44

LEFT: Final = (MARGIN, 620)
RIGHT: Final = (740, WIDTH - MARGIN - 76)
"""From and to, of the grades' and of the line's plot; beside the line is room for its newest value."""


@dataclass(frozen=True, slots=True)
class CanvasText:
    """What the canvas says besides numbers: its title, the range, the sentence, and what is said about it."""

    title: str
    range: str
    headline: Headline
    added: tuple[str, ...] = ()


def report_canvas(
    words: CanvasText,
    stamp: Stamp,
    comparison: Comparison | None,
    timeline: Timeline,
    marks: Annotations,
    band: Mapping[date, tuple[float, float]] | None = None,
    *,
    file_name: str = "safe-score-report",
) -> Chart:
    """Headline, users graded, grades with their change, and the at-risk share with what is known about it."""
    figure = _blank()
    top = _head(figure, words, stamp)
    notes = marks.notes[-MAX_NOTES:]
    bottom = _notes_below(figure, notes, len(marks.notes) - len(notes))
    _text(figure, stamp.text, MARGIN, STAMP_TOP, 18, QUIET, name="stamp")
    counts = stamp.newest.counts
    _text(figure, f"<b>{escape_plotly(_graded(stamp, comparison))}</b>", LEFT[0], top, 20, INK, markup=True)
    _text(figure, _change_heading(comparison), LEFT[0], top + 28, 16, QUIET)
    _text(figure, "<b>Share of users at risk (D + F)</b>", RIGHT[0] - 60, top, 20, INK, markup=True)
    shaded = "Shaded: where it would lie, had it changed as usual. " if band else ""
    _text(figure, f"{shaded}{coverage(timeline)}.", RIGHT[0] - 60, top + 28, 16, QUIET)
    plot_top = top + 64
    if counts.users_graded:
        _grades(figure, stamp, comparison, plot_top, bottom)
    else:
        _text(figure, "Nobody is graded yet", sum(LEFT) / 2, (plot_top + bottom) / 2, 22, QUIET, anchor="center")
    if timeline.has_shares:
        _line_over_time(figure, timeline, marks, notes, band, plot_top, bottom)
    else:
        _text(figure, "Nobody was graded", sum(RIGHT) / 2, (plot_top + bottom) / 2, 22, QUIET, anchor="center")
    said = [str(words.headline), f"{grades_in_words(counts)}.", f"{pluralize(counts.users_graded, 'user')} graded."]
    said += [range_summary(timeline), *words.added]
    said += [f"{format_date(note.day)}: {note.text}." for note in notes]
    return Chart(figure, f"{words.title}. {' '.join(said)}", file_name)


def empty_canvas(message: str, *, title: str, file_name: str = "safe-score-report") -> Chart:
    """The same canvas when there is nothing to report."""
    figure = _blank()
    _text(figure, f"<b>{escape_plotly(title)}</b>", MARGIN, 34, 26, INK, markup=True)
    _text(figure, message, WIDTH / 2, HEIGHT / 2, 28, QUIET, anchor="center")
    return Chart(figure, f"{title}: {message}", file_name)


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


def _head(figure: go.Figure, words: CanvasText, stamp: Stamp) -> float:
    """Title, account and range, the sentence, and what is said about it; returns where the charts begin."""
    _text(figure, f"<b>{escape_plotly(words.title)}</b>", MARGIN, 26, 26, INK, markup=True)
    about = " · ".join(filter(None, (stamp.account_name, words.range)))
    _text(figure, about, MARGIN, 62, 18, QUIET)
    if stamp.source == SAMPLE_MARK:
        _text(figure, f"<b>{SAMPLE_MARK}</b>", WIDTH - MARGIN - 60, 64, 20, WARNING, anchor="right", markup=True)
    top = 100.0
    lines = _wrapped(str(words.headline), 32)
    fact = escape_plotly(words.headline.fact)
    shown = "<br>".join(map(escape_plotly, lines)).replace(fact, f"<b>{fact}</b>", 1)
    _text(figure, shown, MARGIN, top, 32, INK, markup=True)
    top += 42 * len(lines) + 6
    for sentence in filter(None, words.added):
        lines = _wrapped(sentence, 19)
        _text(figure, "<br>".join(map(escape_plotly, lines)), MARGIN, top, 19, QUIET, markup=True)
        top += 25 * len(lines) + 2
    return top + 18


def _graded(stamp: Stamp, comparison: Comparison | None) -> str:
    """`1,204 users graded (+4 since 24 Oct 2026)`"""
    said = f"{pluralize(stamp.newest.counts.users_graded, 'user')} graded"
    if comparison is None:
        return said
    return (
        f"{said} ({format_signed(comparison.change_in_users('users_graded'))} since {format_date(comparison.then_day)})"
    )


def _change_heading(comparison: Comparison | None) -> str:
    if comparison is None:
        return "Users by grade; there is no earlier day to compare with"
    return f"Users by grade, and change of the share in points since {format_date(comparison.then_day)}"


def _grades(figure: go.Figure, stamp: Stamp, comparison: Comparison | None, top: float, bottom: float) -> None:
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
            "ticktext": [_under(grade, comparison) for grade in grades],
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


def _under(grade: str, comparison: Comparison | None) -> str:
    """The grade's letter, and under it how its share has changed; a rise of D or F is bad news."""
    change = comparison.change_in_points(grade) if comparison else None
    if change is None:
        return f"<b>{grade}</b>"
    moved = format_points(change).removesuffix(" points")
    colour = QUIET
    if round_points(change) and grade in "ABDF":
        colour = GOOD if (change > 0) == (grade in "AB") else BAD
    return f'<b>{grade}</b><br><span style="color:{colour}">{moved}</span>'


def _line_over_time(
    figure: go.Figure,
    timeline: Timeline,
    marks: Annotations,
    notes: Sequence[Note],
    band: Mapping[date, tuple[float, float]] | None,
    top: float,
    bottom: float,
) -> None:
    """The at-risk share on axes of its own, drawn apart and then moved to its place."""
    panel = go.Figure()
    shares = timeline.shares["at_risk"]
    for trace in line_traces(timeline, shares, AT_RISK_LINE):
        panel.add_trace(trace.update(hoverinfo="skip", line_width=3, marker_size=8))
    first, last = timeline.users.index[0].date(), timeline.users.index[-1].date()
    highest = max([axis_ceiling(shares), *(high for _, high in (band or {}).values())])
    if marks.target:
        highest = max(highest, marks.target.share * 1.2)
        draw_target(panel, marks.target, first, last, size=17)
    if band:
        draw_band(panel, band)
    shade_gaps(panel, timeline)
    if notes:
        draw_notes(panel, notes, first, last, width=RIGHT[1] - RIGHT[0], size=15)
        highest *= 1.22
    for trace in panel.data:
        figure.add_trace(trace.update(xaxis="x2", yaxis="y2"))
    for drawn in (*panel.layout.shapes, *panel.layout.annotations):
        drawn.update(xref="x2", yref="y2 domain" if str(drawn.yref).endswith("domain") else "y2")
    figure.layout.shapes = (*figure.layout.shapes, *panel.layout.shapes)
    figure.layout.annotations = (*figure.layout.annotations, *panel.layout.annotations)
    newest = last_value(shares)
    figure.add_annotation(
        text=f"<b>{format_percent(newest)}</b>",
        xref="paper",
        x=RIGHT[1] / WIDTH,
        xshift=8,
        yref="y2",
        y=newest,
        xanchor="left",
        showarrow=False,
        font={"size": 20, "color": AT_RISK_LINE},
    )
    axis: dict[str, Any] = timeline_axis(timeline)
    figure.update_layout(
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
            "range": [0, highest],
            "ticksuffix": " %",
            "nticks": 6,
            "tickfont": {"size": 16},
            "gridcolor": GRID,
            "zeroline": False,
            "fixedrange": True,
        },
    )


def _notes_below(figure: go.Figure, notes: Sequence[Note], left_out: int) -> float:
    """The notes in two columns above the stamp; returns where the charts have to end."""
    if not notes:
        return STAMP_TOP - 14
    width = (WIDTH - 2 * MARGIN - 40) / 2
    entries = [
        _wrapped(f"{order}   {format_date(note.day)}   {note.text}", NOTE_SIZE, width)
        for order, note in enumerate(notes, start=1)
    ]
    half = -(-len(entries) // 2)
    columns = [entries[:half], entries[half:]]
    tall = max(sum(map(len, column)) for column in columns) * NOTE_LINE_HEIGHT
    top = STAMP_TOP - 12 - tall - (NOTE_LINE_HEIGHT if left_out else 0)
    for place, column in enumerate(columns):
        lines = [
            _numbered(line) if index == 0 else escape_plotly(line)
            for entry in column
            for index, line in enumerate(entry)
        ]
        _text(figure, "<br>".join(lines), MARGIN + place * (width + 40), top, NOTE_SIZE, INK, markup=True, name="notes")
    if left_out:
        said = f"{pluralize(left_out, 'earlier note')} not shown."
        _text(figure, said, MARGIN, top + tall, NOTE_SIZE, QUIET)
    return top - 10


def _numbered(line: str) -> str:
    order, _, rest = line.partition(" ")
    return f"<b>{order}</b>{escape_plotly(' ' + rest)}"


def _text(
    figure: go.Figure,
    text: str,
    x: float,
    y: float,
    size: int,
    colour: str,
    *,
    anchor: str = "left",
    markup: bool = False,
    name: str | None = None,
) -> None:
    """Letters whose upper edge is at `y`. `markup`: the text is Plotly's already."""
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
        name=name,
    )


def _wrapped(text: str, size: int, width: float = WIDTH - 2 * MARGIN) -> list[str]:
    return textwrap.wrap(text, int(width / (size * CHAR_WIDTH))) or [""]


def _across(left: float, right: float) -> list[float]:
    return [left / WIDTH, right / WIDTH]


def _down(top: float, bottom: float) -> list[float]:
    return [1 - bottom / HEIGHT, 1 - top / HEIGHT]
