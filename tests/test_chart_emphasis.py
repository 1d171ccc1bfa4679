"""What charts emphasise: users at risk, changes for the worse outside the normal range, and small changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mimecast.charts.change_bars import change_bars_chart, has_small_changes
from mimecast.charts.grades import MUTED, grade_chart
from mimecast.charts.trend import at_risk_chart
from mimecast.domain.annotations import Annotations
from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.palette import AT_RISK_LINE, WORSE_LINE
from mimecast.store.normal_range import load_band
from mimecast.store.store import Store
from mimecast.text.stamp import ComparedStamp
from tests.support.charts import COUNTS, ZONE, make_stamp, make_timeline
from tests.support.clock import NOW, TODAY

THEN = Snapshot("contoso", NOW - timedelta(days=30), COUNTS)


def compare(now: ScoreCounts) -> tuple[Comparison, ComparedStamp]:
    newest = Snapshot("contoso", NOW, now)
    comparison = Comparison(newest, THEN, TODAY, TODAY - timedelta(days=30))
    return comparison, ComparedStamp("Contoso", newest, ZONE, NOW + timedelta(hours=1), THEN)


@pytest.mark.parametrize(
    ("counts", "label"),
    [(COUNTS, "<b>132 at risk</b>"), (ScoreCounts(1, 1, 1, 900, 1), "<b>901 at risk</b>")],
)
def test_a_bracket_says_how_many_users_are_at_risk(counts: ScoreCounts, label: str) -> None:
    figure = grade_chart(make_stamp(counts), file_name="grades").figure
    assert label in [annotation.text for annotation in figure.layout.annotations]
    (bars,) = figure.data
    assert list(bars.marker.opacity) == [MUTED, MUTED, MUTED, 1, 1]


def test_small_changes_are_bars_from_zero_whose_lengths_are_points() -> None:
    comparison, stamp = compare(replace(COUNTS, a=COUNTS.a + 12, d=COUNTS.d - 12))
    assert has_small_changes(comparison)
    chart = change_bars_chart(comparison, stamp, file_name="changes")
    (bars,) = chart.figure.data
    assert list(bars.y) == ["A", "B", "C", "D", "F"]
    assert list(bars.x) == pytest.approx([100 * 12 / 1204, 0, 0, -100 * 12 / 1204, 0], abs=0.001)
    labels = [annotation.text for annotation in chart.figure.layout.annotations]
    assert labels[:2] == ["<b>+1.0 points</b><br>+12 users", "<b>0.0 points</b><br>0 users"]
    assert "D 7.6% then, 6.6% now (−1.0 points)" in chart.alt


def test_large_changes_keep_both_shares_on_one_axis() -> None:
    comparison, _ = compare(ScoreCounts(300, 300, 300, 200, 104))
    assert not has_small_changes(comparison)


@pytest.mark.parametrize(
    ("verdict", "change", "is_red"),
    [(Verdict.OUTSIDE, 3.0, True), (Verdict.OUTSIDE, -3.0, False), (Verdict.WITHIN, 3.0, False)],
)
def test_only_an_unusual_change_for_the_worse_is_red(
    store: Store, verdict: Verdict, change: float, *, is_red: bool
) -> None:
    timeline = make_timeline(store, range(100), days=100)
    newest = store.newest("contoso")
    assert newest is not None
    judged = JudgedChange(verdict, 30, change, -2.0, 2.0, 20)
    annotations = Annotations(judged=judged, band=load_band(store, newest, ZONE, judged))
    figure = at_risk_chart(timeline, make_stamp(), annotations, file_name="trend").figure
    lines = {trace.line.color: trace for trace in figure.data if trace.mode == "lines" and not trace.fill}
    assert set(lines) == ({AT_RISK_LINE, WORSE_LINE} if is_red else {AT_RISK_LINE})
    if is_red:
        assert sum(share is not None and share == share for share in lines[WORSE_LINE].y) == 31
