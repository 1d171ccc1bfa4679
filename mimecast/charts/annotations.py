"""Annotations of charts over time: notes, the target and the normal range, drawn the same way on every chart.

A note is a thin line through the plot on its day, joined to a tag with its number above the plot. Tags are moved apart
where days are close, so that each number can be read on a phone; where there are too many for that, neighbours share a
tag. The target is a dashed level from the day it was set, and a dotted straight line to it. The normal range is a band
behind the line over the last span.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.chart import escape_plotly, separate_labels
from mimecast.charts.lines import line_traces
from mimecast.charts.time_axis import DEFAULT_AXES, Axes, axis_ends, place_of
from mimecast.domain.annotations import Annotations
from mimecast.domain.normal_range import RangeOfDay
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.targets import share_due
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import format_date, format_percent, pluralize
from mimecast.palette import NORMAL_RANGE_FILL, NOTE_LINE, NOTE_NUMBER, NOTE_TAG, TARGET_LINE, WORSE_LINE
from mimecast.text.causes import causes_sentences
from mimecast.text.targets import goal_phrase

MAX_TAGS: Final = 14
"""Tags that a row has room for on a phone, whose plots are about 240 pixels wide."""

MAX_SHARED_TAGS: Final = 7
"""Tags that a row has room for when a tag can hold two numbers, as `10–12`."""

NEAR_TARGET: Final = 0.5
"""The time axis extends to the target's date when that adds at most this part of the range."""

SHORTEST_TARGET: Final = 0.06
"""Part of the axis that the target's level takes at least, so that it is seen on the day it is set."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of text and lines, in pixels."""

    tag: int = 10
    label: int = 11
    line: float = 1.6

    @property
    def tag_room(self) -> int:
        """Height of the row of tags above a plot."""
        return self.tag + 12


PAGE_SIZES: Final = Sizes()


@dataclass(frozen=True, slots=True)
class Drawn:
    """Parts to add to a figure, in the form of Plotly's layout, and the highest value drawn (percent)."""

    shapes: tuple[dict[str, Any], ...] = ()
    labels: tuple[dict[str, Any], ...] = ()
    highest: float = 0.0


@dataclass(frozen=True, slots=True)
class _Tag:
    """The numbers of neighbouring notes, the place of each on the time axis, and their hover text."""

    numbers: tuple[int, ...]
    places: tuple[date, ...]
    hover: str

    @property
    def text(self) -> str:
        first, last = self.numbers[0], self.numbers[-1]
        return str(first) if first == last else f"{first}–{last}"


def draw_notes(
    annotations: Annotations,
    timeline: Timeline,
    axis_range: Sequence[str],
    axes: Axes = DEFAULT_AXES,
    sizes: Sizes = PAGE_SIZES,
) -> Drawn:
    """Return lines and tags of the notes. The tags take `sizes.tag_room` above the plot.

    A note is drawn at the period that contains its day, where that period's snapshot is drawn.
    """
    low, high = axis_ends(axis_range)
    tags = _tags(annotations, timeline, low, high)
    positions = [sum((place_of(day) - low) / (high - low) for day in tag.places) / len(tag.places) for tag in tags]
    apart = 1 / (MAX_TAGS if all(len(tag.numbers) == 1 for tag in tags) else MAX_SHARED_TAGS)
    shapes: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for tag, position in zip(tags, separate_labels(positions, apart=apart, low=0.0, high=1.0), strict=True):
        x = low + (high - low) * position
        for place in dict.fromkeys(tag.places):
            shapes.append(_note_line(axes, place, place, y0=0, y1=1, dash="dot"))
            shapes.append(_note_line(axes, place, x, ysizemode="pixel", yanchor=1, y0=0, y1=6))
        labels.append(
            {
                "text": tag.text,
                "name": "note",
                "xref": axes.x,
                "yref": axes.span,
                "x": str(x),
                "y": 1,
                "yshift": 6,
                "xanchor": "center",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": sizes.tag, "color": NOTE_NUMBER},
                "bgcolor": NOTE_TAG,
                "borderpad": 2,
                "borderwidth": 0,
                "width": None if len(tag.numbers) > 1 else sizes.tag + 1,
                "hovertext": tag.hover,
            }
        )
    return Drawn(tuple(shapes), tuple(labels))


