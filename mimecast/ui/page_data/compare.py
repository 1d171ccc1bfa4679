"""What Compare shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mimecast.charts.change_bars import change_bars_chart, has_small_changes
from mimecast.charts.chart import Chart
from mimecast.charts.dumbbell import dumbbell_chart
from mimecast.charts.trend import at_risk_chart
from mimecast.domain.annotations import Annotations
from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.timeline import Timeline
from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_target
from mimecast.store.causes.load_causes import load_causes
from mimecast.store.normal_range import load_band, load_judged_change
from mimecast.store.timelines import load_timeline
from mimecast.text.changes import verdict_sentence
from mimecast.text.headline import unknown_share_phrase
from mimecast.text.stamp import ComparedStamp
from mimecast.text.timelines import empty_range_sentence
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import AccountPage
from mimecast.ui.download_frames.grades import comparison_frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CompareData:
    """A comparison with the timeline between its days, the verdict on the change, and its charts."""

    comparison: Comparison
    stamp: ComparedStamp
    timeline: Timeline
    annotations: Annotations
    verdict: str
    grades: Chart | str
    trend: Chart | str

    @property
    def make_table(self) -> Callable[[], pd.DataFrame]:
        """A function that returns `comparison_frame` of the two snapshots, and keeps no chart in memory."""
        return partial(comparison_frame, self.stamp, self.comparison)


def load_compare(page: AccountPage, comparison: Comparison) -> CompareData:
    """Load what Compare shows of two snapshots, or return it from the cache. Raises StoreError."""
    stamp = page.compared_stamp(comparison)
    key = ("compare", page.account.id, page.account.name, page.today, comparison, stamp.text)
    return PAGE_CACHE.get(page.store, key, lambda: _load(page, comparison))


def _load(page: AccountPage, comparison: Comparison) -> CompareData:
    store, account = page.store, page.account.id
    stamp = page.compared_stamp(comparison)
    days = DayRange(comparison.then_day, comparison.now_day, page.zone)
    timeline = load_timeline(store, account, days)
    judged = load_judged_change(store, comparison.now, page.zone, comparison.days)
    annotations = Annotations(
        tuple(load_notes(store, account, days.first, days.last)),
        load_target(store, account),
        judged,
        load_band(store, comparison.now, page.zone, judged),
        causes=load_causes(store, account, days),
    )
    without_grades = next(
        (snapshot for snapshot in (comparison.then, comparison.now) if not snapshot.counts.users_graded), None
    )
    return CompareData(
        comparison,
        stamp,
        timeline,
        annotations,
        "" if comparison.restart or comparison.change_in_points("at_risk") is None else verdict_sentence(judged),
        grades=f"{unknown_share_phrase(without_grades.counts, is_past=True)} on one of the days."
        if without_grades
        else _draw_grades(comparison, stamp, file_name=page.file_name("compare")),
        trend=at_risk_chart(timeline, stamp, annotations, file_name=page.file_name("compare-at-risk"))
        if timeline.has_risk
        else empty_range_sentence(timeline),
    )


def _draw_grades(comparison: Comparison, stamp: ComparedStamp, *, file_name: str) -> Chart:
    draw = change_bars_chart if has_small_changes(comparison) else dumbbell_chart
    return draw(comparison, stamp, file_name=file_name)
