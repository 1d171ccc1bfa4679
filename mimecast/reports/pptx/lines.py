"""The share at risk as native lines: one on each side of every baseline restart, among its levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.series import LineSeries
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.slide import Slide
from pptx.util import Pt

from mimecast.charts.text_width import em_width, shorten
from mimecast.domain.causes.reference_lines import ReferenceLine
from mimecast.domain.notes import RESTART_LABEL
from mimecast.domain.timeline import known_values
from mimecast.reports.judgement_colours import REFERENCE_INK
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.causes import reference_level, restarted_periods, split_at_restarts, style_restarts
from mimecast.reports.pptx.periods import period_days, period_labels
from mimecast.reports.pptx.template import Area
from mimecast.reports.report import Report

AT_RISK: Final = "At risk, % of users graded"
"""Name of the line of the share at risk, and of its part before the first restart."""

MAX_NAME_EMS: Final = 44.0
"""Width of a reference line's name with its source, in multiples of the size of its text."""

LABEL_SIZE: Final = 12
"""Size in points of the label of a reference line."""

RESTARTS: Final = f"{RESTART_LABEL}s"
"""Name of the series of vertical lines at restarts."""

RESTART_HEIGHT: Final = 1.08
"""Height of the line of a restart relative to the highest value."""

MAX_PLACES: Final = 40
"""Places along a reference line that are tried for its label."""


@dataclass(frozen=True, slots=True)
class DrawnSeries:
    """A series of a line chart: its name, a value per period (None for a gap), and what styles it."""

    name: str
    values: Sequence[float | None]
    style: Callable[[LineSeries], None]


@dataclass(frozen=True, slots=True)
class Plot:
    """The plot of a chart: its left, top, width and height as fractions of the area (EMU) of the chart."""

    area: Area
    place: tuple[float, float, float, float]

    @property
    def ems(self) -> float:
        """The width in multiples of the size of a label."""
        return float(self.area.width / Pt(LABEL_SIZE)) * self.place[2]

    @property
    def lines(self) -> float:
        """The height in lines of text."""
        return self.area.height / elements.line_height(LABEL_SIZE) * self.place[3]


def add_line_chart(
    slide: Slide, plot: Plot, report: Report, drawn: Sequence[DrawnSeries], name: str, alt: str
) -> Chart:
    """Add a line chart of series over the periods of the report's timeline."""
    data = CategoryChartData(number_format="0.0")
    data.categories = period_labels(report.timeline)
    for series in drawn:
        data.add_series(series.name, series.values)
    chart = elements.add_chart(slide, plot.area, XL_CHART_TYPE.LINE, data, name, alt)
    elements.place_plot(chart, *plot.place)
    for line, series in zip(chart.plots[0].series, drawn, strict=True):
        series.style(line)
    return chart


def share_lines(report: Report, colour: str) -> list[DrawnSeries]:
    """Return the share at risk as one series, or as one on each side of every baseline restart."""
    timeline = report.timeline
    shares = timeline.shares("at_risk")
    parts = split_at_restarts(shares, timeline, report.annotations.causes)
    parts = [part for part in parts if known_values(part)]
    drawn = []
    for number, part in enumerate(parts):
        since = " since the baseline restart" + (f" {number}" if len(parts) > 2 else "")
        marked = part if len(known_values(part)) == 1 else shares
        style = partial(elements.style_share_line, shares=marked, colour=colour)
        drawn.append(DrawnSeries(f"At risk{since}" if number else AT_RISK, part, style))
    return drawn


def reference_lines(report: Report) -> list[tuple[ReferenceLine, DrawnSeries]]:
    """Return the reference lines that are in force in the timeline, dashed."""
    timeline, days = report.timeline, period_days(report.timeline)
    style = partial(elements.style_line, colour=REFERENCE_INK, width=1.5, dash=MSO_LINE.LONG_DASH)
    lines = [
        (line, DrawnSeries(shorten(line.text, MAX_NAME_EMS), reference_level(line, days), style))
        for line in report.annotations.causes.lines_from(timeline.first)
    ]
    return [(line, series) for line, series in lines if any(value is not None for value in series.values)]


def restart_lines(report: Report, highest: float) -> list[DrawnSeries]:
    """Return vertical lines at the baseline restarts, a little higher than the highest value; none without any."""
    restarts = restarted_periods(report.annotations.causes, report.timeline)
    if not restarts:
        return []
    values = [highest * RESTART_HEIGHT if index in restarts else None for index in range(len(report.timeline.periods))]
    return [DrawnSeries(RESTARTS, values, partial(style_restarts, restarts=restarts))]


def highest_value(drawn: Sequence[DrawnSeries]) -> float:
    """Return the highest value of all series, 0 without one."""
    return max((value for series in drawn for value in series.values if value is not None), default=0.0)


def label_reference_lines(
    chart: Chart,
    plot: Plot,
    drawn: Sequence[DrawnSeries],
    references: Sequence[tuple[ReferenceLine, DrawnSeries]],
    *,
    has_source: bool,
) -> None:
    """Write the name of each reference line beside it, where it is clear of other lines. The axis has its ceiling."""
    series_of = {series.name: series for series in chart.plots[0].series}
    for line, series in references:
        others = [
            [None if value is None else line.share for value in other.values]
            if other.name == RESTARTS
            else other.values
            for other in drawn
            if other is not series
        ]
        text = series.name if has_source else line.short_text
        index, position = _label_place(series.values, others, text, plot, chart.value_axis.maximum_scale)
        elements.label_point(series_of[series.name], index, text, position, LABEL_SIZE, REFERENCE_INK, bold=False)


def _label_place(
    level: Sequence[float | None], others: Sequence[Sequence[float | None]], text: str, plot: Plot, ceiling: float
) -> tuple[int, XL_LABEL_POSITION]:
    """Return the leftmost period at which a text above or below a level is clear of the other lines."""
    places = [(index, value) for index, value in enumerate(level) if value is not None]
    half = em_width(text) / plot.ems * len(level) / 2
    height = ceiling / plot.lines * 1.2
    best = (-1.0, places[0][0], XL_LABEL_POSITION.ABOVE)
    for index, share in places[:: math.ceil(len(places) / MAX_PLACES)]:
        if not half <= index <= len(level) - half:
            continue
        window = slice(math.floor(index - half), math.ceil(index + half) + 1)
        near = [value for values in others for value in values[window] if value is not None]
        for position, low in ((XL_LABEL_POSITION.ABOVE, share), (XL_LABEL_POSITION.BELOW, share - height)):
            if low < 0 or low + height > ceiling:
                continue
            distance = min((max(low - value, value - low - height, 0.0) for value in near), default=height)
            if min(distance, height) > best[0]:
                best = (min(distance, height), index, position)
    return best[1], best[2]