def draw_target(
    annotations: Annotations,
    timeline: Timeline,
    axis_range: Sequence[str],
    axes: Axes = DEFAULT_AXES,
    sizes: Sizes = PAGE_SIZES,
) -> Drawn:
    """Return the target's level and the straight line to it, from the day it was set; nothing without a target.

    The level is labelled above or below itself, on the side where the line of the share is not.
    """
    target = annotations.target_between(timeline.first, timeline.last, timeline.zone)
    if target is None:
        return Drawn()
    low, high = (end.date() for end in axis_ends(axis_range))
    set_on, last = reporting_day(target.set_at, timeline.zone), min(target.by, high)
    first = max(set_on, low)
    path = [share for day in (first, last) if (share := share_due(target, set_on, day)) is not None]
    shapes = []
    if path and first < last:
        shapes.append(_target_line(axes, (first, last), path, "dot", sizes.line))
    level_from = max(low, min(first, last - (high - low) * SHORTEST_TARGET))
    shapes.append(_target_line(axes, (level_from, last), (target.share, target.share), "dash", sizes.line))
    shares = [share for _, share in known_values(timeline.shares("at_risk"))]
    highest = max(target.share, *path, 0.0)
    is_near_zero = target.share < 0.15 * max(highest, *shares)
    label = {
        "text": f"target {goal_phrase(target)}",
        "name": "target",
        "xref": axes.x,
        "yref": axes.y,
        "x": str(last),
        "y": target.share,
        "xanchor": "right",
        "yanchor": "bottom" if shares[-1] < target.share or is_near_zero else "top",
        "showarrow": False,
        "font": {"size": sizes.label, "color": TARGET_LINE},
    }
    return Drawn(tuple(shapes), (label,), highest)


def band_traces(annotations: Annotations, timeline: Timeline, axes: Axes = DEFAULT_AXES) -> list[dict[str, Any]]:
    """Return the normal range as filled outlines, one for each run of periods, to be drawn behind the line."""
    text = band_sentence(annotations)
    traces = []
    for run in _runs(_by_period(annotations.band, timeline), timeline):
        places = [str(period) for period, _ in run]
        low, high = [round(day.low, 4) for _, day in run], [round(day.high, 4) for _, day in run]
        outline: dict[str, Any]
        if len(run) == 1:
            outline = {"x": places * 2, "y": [low[0], high[0]], "line": {"color": NORMAL_RANGE_FILL, "width": 10}}
        else:
            outline = {
                "x": [*places, *reversed(places)],
                "y": [*high, *reversed(low)],
                "line": {"width": 0},
                "fill": "toself",
                "fillcolor": NORMAL_RANGE_FILL,
                "hoveron": "fills",
            }
        shared = {"type": "scatter", "mode": "lines", "cliponaxis": False, "text": text, "hoverinfo": "text"}
        traces.append({**shared, **outline, "name": "normal range", "xaxis": axes.x, "yaxis": axes.y})
    return traces


def worse_traces(annotations: Annotations, timeline: Timeline, *, width: float = 2.2) -> list[go.Scatter]:
    """Return the part of the line that is unusually worse, to be drawn over it in red; nothing where none is."""
    if annotations.judged is None or not annotations.judged.is_unusually_worse:
        return []
    judged = {period for period, _ in _by_period(annotations.band, timeline)}
    values = zip(timeline.periods, timeline.shares("at_risk"), strict=True)
    worse = [share if period in judged else None for period, share in values]
    return line_traces(timeline, worse, WORSE_LINE, width=width)


def band_label(
    annotations: Annotations, timeline: Timeline, axes: Axes = DEFAULT_AXES, sizes: Sizes = PAGE_SIZES
) -> list[dict[str, Any]]:
    """Return the words above the band, or nothing without one."""
    days = _by_period(annotations.band, timeline)
    if not days:
        return []
    period, _ = days[-1]
    return [
        {
            "text": "normal range",
            "xref": axes.x,
            "yref": axes.y,
            "x": str(period),
            "y": max(day.high for _, day in days),
            "xanchor": "right",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": sizes.label},
        }
    ]


