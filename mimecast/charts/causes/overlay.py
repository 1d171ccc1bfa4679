"""Draws the causes over a chart of time: restarts, reference lines, campaign launches and implausible answers.

A restart breaks the lines and is a solid line with its date. A reference line is dashed and labelled. Launches and
implausible answers are small marks on the time axis; launches that are close share one, which says how many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.causes.breaks import break_lines
from mimecast.charts.chart import escape_plotly
from mimecast.charts.text_width import shorten
from mimecast.charts.time_axis import DEFAULT_AXES, Axes, axis_ends, place_of
from mimecast.domain.annotations import Annotations
from mimecast.domain.causes.campaigns import Campaign
from mimecast.domain.causes.causes import merge_launches
from mimecast.domain.causes.implausible import describe_implausible
from mimecast.domain.notes import RESTART_LABEL
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import format_date, pluralize
from mimecast.palette import CAMPAIGN_MARK, NOTE_NUMBER, NOTE_TAG, PAPER, REFERENCE_LINE, RESTART_LINE, WARNING
from mimecast.text.causes import campaign_line

MAX_MARKS: Final = 14
"""Marks that a time axis has room for on a phone."""

MAX_HOVER_LINES: Final = 8
"""Campaigns that the hover text of a shared mark names."""

NEAR_LINES: Final = 0.07
"""Part of the axis below which two reference lines are so close that the lower one is labelled under itself."""

ROOMY_SIZE: Final = 12
"""Size of text above which a picture is wide enough to name the source of a reference line, too."""

MAX_LABEL_EMS: Final = 44
"""Width of the label of a reference line in such a picture, in multiples of its size."""

MARK: Final = "◆"


def draw_causes(
    figure: go.Figure,
    timeline: Timeline,
    annotations: Annotations,
    axes: Axes = DEFAULT_AXES,
    *,
    size: int = 11,
    has_shares: bool = False,
    on_bars: bool = False,
) -> None:
    """Draw the causes over a finished figure, and break its lines at restarts.

    Args:
        figure: The figure, with its axes.
        timeline: What the figure shows.
        annotations: The causes are part of them.
        axes: The axes of the plot.
        size: Size of the text, in pixels.
        on_bars: Whether the plot is filled, so that marks need a light background.
        has_shares: Whether the y axis is of the share at risk, so that reference lines belong on it.
    """
    causes = annotations.causes
    break_lines(figure, causes, timeline)
    low, high = axis_ends(figure.layout[_layout_name(axes.x)].range)
    shapes, labels = _restarts(timeline, annotations, axes, size, low, high)
    marks = [*_launches(timeline, annotations, axes, size, low, high), *_left_out(timeline, annotations, axes, size)]
    labels += [mark | ({"bgcolor": PAPER, "borderpad": 0} if on_bars else {}) for mark in marks]
    if has_shares:
        more_shapes, more_labels = _reference_lines(figure, timeline, annotations, axes, size)
        shapes, labels = [*shapes, *more_shapes], [*labels, *more_labels]
    if shapes or labels:
        figure.update_layout(shapes=[*figure.layout.shapes, *shapes], annotations=[*figure.layout.annotations, *labels])


def _restarts(
    timeline: Timeline, annotations: Annotations, axes: Axes, size: int, low: datetime, high: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shapes, labels = [], []
    for restart in annotations.causes.restarts_between(timeline.first, timeline.last):
        period = timeline.period_of(restart.day)
        is_late = (place_of(period) - low) / (high - low) > 0.5
        shapes.append(
            {
                "type": "line",
                "name": "restart",
                "xref": axes.x,
                "yref": axes.span,
                "x0": str(period),
                "x1": str(period),
                "y0": 0,
                "y1": 1,
                "line": {"color": RESTART_LINE, "width": 1.6},
            }
        )
        labels.append(
            {
                "text": f"{RESTART_LABEL}<br>{format_date(restart.day)}",
                "name": "restart",
                "xref": axes.x,
                "yref": axes.span,
                "x": str(period),
                "y": 1,
                "xanchor": "right" if is_late else "left",
                "xshift": -4 if is_late else 4,
                "yanchor": "top",
                "align": "right" if is_late else "left",
                "showarrow": False,
                "font": {"size": size, "color": NOTE_NUMBER},
                "bgcolor": NOTE_TAG,
                "borderpad": 2,
                "hovertext": escape_plotly(restart.text),
            }
        )
    return shapes, labels


def _reference_lines(
    figure: go.Figure, timeline: Timeline, annotations: Annotations, axes: Axes, size: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines, has_room = annotations.causes.lines_from(timeline.first), size > ROOMY_SIZE
    if not lines:
        return [], []
    start, end = figure.layout[_layout_name(axes.x)].range
    vertical = figure.layout[_layout_name(axes.y)]
    ceiling = max(vertical.range[1], max(line.share for line in lines) * 1.12)
    vertical.range = [0, ceiling]
    shapes, labels = [], []
    first_share = known_values(timeline.shares("at_risk"))[0][1]
    for index, line in enumerate(lines):
        above = lines[index + 1].share if index + 1 < len(lines) else None
        is_near = above is not None and above - line.share < ceiling * NEAR_LINES and line.share > ceiling * NEAR_LINES
        is_below = line.share <= first_share < line.share + ceiling * 2 * NEAR_LINES
        last = min(str(line.last_day), end) if line.last_day else end
        shapes.append(
            {
                "type": "line",
                "name": "reference",
                "xref": axes.x,
                "yref": axes.y,
                "x0": start,
                "x1": last,
                "y0": line.share,
                "y1": line.share,
                "line": {"color": REFERENCE_LINE, "width": 1.4, "dash": "longdash"},
            }
        )
        labels.append(
            {
                "text": escape_plotly(shorten(line.text, MAX_LABEL_EMS) if has_room else line.short_text),
                "name": "reference",
                "xref": axes.x,
                "yref": axes.y,
                "x": start,
                "y": line.share,
                "xanchor": "left",
                "xshift": 4,
                "yanchor": "top" if is_near or is_below else "bottom",
                "showarrow": False,
                "font": {"size": size, "color": REFERENCE_LINE},
                "hovertext": escape_plotly(line.text),
            }
        )
    return shapes, labels


def _launches(
    timeline: Timeline, annotations: Annotations, axes: Axes, size: int, low: datetime, high: datetime
) -> list[dict[str, Any]]:
    launched = [
        (day, campaign)
        for day, campaign in annotations.causes.campaigns_by_day(timeline.zone)
        if timeline.first <= day <= timeline.last
    ]
    places = [place_of(timeline.period_of(day)) for day, _ in launched]
    positions = [(place - low) / (high - low) for place in places]
    marks = []
    for group in merge_launches(positions, apart=1 / MAX_MARKS):
        text = MARK if len(group) == 1 else f"{MARK}<b>{len(group)}</b>"
        middle = sum(positions[index] for index in group) / len(group)
        x = low + (high - low) * middle if len(group) > 1 else places[group[0]]
        hover = _launch_hover([launched[index] for index in group])
        marks.append(_axis_mark(axes, str(x), text, hover, "campaign", CAMPAIGN_MARK, size + 3))
    return marks


def _left_out(timeline: Timeline, annotations: Annotations, axes: Axes, size: int) -> list[dict[str, Any]]:
    """Return one mark for each day with implausible answers."""
    by_day: dict[date, list[str]] = {}
    for mark in annotations.causes.marks:
        day = reporting_day(mark.snapshot.taken_at, timeline.zone)
        if timeline.first <= day <= timeline.last:
            by_day.setdefault(day, []).append(describe_implausible(mark.implausible, timeline.zone))
    return [
        _axis_mark(
            axes,
            str(timeline.period_of(day)),
            "<b>!</b>",
            "<br>".join(["<b>Implausible answer, left out</b>", *texts[:MAX_HOVER_LINES]]),
            "implausible",
            WARNING,
            size + 3,
        )
        for day, texts in by_day.items()
    ]


def _axis_mark(axes: Axes, x: str, text: str, hover: str, name: str, colour: str, size: int) -> dict[str, Any]:
    """Return a mark just above the time axis."""
    return {
        "text": text,
        "name": name,
        "xref": axes.x,
        "yref": axes.span,
        "x": x,
        "y": 0,
        "xanchor": "center",
        "yanchor": "bottom",
        "yshift": -3,
        "showarrow": False,
        "font": {"size": size, "color": colour},
        "hovertext": hover,
    }


def _launch_hover(launched: Sequence[tuple[date, Campaign]]) -> str:
    shown = [
        f"<b>{format_date(day)}</b> {escape_plotly(campaign_line(campaign))}"
        for day, campaign in launched[:MAX_HOVER_LINES]
    ]
    hidden = len(launched) - len(shown)
    more = [f"and {hidden} more"] if hidden else []
    return "<br>".join([f"<b>{pluralize(len(launched), 'campaign')} launched</b>", *shown, *more])


def _layout_name(axis: str) -> str:
    """Return the name in the layout of an axis reference: `xaxis2` for `x2`."""
    return f"{axis[0]}axis{axis[1:]}"
