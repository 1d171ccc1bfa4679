"""A figure is drawn once for what it shows, and never stands for other numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mimecast.charts.chart import Chart
from mimecast.charts.grades import grade_chart
from mimecast.charts.over_time import at_risk_chart
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import Timeline
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.text.stamp import LIVE_DURATION, Stamp
from mimecast.ui.chart_cache import cached_chart

TAKEN = datetime(2026, 11, 24, 3, tzinfo=UTC)
LATER = TAKEN + timedelta(hours=5)
ZONE = ZoneInfo("UTC")


def stamp(counts: ScoreCounts, *, name: str = "Contoso", now: datetime = LATER) -> Stamp:
    return Stamp(name, Snapshot("contoso", TAKEN, counts), ZONE, now)


def timeline(store: Store) -> Timeline:
    return load_timeline(store, "contoso", DayRange(date(2026, 11, 1), date(2026, 11, 24), ZONE))


def grades(shown: Stamp | None) -> Chart:
    return cached_chart(grade_chart, shown, file_name="grades")


def test_the_same_numbers_are_drawn_once_however_late_it_is() -> None:
    counts = ScoreCounts(5, 4, 3, 2, 1)
    assert grades(stamp(counts)) is grades(stamp(counts, now=LATER + timedelta(hours=1)))
    assert grades(None) is grades(None)


def test_whatever_else_is_shown_is_another_figure() -> None:
    counts = ScoreCounts(5, 4, 3, 2, 1)
    shown = stamp(counts)
    others = [
        stamp(replace(counts, d=3)),
        stamp(counts, name="Fabrikam"),
        stamp(counts, now=TAKEN + LIVE_DURATION / 2),
        replace(shown, newest=replace(shown.newest, account="fabrikam")),
        replace(shown, zone=ZoneInfo("Asia/Tokyo")),
    ]
    figures = [grades(one) for one in (shown, *others)]
    assert len({id(one) for one in figures}) == len(figures)
    assert "D 3 (18.8 %)" in figures[1].alt
    assert cached_chart(grade_chart, shown, file_name="another") is not figures[0]


def test_one_user_more_on_one_day_long_ago_is_another_figure(store: Store) -> None:
    def chart() -> Chart:
        return cached_chart(at_risk_chart, timeline(store), stamp(ScoreCounts(5, 4, 3, 2, 1)), file_name="at-risk")

    store.add([Snapshot("contoso", TAKEN - timedelta(days=days), ScoreCounts(5, 4, 3, 2, 1)) for days in (0, 20)])
    before = chart()
    assert chart() is before
    store.add([Snapshot("contoso", TAKEN - timedelta(days=10), ScoreCounts(5, 4, 3, 2, 2))])
    after = chart()
    assert "highest 25.0 %" in after.alt
    assert "highest 20.0 %" in before.alt
