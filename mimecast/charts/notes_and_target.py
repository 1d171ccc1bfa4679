"""What is drawn over a chart of the time: notes, the target, and the limits of usual variation.

A note is a thin line through the plot on its day, and above the plot a tag with its number, joined to the line. Tags
are moved apart where days are close, so that each number can be read on a telephone; where there are too many for
that, neighbours share a tag.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from mimecast.charts.annotations import Annotations
from mimecast.charts.chart import escape_plotly, separate_labels
from mimecast.charts.palette import NOTE_LINE, NOTE_NUMBER, NOTE_TAG, TARGET_LINE
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.targets import share_due
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_date, format_percent

ROOM_FOR_TAGS: Final = 22
"""Height of the row of tags above a plot, in pixels."""

TAGS: Final = 14
"""So many tags stand in a row on a telephone, whose plots are about 240 pixels wide."""

SHARED_TAGS: Final = 7
"""So many when a tag can hold two numbers, as `10–12`."""

NEAR: Final = 0.5
"""The time axis goes on to the target's date when that adds at most this part of the range: further away, the history
would be squeezed for the sake of an empty plot."""


@dataclass(frozen=True, slots=True)
class _Tag:
    """The numbers of neighbouring notes, where each stands on the time axis, and what pointing at it says."""

    numbers: tuple[int, ...]
    days: tuple[pd.Timestamp, ...]
    hover: str

    @property
    def text(self) -> str:
        first, last = self.numbers[0], self.numbers[-1]
        return str(first) if first == last else f"{first}–{last}"


def numbered(marks: Annotations, timeline: Timeline) -> list[tuple[int, Note]]:
    """The notes that fall into a timeline's range, with their numbers."""
    return [
        (number, note)
        for number, note in enumerate(marks.notes, start=1)
        if timeline.first <= note.day <= timeline.last
    ]


def draw_notes(figure: go.Figure, marks: Annotations, timeline: Timeline) -> int:
    """Draw the notes over a figure whose time axis has its range; return the height that the tags need above it.

    A note stands at the period in which its day lies, for that is where its snapshot stands.
    """
    low, high = (pd.Timestamp(end) for end in figure.layout.xaxis.range)
    tags = _tags(marks, timeline, low, high)
    wanted = [(sum((at - low) / (high - low) for at in tag.days) / len(tag.days)) for tag in tags]
    apart = 1 / (TAGS if all(len(tag.numbers) == 1 for tag in tags) else SHARED_TAGS)
    lines: list[dict[str, Any]] = []
    numbers: list[dict[str, Any]] = []
    for tag, place in zip(tags, separate_labels(wanted, apart=apart, low=0.0, high=1.0), strict=True):
        x = low + (high - low) * place
        for at in dict.fromkeys(tag.days):
            lines.append(_line(at, at, y0=0, y1=1, dash="dot"))
            lines.append(_line(at, x, ysizemode="pixel", yanchor=1, y0=0, y1=6))
        numbers.append(
            {
                "text": tag.text,
                "name": "note",
                "xref": "x",
                "yref": "paper",
                "x": str(x),
                "y": 1,
                "yshift": 6,
                "xanchor": "center",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 10, "color": NOTE_NUMBER},
                "bgcolor": NOTE_TAG,
                "borderpad": 2,
                "borderwidth": 0,
                "width": None if len(tag.numbers) > 1 else 11,
                "hovertext": tag.hover,
            }
        )
    # All at once: to add one, Plotly checks all those before it again.
    layout = figure.layout
    figure.update_layout(shapes=[*layout.shapes, *lines], annotations=[*layout.annotations, *numbers])
    return ROOM_FOR_TAGS if tags else 0


