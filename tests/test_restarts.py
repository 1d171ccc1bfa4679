"""Baseline restarts: which days are comparable, and when a restart is suggested."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from mimecast.charts.trend import at_risk_chart
from mimecast.domain.annotations import Annotations
from mimecast.domain.causes.breaks import break_positions
from mimecast.domain.causes.causes import Causes
from mimecast.domain.causes.restarts import (
    Restart,
    RestartSuggestion,
    is_comparable,
    last_restart,
    restart_between,
    suggest_restart,
)
from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import Verdict
from mimecast.domain.notes import NoteChanged
from mimecast.domain.reporting_days import DayRange, Resolution
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.html_file import render_html
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report_workbook import render_xlsx
from mimecast.store.annotations.notes import apply, delete_note, load_notes, write_note, write_restart
from mimecast.store.causes.restarts import load_restarts
from mimecast.store.comparisons import compare_with_day
from mimecast.store.normal_range import load_band, load_judged_change
from mimecast.store.store import Store
from mimecast.store.timelines import load_days, load_timeline
from mimecast.text.changes import comparison_sentence, recent_change_sentence, unknown_range_sentence
from mimecast.text.stamp import ComparedStamp
from mimecast.ui.download_frames.grades import comparison_frame
from tests.support.app import click, run_page, text_of
from tests.support.charts import TIMELINE_CHARTS, TimelineChart, make_stamp, make_timeline
from tests.support.clock import NOW, TODAY
from tests.support.reports import stored_report
from tests.support.stores.databases import EVERY_DATABASE

ZONE = ZoneInfo("UTC")

DAYS = st.integers(0, 400).map(lambda days: TODAY - timedelta(days=days))


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_day_of_a_restart_belongs_to_what_follows_it() -> None:
    restart = Restart(days_ago(10), "Data reset")
    assert restart_between([restart], days_ago(11), days_ago(10)) == restart
    assert restart_between([restart], days_ago(10), days_ago(9)) is None
    assert restart_between([restart], days_ago(30), days_ago(11)) is None
    assert last_restart([restart], days_ago(10)) == restart
    assert last_restart([restart], days_ago(11)) is None


@given(st.lists(DAYS, max_size=5), DAYS, DAYS, DAYS)
def test_days_on_one_side_of_all_restarts_are_comparable_with_each_other(
    starts: list[date], first: date, second: date, third: date
) -> None:
    restarts = [Restart(day, "") for day in starts]
    assert is_comparable(first, second, restarts) == is_comparable(second, first, restarts)
    if is_comparable(first, second, restarts) and is_comparable(second, third, restarts):
        assert is_comparable(first, third, restarts)


def test_a_change_by_more_than_a_quarter_within_a_week_suggests_a_restart_on_the_day_of_the_step() -> None:
    users = [(days_ago(9), 1200), (days_ago(6), 1190), (days_ago(5), 850), (days_ago(4), 840)]
    assert suggest_restart(users, []) == RestartSuggestion(days_ago(5), days_ago(6), 1190, 850)
    assert suggest_restart([(days_ago(5), 1200), (days_ago(4), 900)], []) is None
    assert suggest_restart([(days_ago(12), 1200), (days_ago(4), 600)], []) is None


def test_a_restart_or_a_dismissal_settles_the_week_around_it() -> None:
    users = [(days_ago(6), 1200), (days_ago(5), 800)]
    assert suggest_restart(users, [days_ago(12)]) is None
    assert suggest_restart(users, [days_ago(13)]) is not None


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=40))
def test_accepting_every_suggestion_ends_them(counts: list[int]) -> None:
    users = [(days_ago(len(counts) - index), count) for index, count in enumerate(counts)]
    settled: list[date] = []
    while suggestion := suggest_restart(users, settled):
        assert suggestion.day not in settled
        settled.append(suggestion.day)
    assert len(settled) <= len(counts)


def add_history(store: Store, *, days: int = 500, before: int = 1200, after: int = 800, restart_ago: int = 60) -> None:
    """Store a snapshot a day: `before` users until the restart, and `after` from that day on."""
    store.add(
        Snapshot(
            "contoso",
            NOW - timedelta(days=ago),
            counts_of(after if ago <= restart_ago else before, 9.0 + (ago // 30) % 3 * 0.4),
        )
        for ago in range(days, -1, -1)
    )


def counts_of(users: int, share: float) -> ScoreCounts:
    at_risk = round(users * share / 100)
    return ScoreCounts(users - at_risk, 0, 0, at_risk)


def restart(store: Store, ago: int, text: str = "Directory clean-up") -> None:
    write_restart(store, "contoso", days_ago(ago), text, author="", now=NOW, today=TODAY)


def slides_text(content: bytes) -> str:
    """Return the texts of all slides."""
    shapes = [shape for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes]
    return "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)


def newest(store: Store) -> Snapshot:
    snapshot = store.newest("contoso")
    assert snapshot is not None
    return snapshot


@EVERY_DATABASE
def test_a_restart_is_a_note_that_keeps_its_kind(store: Store) -> None:
    edit = write_restart(store, "contoso", TODAY, "Data reset", author="ana", now=NOW, today=TODAY)
    assert edit.after is not None
    assert load_notes(store, "contoso") == [edit.after]
    assert load_restarts(store, "contoso") == (Restart(TODAY, "Data reset"),)
    changed = write_note(store, "contoso", TODAY, "Data reset", author="ana", now=NOW, today=TODAY, old=edit.after)
    assert load_restarts(store, "contoso") == ()
    with pytest.raises(NoteChanged):
        delete_note(store, edit.after)
    apply(store, changed.undo)
    assert load_restarts(store, "contoso") == (Restart(TODAY, "Data reset"),)
    delete_note(store, edit.after)
    assert load_restarts(store, "contoso") == ()


def test_the_normal_range_uses_only_changes_since_the_restart(store: Store) -> None:
    add_history(store, before=800, days=900)
    assert load_judged_change(store, newest(store), ZONE).baseline_periods == 29
    restart(store, 60)
    judged = load_judged_change(store, newest(store), ZONE)
    assert (judged.verdict, judged.baseline_periods) == (Verdict.UNKNOWN, 1)
    assert judged.restart_day == days_ago(60)
    assert judged.known_from == days_ago(60) + timedelta(days=390)
    assert "since the baseline restart on 25 Sep 2026" in unknown_range_sentence(judged)
    earlier = store.newest("contoso", before=NOW - timedelta(days=61))
    assert earlier is not None
    assert load_judged_change(store, earlier, ZONE).verdict is not Verdict.UNKNOWN


def test_a_restart_long_ago_leaves_a_verdict_and_a_band(store: Store) -> None:
    add_history(store, before=800, days=900)
    restart(store, 420)
    judged = load_judged_change(store, newest(store), ZONE)
    assert judged.baseline_periods == 13
    assert len(load_band(store, newest(store), ZONE, judged)) == 31


def test_a_comparison_across_a_restart_warns_and_is_not_split(store: Store) -> None:
    add_history(store)
    before = compare_with_day(store, newest(store), days_ago(90), ZONE)
    assert isinstance(before, Comparison)
    assert before.parts is not None
    restart(store, 60)
    comparison = compare_with_day(store, newest(store), days_ago(90), ZONE)
    assert isinstance(comparison, Comparison)
    assert comparison.parts is None
    warning = "Not comparable: the baseline restarted on 25 Sep 2026 (Directory clean-up)"
    assert warning in comparison_sentence(comparison)
    assert warning in recent_change_sentence(comparison, 90, None)
    stamp = ComparedStamp("Contoso", comparison.now, ZONE, NOW, comparison.then)
    assert comparison_frame(stamp, comparison)["warning"].str.startswith("Not comparable").all()
    same_side = compare_with_day(store, newest(store), days_ago(60), ZONE)
    assert isinstance(same_side, Comparison)
    assert same_side.restart is None


def test_a_report_compares_from_the_restart_on_and_names_it(store: Store) -> None:
    add_history(store)
    restart(store, 60)
    summary = stored_report(store).summary
    assert "on 25 Sep 2026" in summary.headline
    assert "earlier counts are not comparable" in summary.details
    files = (
        render_html(stored_report(store)).decode(),
        slides_text(render_pptx(stored_report(store, compare_with=90))),
    )
    assert all("the baseline restarted on 25 Sep 2026" in text.replace("The", "the") for text in files)


def test_the_slides_have_a_line_on_each_side_of_a_restart(store: Store) -> None:
    add_history(store)
    restart(store, 60)
    report = stored_report(store)
    shapes = [shape for slide in Presentation(io.BytesIO(render_pptx(report))).slides for shape in slide.shapes]
    (chart,) = [shape.chart for shape in shapes if shape.name == "Share of users at risk"]
    series = {series.name: list(series.values) for plot in chart.plots for series in plot.series}
    position = list(chart.plots[0].categories).index("25 Sep 2026")
    assert set(series["At risk, % of users graded"][position:]) == {None}
    assert set(series["At risk since the baseline restart"][:position]) == {None}
    assert series["At risk since the baseline restart"][position] is not None
    assert [index for index, value in enumerate(series["Baseline restarts"]) if value is not None] == [position]
    sentences = " ".join(
        shape.text_frame.text for shape in shapes if shape.has_text_frame and shape.text_frame.text.startswith("From ")
    )
    assert "The baseline restarted on 25 Sep 2026" in sentences


def test_the_workbook_has_a_line_on_each_side_of_a_restart(store: Store) -> None:
    add_history(store)
    restart(store, 60)
    report = stored_report(store)
    days = load_days(store, report.account, report.days)
    content = render_xlsx(report, days)
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    header, *rows = book["Daily values"].iter_rows(values_only=True)
    columns = {name: [row[index] for row in rows] for index, name in enumerate(header)}
    before = columns["At risk, share, until 24 Sep 2026"]
    since = columns["At risk, share, from 25 Sep 2026"]
    position = [day for day, _ in days].index(days_ago(60))
    shares = columns["At risk, share"]
    assert (before[:position], set(before[position:])) == (shares[:position], {None})
    assert (set(since[:position]), since[position:]) == ({None}, shares[position:])
    (height,) = [value for value in columns["Baseline restarts, height in the chart"] if value is not None]
    assert height > max(shares)
    (chart,) = book["Report"]._charts
    last = len(days) + 1
    ranges = [series.val.numRef.f for series in chart.series]
    assert ranges == [f"'Daily values'!${column}$2:${column}${last}" for column in "OPQ"]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        drawn = package.read("xl/charts/chart1.xml").decode()
    assert re.findall(r"<a:t>(Baseline restart.*?)</a:t>", drawn) == ["Baseline restart 25 Sep 2026"]


def test_a_restart_before_any_other_day_leaves_the_workbook_with_one_line(store: Store) -> None:
    add_history(store, days=30, restart_ago=40)
    restart(store, 30)
    report = stored_report(store)
    book: Any = openpyxl.load_workbook(io.BytesIO(render_xlsx(report, load_days(store, "contoso", report.days))))
    (chart,) = book["Report"]._charts
    assert [series.val.numRef.f for series in chart.series] == ["'Daily values'!$K$2:$K$32"]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS, ids=lambda draw: draw.__name__)
def test_charts_break_the_line_and_label_the_day(draw: TimelineChart, store: Store) -> None:
    timeline = make_timeline(store, range(30))
    causes = Causes(restarts=(Restart(days_ago(10), "Data reset"),))
    chart = draw(timeline, make_stamp(), Annotations(causes=causes), file_name="x")
    assert [line.x0 for line in chart.figure.layout.shapes if line.name == "restart"] == [str(days_ago(10))]
    assert "Baseline restart on 14 Nov 2026: Data reset." in chart.alt
    for trace in chart.figure.data:
        if trace.type == "scatter" and trace.mode == "lines":
            position = list(trace.x).index(str(days_ago(10)))
            assert trace.y[position] is None
            assert trace.y[position + 1] is not None


def test_a_restart_today_leaves_the_newest_value_as_a_point(store: Store) -> None:
    timeline = make_timeline(store, range(60), days=60)
    causes = Causes(restarts=(Restart(TODAY, "Data reset"),))
    chart = at_risk_chart(timeline, make_stamp(), Annotations(causes=causes), file_name="x")
    (markers,) = [trace for trace in chart.figure.data if trace.mode == "markers"]
    assert list(markers.x) == [str(TODAY)]


def test_a_week_that_ends_before_the_restart_is_on_the_earlier_side(store: Store) -> None:
    store.add(
        Snapshot("contoso", NOW - timedelta(days=ago), counts_of(800, 9.0)) for ago in range(200) if ago not in (8, 9)
    )
    timeline = load_timeline(
        store, "contoso", DayRange(days_ago(199), TODAY, ZONE), finest=Resolution.WEEK
    )  # 16 Nov 2026 is a Monday, 8 days ago
    assert break_positions(Causes(restarts=(Restart(days_ago(9), ""),)), timeline) == [len(timeline.periods) - 2]
    assert break_positions(Causes(restarts=(Restart(days_ago(8), ""),)), timeline) == [len(timeline.periods) - 2]


@pytest.mark.usefixtures("isolated_pages")
def test_a_reader_accepts_or_dismisses_a_suggestion(project: Path, account_secrets: dict[str, Any]) -> None:
    store, now = Store.open(account_secrets["connections"]["snapshots"]["url"]), datetime.now(UTC)
    store.add(
        Snapshot("default", now - timedelta(days=ago), counts_of(1200 if ago > 3 else 800, 9.0)) for ago in range(40)
    )
    app = run_page(project, "Overview", account_secrets)
    assert "Users graded went from 1,200" in text_of(app)
    assert "(−33.3%)" in text_of(app).replace("\\", "")
    click(app, "restart_accept")
    assert "Users graded went from 1,200 on" not in text_of(app)
    (restarted,) = load_restarts(store, "default")
    assert restarted.day == (now - timedelta(days=3)).date()
    (note,) = load_notes(store, "default")
    delete_note(store, note)
    app.run()
    click(app, "restart_dismiss")
    assert "Restart the baseline" not in text_of(app)
    assert load_restarts(store, "default") == ()