def band_sentence(annotations: Annotations) -> str:
    """Say where the share would normally be now; empty without a normal range."""
    if not annotations.band or annotations.judged is None:
        return ""
    newest, span = annotations.band[-1], pluralize(annotations.judged.span, "day")
    usual = f"{format_percent(newest.low)} to {format_percent(newest.high)}"
    return f"After a normal change over {span}, the share at risk would be {usual}"


def axis_end(annotations: Annotations, timeline: Timeline) -> date:
    """Return the last day that the time axis shows: the target's date when it is near, else the range's last day.

    Further away, the history would be squeezed for the sake of an empty plot.
    """
    last, target = timeline.last, annotations.target
    if target is None or target.by <= last:
        return last
    return target.by if target.by - last <= (last - timeline.first) * NEAR_TARGET else last


def annotations_alt(annotations: Annotations, timeline: Timeline, *, with_target: bool = False) -> str:
    """Return the notes, the target and the normal range for a text alternative: empty, or begins with a space."""
    parts = []
    if with_target and annotations.band:
        parts.append(f"{band_sentence(annotations)}.")
    if with_target and (target := annotations.target_between(timeline.first, timeline.last, timeline.zone)):
        parts.append(f"Target: {goal_phrase(target)}.")
    if notes := annotations.notes_between(timeline.first, timeline.last):
        listed = "; ".join(f"{number} on {format_date(note.day)}, {note.labelled_text}" for number, note in notes)
        parts.append(f"Notes: {listed}.")
    parts += causes_sentences(annotations.causes, timeline.first, timeline.last, timeline.zone, with_lines=with_target)
    return "".join(f" {part}" for part in parts)


def _tags(annotations: Annotations, timeline: Timeline, low: datetime, high: datetime) -> list[_Tag]:
    """Return one tag per note, or one for all notes of each seventh of the axis when there are too many."""
    placed = [
        (number, note, timeline.period_of(note.day))
        for number, note in annotations.notes_between(timeline.first, timeline.last)
    ]
    groups: dict[int, list[tuple[int, Note, date]]] = {}
    for number, note, period in placed:
        part = min(int((place_of(period) - low) / (high - low) * MAX_SHARED_TAGS), MAX_SHARED_TAGS - 1)
        groups.setdefault(number if len(placed) <= MAX_TAGS else part, []).append((number, note, period))
    return [
        _Tag(
            tuple(number for number, _, _ in group),
            tuple(period for _, _, period in group),
            "<br>".join(_note_hover(number, note) for number, note, _ in group),
        )
        for group in groups.values()
    ]


def _note_hover(number: int, note: Note) -> str:
    lines = textwrap.wrap(note.labelled_text, 38) or [""]
    return f"<b>{number} · {format_date(note.day)}</b><br>" + "<br>".join(escape_plotly(line) for line in lines)


def _note_line(axes: Axes, x0: date, x1: date, *, dash: str = "solid", **place: object) -> dict[str, Any]:
    line = {"color": NOTE_LINE, "width": 1, "dash": dash}
    return {"type": "line", "xref": axes.x, "yref": axes.span, "x0": str(x0), "x1": str(x1), "line": line, **place}


def _target_line(
    axes: Axes, days: tuple[date, date], shares: Sequence[float], dash: str, width: float
) -> dict[str, Any]:
    return {
        "type": "line",
        "name": "target",
        "xref": axes.x,
        "yref": axes.y,
        "x0": str(days[0]),
        "x1": str(days[1]),
        "y0": shares[0],
        "y1": shares[-1],
        "line": {"color": TARGET_LINE, "width": width, "dash": dash},
    }


def _by_period(band: Sequence[RangeOfDay], timeline: Timeline) -> list[tuple[date, RangeOfDay]]:
    """Return the days of the band within the timeline, one for each period: the last one in it."""
    inside = [day for day in band if timeline.first <= day.day <= timeline.last]
    return list({timeline.period_of(day.day): day for day in inside}.items())


def _runs(days: Sequence[tuple[date, RangeOfDay]], timeline: Timeline) -> list[list[tuple[date, RangeOfDay]]]:
    """Split the days of a band where a period between two of them has none."""
    positions = {period: index for index, period in enumerate(timeline.periods)}
    runs: list[list[tuple[date, RangeOfDay]]] = []
    for period, day in days:
        if runs and positions[period] - positions[runs[-1][-1][0]] == 1:
            runs[-1].append((period, day))
        else:
            runs.append([(period, day)])
    return runs
