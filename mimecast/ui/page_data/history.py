"""What History shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mimecast.charts.chart import Chart
from mimecast.charts.mix import each_grade_chart, mix_chart
from mimecast.charts.trend import at_risk_chart
from mimecast.domain.reporting_days import DayRange, Resolution
from mimecast.reports.report import Report, ReportRequest, load_report
from mimecast.text.changes import comparison_sentence
from mimecast.text.headline import headline
from mimecast.text.timelines import empty_range_sentence
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import AccountPage
from mimecast.ui.download_frames.grades import history_frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class HistoryData:
    """The report of a range, a sentence about it, and its charts.

    Where there is nothing to draw, the chart of the share at risk is replaced by a sentence, the others by nothing.
    """

    report: Report
    sentence: str
    trend: Chart | str
    mix: Chart | str
    each_grade: Chart | str

    @property
    def make_table(self) -> Callable[[], pd.DataFrame]:
        """A function that returns `history_frame` of the range, and keeps no chart in memory."""
        return partial(history_frame, self.report.timeline, self.report.stamp.newest.account)


def load_history(page: AccountPage, days: DayRange, finest: Resolution) -> HistoryData | None:
    """Load what History shows of a range, or return it from the cache; None where the range has no snapshot.

    Raises StoreError.
    """
    key = ("history", page.account.id, page.account.name, page.today, days, finest, page.stamp.text)
    return PAGE_CACHE.get(page.store, key, lambda: _load(page, days, finest))


def _load(page: AccountPage, days: DayRange, finest: Resolution) -> HistoryData | None:
    report = load_report(page.store, ReportRequest(page.account.id, page.account.name, days, page.now, finest=finest))
    if report is None:
        return None
    stamp, timeline, annotations = report.stamp, report.timeline, report.annotations
    empty = empty_range_sentence(timeline)

    sentence = comparison_sentence(report.since) if report.since else f"{headline(stamp.newest, None, stamp.day)}."

    def name(subject: str) -> str:
        return page.file_name(subject)

    return HistoryData(
        report,
        f"{sentence} {report.summary.restart}".strip(),
        trend=at_risk_chart(timeline, stamp, annotations, file_name=name("at-risk")) if timeline.has_risk else empty,
        mix=mix_chart(report.mix, stamp, annotations, file_name=name("mix")) if timeline.has_shares else "",
        each_grade=each_grade_chart(timeline, stamp, annotations, file_name=name("each-grade"))
        if timeline.has_shares
        else "",
    )
