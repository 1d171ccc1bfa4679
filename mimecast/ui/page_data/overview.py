"""What the Overview shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from mimecast.charts.chart import Chart
from mimecast.charts.grades import grade_chart
from mimecast.charts.mix import mix_chart
from mimecast.charts.trend import at_risk_chart
from mimecast.domain.reporting_days import DayRange
from mimecast.reports.report import Report, ReportRequest, load_report
from mimecast.text.timelines import empty_range_sentence
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import AccountPage
from mimecast.ui.download_frames.grades import grades_frame

if TYPE_CHECKING:
    import pandas as pd

DAYS_SHOWN: Final = 365
"""Days back to the beginning of the charts; fewer when the first snapshot is younger."""


@dataclass(frozen=True)
class OverviewData:
    """The report of the last year and its charts.

    Where there is nothing to draw, the chart of the share at risk is replaced by a sentence, the others by nothing.
    """

    report: Report
    grades: Chart | str
    mix: Chart | str
    trend: Chart | str

    @property
    def make_table(self) -> Callable[[], pd.DataFrame]:
        """A function that returns `grades_frame` of the newest snapshot, and keeps no chart in memory."""
        return partial(grades_frame, self.report.stamp, self.report.comparison)


def load_overview(page: AccountPage) -> OverviewData:
    """Load what the Overview shows, or return it from the cache. Raises StoreError."""
    key = ("overview", page.account.id, page.account.name, page.today, page.zone.key, page.stamp.text)
    return PAGE_CACHE.get(page.store, key, lambda: _load(page))


def _load(page: AccountPage) -> OverviewData:
    days = DayRange(page.today - timedelta(days=DAYS_SHOWN), page.today, page.zone)
    request = ReportRequest(page.account.id, page.account.name, days, page.now, up_to=page.newest)
    report = load_report(page.store, request)
    assert report is not None  # noqa: S101 - the page has a snapshot
    stamp, timeline, annotations = report.stamp, report.timeline, report.annotations
    empty = empty_range_sentence(timeline)
    has_grades = stamp.newest.counts.users_graded > 0
    return OverviewData(
        report,
        grades=grade_chart(stamp, file_name=page.file_name("grades")) if has_grades else "",
        mix=mix_chart(report.mix, stamp, annotations, file_name=page.file_name("mix")) if timeline.has_shares else "",
        trend=at_risk_chart(timeline, stamp, annotations, file_name=page.file_name("at-risk"))
        if timeline.has_risk
        else empty,
    )