def draw_target(figure: go.Figure, marks: Annotations, timeline: Timeline) -> float | None:
    """Draw the target and the straight way to it over the at-risk share; return the highest share drawn, in percent,
    or None where there is nothing to draw.

    The level to reach is drawn from the left edge of the time axis, which has its range, to the target's date or the
    right edge, so that it is seen on the very day it is set; the way to it begins on that day.
    """
    target = marks.target
    if target is None:
        return None
    low, high = (pd.Timestamp(end).date() for end in figure.layout.xaxis.range)
    set_on, last = reporting_day(target.set_at, timeline.zone), min(target.by, high)
    if set_on > high or last <= low:
        return None
    first = max(set_on, low)
    way = [share for end in (first, last) if (share := share_due(target, set_on, end)) is not None]
    if way and first < last:
        _target_line(figure, (first, last), way, "dot")
    _target_line(figure, (low, last), (target.share, target.share), "dash")
    shares = timeline.shares["at_risk"].dropna()
    highest = max(target.share, *way, 0.0)
    is_left = (last - low) * 2 < high - low
    is_above = shares.iloc[-1] < target.share or target.share < 0.15 * max(highest, shares.max())
    figure.add_annotation(
        text=f"target {format_percent(target.share)} by {format_date(target.by)}",
        name="target",
        x=str(low if is_left else last),
        y=target.share,
        xanchor="left" if is_left else "right",
        yanchor="bottom" if is_above else "top",
        showarrow=False,
        font={"size": 11, "color": TARGET_LINE},
    )
    return highest


def axis_end(marks: Annotations, timeline: Timeline) -> date:
    """The last day that the time axis of the at-risk share shows: the target's date when it is near."""
    last = timeline.last
    if marks.target is None or marks.target.by <= last:
        return last
    return marks.target.by if marks.target.by - last <= (last - timeline.first) * NEAR else last


def said(marks: Annotations, timeline: Timeline, *, target: bool = False) -> str:
    """The notes, and the target where it is drawn, for a figure's alternative text: empty, or begins with a blank."""
    notes = "; ".join(f"{number} on {format_date(note.day)}, {note.text}" for number, note in numbered(marks, timeline))
    goal = (
        f" Target: {format_percent(marks.target.share)} by {format_date(marks.target.by)}."
        if target and marks.target
        else ""
    )
    return goal + (f" Notes: {notes}." if notes else "")


def _tags(marks: Annotations, timeline: Timeline, low: pd.Timestamp, high: pd.Timestamp) -> list[_Tag]:
    """One tag a note, or one for all notes of each seventh of the axis when there are too many."""
    placed = [(number, note, _period(note.day, timeline)) for number, note in numbered(marks, timeline)]
    groups: dict[int, list[tuple[int, Note, pd.Timestamp]]] = {}
    for number, note, at in placed:
        part = min(int((at - low) / (high - low) * SHARED_TAGS), SHARED_TAGS - 1)
        groups.setdefault(number if len(placed) <= TAGS else part, []).append((number, note, at))
    return [
        _Tag(
            tuple(number for number, _, _ in group),
            tuple(at for _, _, at in group),
            "<br>".join(_hover(number, note) for number, note, _ in group),
        )
        for group in groups.values()
    ]


def _hover(number: int, note: Note) -> str:
    lines = textwrap.wrap(note.text, 38) or [""]
    return f"<b>{number} · {format_date(note.day)}</b><br>" + "<br>".join(escape_plotly(line) for line in lines)


def _period(note_day: date, timeline: Timeline) -> pd.Timestamp:
    """Where the period of a day stands on the time axis."""
    labels = timeline.users.index
    return pd.Timestamp(labels[int(labels.searchsorted(pd.Timestamp(note_day), side="right")) - 1])


def _line(x0: pd.Timestamp, x1: pd.Timestamp, *, dash: str = "solid", **more: object) -> dict[str, Any]:
    """A thin line whose heights are those of the whole figure's plot."""
    line = {"color": NOTE_LINE, "width": 1, "dash": dash}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": str(x0), "x1": str(x1), "line": line, **more}


def _target_line(figure: go.Figure, days: Sequence[date], shares: Sequence[float], dash: str) -> None:
    figure.add_shape(
        type="line",
        x0=str(days[0]),
        x1=str(days[1]),
        y0=shares[0],
        y1=shares[1],
        line={"color": TARGET_LINE, "width": 1.6, "dash": dash},
    )
