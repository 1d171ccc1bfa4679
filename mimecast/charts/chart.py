"""The Chart class, and what all charts share: title, stamp, margins and escaped text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.palette import GRID
from mimecast.text.stamp import AccountsStamp, Stamp

STAMP_LINE_HEIGHT: Final = 14
"""Pixels."""

TITLE_HEIGHT: Final = 44
"""Pixels above the plot."""

TEMPLATE: Final = go.layout.Template(data={"scatter": [{"marker": {"line": {"width": 0}}}]})
"""Instead of the default template, whose 7 kB are about kinds of charts that are not drawn. Streamlit adds its own."""


@dataclass(frozen=True)
class Chart:
    """A figure with its text alternative (`alt`, written from the data) and the name of its picture's file."""

    figure: go.Figure
    alt: str
    file_name: str


def escape_plotly(text: str) -> str:
    """Escape text so that Plotly shows it literally: no tag, link or formula in it takes effect.

    Quotation marks stay: Plotly would show `&quot;` as these six characters.
    """
    return html.escape(text, quote=False).replace("$", "&#36;")


def apply_layout(
    figure: go.Figure,
    *,
    title: str,
    stamp: Stamp | AccountsStamp,
    height: int,
    margin: dict[str, int] | None = None,
    axis_room: int = 42,
) -> go.Figure:
    """Give a figure its title, its stamp at the bottom, and its height in pixels.

    `axis_room` is the height of the labels under the plot; the stamp goes below them.
    """
    lines = stamp.lines
    bottom = axis_room + STAMP_LINE_HEIGHT * len(lines) + 8
    figure.update_layout(
        template=TEMPLATE,
        title=_title(title),
        height=height + bottom,
        margin={"l": 48, "r": 16, "t": TITLE_HEIGHT, "b": bottom, **(margin or {})},
        showlegend=False,
        separators=".,",
        hoverlabel_align="left",
        uirevision="same",
        modebar_orientation="h",
    )
    figure.add_annotation(
        text="<br>".join(escape_plotly(line) for line in lines),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xanchor="left",
        yanchor="top",
        yshift=-axis_room,
        xshift=-figure.layout.margin.l + 4,
        align="left",
        showarrow=False,
        font={"size": 11},
        name="stamp",
    )
    axes = {"gridcolor": GRID, "zeroline": False, "fixedrange": True, "automargin": False}
    axes["ticklabeloverflow"] = "allow"  # otherwise each label is measured, to be hidden where it would not fit
    figure.update_xaxes(axes)
    figure.update_yaxes(axes)
    return figure


def separate_labels(places: Sequence[float], *, apart: float, low: float, high: float) -> list[float]:
    """Move ordered places as little as possible so that neighbours are at least `apart` apart, within `low` to `high`.

    There must be room for all of them. Least squares: an isotonic regression of the places less what the ones before
    need, by pooling adjacent violators.
    """
    pools: list[tuple[float, int]] = []
    for index, place in enumerate(places):
        mean, size = place - index * apart, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), size + count
        pools.append((mean, size))
    free = [mean for mean, size in pools for _ in range(size)]
    ceiling = high - apart * (len(places) - 1)
    return [min(max(place, low), ceiling) + index * apart for index, place in enumerate(free)]


def _title(text: str) -> dict[str, Any]:
    """Return a title at the top left corner of the whole figure."""
    place = {"x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
    return {"text": text, **place, "pad": {"t": 8, "l": 4}, "font": {"size": 16}}
