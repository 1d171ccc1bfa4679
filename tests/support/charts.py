"""Charts to test: their data, and the colours they are drawn in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.charts.chart import Chart
from mimecast.charts.mix import each_grade_chart, mix_chart
from mimecast.charts.trend import at_risk_chart, users_graded_chart
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.timeline import Timeline
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.text.stamp import Stamp
from tests.support.clock import NOW, TODAY

ZONE = ZoneInfo("UTC")
COUNTS = ScoreCounts(522, 338, 212, 91, 41)
TIMELINE_CHARTS: Final = (at_risk_chart, mix_chart, each_grade_chart, users_graded_chart)

TimelineChart = Callable[..., Chart]
"""Draws a timeline with its stamp and annotations."""

LinearRgb = tuple[float, float, float]


def make_stamp(counts: ScoreCounts = COUNTS, *, name: str = "Contoso", source: Source = Source.MIMECAST) -> Stamp:
    """Return the stamp of a snapshot that is an hour old."""
    return Stamp(name, Snapshot("contoso", NOW, counts, source), ZONE, NOW + timedelta(hours=1))


def make_timeline(store: Store, days_ago: Sequence[int], *, days: int = 30, max_points: int = 400) -> Timeline:
    """Store a snapshot for each number of days ago, and return the timeline of the last `days` days.

    All snapshots have 10 users at risk; the users graded are 100, and one more for each day ago.
    """
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(50 + ago, 20, 20, 8, 2)) for ago in days_ago)
    days_shown = DayRange(TODAY - timedelta(days=days - 1), TODAY, ZONE)
    return load_timeline(store, "contoso", days_shown, max_points=max_points)


def linear_rgb(colour: str) -> LinearRgb:
    """Return the linear RGB components (0 to 1) of an sRGB colour such as `#2166ac`, as IEC 61966-2-1 defines them."""
    values = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
    return red, green, blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio (1 to 21) of two colours, as WCAG 2.2 defines it."""
    dark, bright = sorted(_luminance(colour) for colour in (first, second))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    weights = (0.2126, 0.7152, 0.0722)
    return sum(weight * component for weight, component in zip(weights, linear_rgb(colour), strict=True))
