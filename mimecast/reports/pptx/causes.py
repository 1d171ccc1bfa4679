"""Restarts, reference lines and campaign launches in the native chart of the share at risk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from lxml import etree
from pptx.chart.series import LineSeries
from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.oxml.ns import qn
from pptx.util import Pt

from mimecast.domain.causes.breaks import break_positions
from mimecast.domain.causes.causes import Causes
from mimecast.domain.causes.reference_lines import ReferenceLine
from mimecast.domain.notes import RESTART_LABEL
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_date
from mimecast.palette import CAMPAIGN_MARK, QUIET, RESTART_LINE
from mimecast.reports.pptx import elements


def split_at_restarts(shares: Sequence[float | None], timeline: Timeline, causes: Causes) -> list[list[float | None]]:
    """Return the line in one part per side of the baseline restarts, each as long as the line, None elsewhere.

    A native line cannot be broken between two days in any other way.
    """
    bounds = [0, *break_positions(causes, timeline), len(shares)]
    return [
        [share if start <= index < end else None for index, share in enumerate(shares)]
        for start, end in pairwise(bounds)
    ]


def reference_level(line: ReferenceLine, days: Sequence[date]) -> list[float | None]:
    """Return the share of a reference line on each day up to its last one."""
    return [line.share if line.last_day is None or day <= line.last_day else None for day in days]


def launches_by_period(causes: Causes, timeline: Timeline) -> dict[int, int]:
    """Return how many campaigns were launched in each period that has a launch, by the index of the period."""
    launches: dict[int, int] = {}
    for day, _ in causes.campaigns_by_day(timeline.zone):
        if timeline.first <= day <= timeline.last:
            index = timeline.index_of(day)
            launches[index] = launches.get(index, 0) + 1
    return launches


def style_launches(series: LineSeries, launches: dict[int, int]) -> None:
    """Draw a series as triangles on the time axis; where several campaigns began in a period, with their number."""
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.TRIANGLE
    series.marker.size = 9
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = elements.rgb(CAMPAIGN_MARK)
    series.marker.format.line.fill.background()
    for index, count in launches.items():
        if count > 1:
            elements.label_point(series, index, str(count), XL_LABEL_POSITION.ABOVE, 11, CAMPAIGN_MARK, bold=True)


def restarted_periods(causes: Causes, timeline: Timeline) -> dict[int, date]:
    """Return the days of the baseline restarts within a timeline by the index of their period."""
    restarts = causes.restarts_between(timeline.first, timeline.last)
    return {timeline.index_of(restart.day): restart.day for restart in restarts}


def style_restarts(series: LineSeries, restarts: dict[int, date]) -> None:
    """Draw a vertical line from each value down to zero, with the day of the restart beside it.

    Error bars are the only vertical lines that a native line chart can have at a single period. python-pptx has no
    function for them.
    """
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.NONE
    for index, day in restarts.items():
        is_late = index > len(series.values) / 2
        position = XL_LABEL_POSITION.LEFT if is_late else XL_LABEL_POSITION.RIGHT
        elements.label_point(series, index, f"{RESTART_LABEL} {format_date(day)}", position, 11, QUIET, bold=False)
    bars = etree.Element(qn("c:errBars"))
    values = {"errDir": "y", "errBarType": "minus", "errValType": "percentage", "noEndCap": "1", "val": "100"}
    for name, value in values.items():
        etree.SubElement(bars, qn(f"c:{name}"), {"val": value})
    outline = etree.SubElement(etree.SubElement(bars, qn("c:spPr")), qn("a:ln"), {"w": str(Pt(1.5))})
    fill = etree.SubElement(outline, qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr"), {"val": str(elements.rgb(RESTART_LINE))})
    series._element.find(qn("c:cat")).addprevious(bars)
