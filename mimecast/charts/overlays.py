"""What is drawn over a line of the at-risk share: the target, the usual range and the notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import plotly.graph_objects as go

from mimecast.charts.palette import BAND_FILL, NOTE_LINE, TARGET_LINE
from mimecast.domain.notes import Note
from mimecast.domain.targets import Target
from mimecast.formatting import format_date, format_percent

ROWS_OF_NUMBERS: Final = 3
"""Numbers of notes that stand close together are written in so many rows."""


def draw_band(figure: go.Figure, band: Mapping[date, tuple[float, float]]) -> None:
    """The range (percent) in which the share would lie, had it changed as usual; under everything else."""
    days = sorted(band)
    low, high = [band[when][0] for when in days], [band[when][1] for when in days]
    outline = go.Scatter(
        x=[*days, *reversed(days)],
        y=[*high, *reversed(low)],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=BAND_FILL,
        hoverinfo="skip",
        name="usual",
    )
    figure.add_trace(outline)
    figure.data = (figure.data[-1], *figure.data[:-1])


def draw_target(figure: go.Figure, target: Target, first: date, last: date, *, size: int = 12) -> None:
    """A dashed level from the first day to the day it is to be reached by, named at its beginning."""
    end = min(target.by, last) if target.by > first else last
    figure.add_shape(
        type="line",
        x0=str(first),
        x1=str(end),
        y0=target.share,
        y1=target.share,
        line={"color": TARGET_LINE, "width": 2, "dash": "dash"},
        name="target",
    )
    figure.add_annotation(
        text=f"target: at most {format_percent(target.share)} by {format_date(target.by)}",
        x=str(first),
        y=target.share,
        xanchor="left",
        yanchor="top",
        xshift=4,
        yshift=-2,
        showarrow=False,
        font={"size": size, "color": TARGET_LINE},
    )


def draw_notes(
    figure: go.Figure, notes: Sequence[Note], first: date, last: date, *, width: float, size: int = 12
) -> None:
    """A dotted line on the day of each note, numbered from 1 at the top of a plot that is `width` pixels wide."""
    whole = max((last - first) / timedelta(days=1), 1)
    ends = [-1.0] * ROWS_OF_NUMBERS
    for order, note in enumerate(notes, start=1):
        at = (note.day - first) / timedelta(days=1) / whole * width
        room = size * 1.9
        row = next((index for index, end in enumerate(ends) if at - room / 2 >= end), ends.index(min(ends)))
        ends[row] = at + room / 2
        figure.add_shape(
            type="line",
            x0=str(note.day),
            x1=str(note.day),
            y0=0,
            y1=1,
            yref="y domain",
            line={"color": NOTE_LINE, "width": 1, "dash": "dot"},
            layer="below",
            name="note",
        )
        figure.add_annotation(
            text=f"<b>{order}</b>",
            x=str(note.day),
            y=1,
            yref="y domain",
            yshift=-row * size * 1.7,
            yanchor="top",
            showarrow=False,
            font={"size": size, "color": "#ffffff"},
            bgcolor=NOTE_LINE,
            borderpad=2,
            name="note",
        )
