"""What a report contains, and its picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mimecast.charts.chart import Chart
from mimecast.charts.report_canvas import HEIGHT, MAX_NOTES, WIDTH, CanvasText, report_canvas
from mimecast.domain.annotations import Annotations
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.report import Report, ReportRequest, load_report
from mimecast.store.annotations.notes import write_note
from mimecast.store.comparisons import snapshots_on_or_before
from mimecast.store.store import Store
from mimecast.ui.url.report_params import pick_options
from tests.support.clock import NOW, TODAY
from tests.support.reports import ZONE, demo_report, longest_report, make_note, smallest_report, stored_report


def draw(report: Report) -> Chart:
    summary = report.summary
    text = CanvasText(report.title, report.range_text, summary.headline, summary.sentences, report.past_day)
    return report_canvas(
        text, report.stamp, report.comparison, report.timeline, report.annotations, file_name=report.file_name("")
    )


def texts(canvas: Chart) -> list[str]:
    return [annotation.text for annotation in canvas.figure.layout.annotations]


EXPECTED = (
    "10.5% of users are at risk",
    "126 of 1,204 users (grade D or F).",
    "1,204 users graded (+4 since 24 Oct 2026)",
    "a normal change for this account (normal: −1.1 to +0.9 points)",
    "Target 9% by Mar 2027:",
    "target 9.0% by 31 Mar 2027",
    "Shaded: normal range.",
    "350 of 366 days have a snapshot",
    "<b>SAMPLE DATA</b>",
    "Contoso · 23 Nov 2026, 03:00 UTC · 1,204 users graded · SAMPLE DATA",
    "<b>1</b> 1 Mar 2026 Phishing campaign Q1",
    "<b>2</b> 15 Sep 2026 +300 users",
)


def text_of(canvas: Chart) -> str:
    return " ".join("\n".join(texts(canvas)).replace("<br>", " ").split())


def test_a_report_is_of_the_last_snapshot_in_its_range(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100 + ago, 0, 0, 10)) for ago in range(100))
    report = stored_report(store, first=TODAY - timedelta(60), last=TODAY - timedelta(20))
    assert report.stamp.day == TODAY - timedelta(20)
    assert report.stamp.newest.counts.a == 120
    assert report.comparison is not None
    assert report.comparison.then_day == TODAY - timedelta(50)
    assert report.timeline.last == TODAY - timedelta(20)


def test_a_report_begins_with_the_first_snapshot_at_the_earliest(store: Store) -> None:
    store.add([Snapshot("contoso", NOW - timedelta(days=9), ScoreCounts(5)), Snapshot("contoso", NOW, ScoreCounts(5))])
    report = stored_report(store)
    assert report.days.first == TODAY - timedelta(days=9)
    assert (report.timeline.days_covered, report.timeline.days) == (2, 10)


def test_without_a_snapshot_in_the_range_there_is_no_report(store: Store) -> None:
    request = ReportRequest("contoso", "", DayRange(TODAY, TODAY, ZONE), NOW)
    assert load_report(store, request) is None
    store.add([Snapshot("contoso", NOW - timedelta(days=9), ScoreCounts(5))])
    assert load_report(store, request) is None


@pytest.mark.parametrize("compare_with", [90, TODAY - timedelta(90)])
def test_a_report_compares_with_a_day_or_a_number_of_days_earlier(store: Store, compare_with: int | date) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100, 0, 0, ago)) for ago in range(100))
    comparison = stored_report(store, compare_with=compare_with).comparison
    assert comparison is not None
    assert comparison.then_day == TODAY - timedelta(90)


def test_a_report_says_where_there_is_nothing_to_compare_with(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100, 0, 0, ago)) for ago in range(100))
    report = stored_report(store, compare_with=300)
    assert report.comparison is None
    assert "First comparison over 300 days: 13 Jun 2027." in report.summary.details


def test_a_report_compares_with_30_days_earlier_where_the_day_is_not_before_its_last_snapshot(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100, 0, 0, ago)) for ago in range(100))
    comparison = stored_report(store, compare_with=TODAY).comparison
    assert comparison is not None
    assert comparison.days == 30


def test_a_name_that_is_not_to_be_shown_is_nowhere(store: Store) -> None:
    demo_report(store)
    report = stored_report(store, name="")
    assert report.stamp.text.startswith("23 Nov 2026, 03:00 UTC · 1,204 users graded")
    assert "Contoso" not in text_of(draw(report))


def test_the_normal_range_of_a_day_is_around_the_share_30_days_before_it(store: Store) -> None:
    report = demo_report(store)
    band = report.annotations.band
    assert [day.day for day in band] == [report.stamp.day - timedelta(ago) for ago in range(30, -1, -1)]
    (earlier,) = snapshots_on_or_before(store, "contoso", [report.stamp.day - timedelta(30)], ZONE)
    assert earlier is not None
    share = earlier.counts.at_risk_share
    assert share is not None
    assert (band[-1].low, band[-1].high) == pytest.approx((share - 1.1, share + 0.9))


@pytest.mark.parametrize(("chosen", "expected"), [(None, ["a", "b", "c"]), ("ca", ["a", "c"]), ("", [])])
def test_a_report_shows_the_chosen_notes_by_date(store: Store, chosen: str | None, expected: list[str]) -> None:
    store.add(
        [Snapshot("contoso", NOW - timedelta(days=300), ScoreCounts(5)), Snapshot("contoso", NOW, ScoreCounts(5))]
    )
    ids: dict[str, int] = {}
    for day, text in ((date(2026, 5, 1), "b"), (date(2026, 2, 1), "a"), (date(2026, 5, 1), "c")):
        now = NOW + timedelta(seconds=len(ids))
        note = write_note(store, "contoso", day, text, author="", now=now, today=TODAY).after
        assert note is not None
        ids[text] = note.id
    notes = None if chosen is None else {ids[text] for text in chosen} | {9}
    assert [note.text for note in stored_report(store, notes=notes).annotations.notes] == expected


@pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])
def test_the_canvas_is_one_light_figure_of_16_to_9(store: Store, case: Callable[[Store], Report]) -> None:
    figure = draw(case(store)).figure
    assert (figure.layout.width, figure.layout.height) == (WIDTH, HEIGHT) == (1600, 900)
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "#ffffff"
    assert figure.layout.font.color == "#0f1822"
    for axis in (figure.layout.yaxis, figure.layout.yaxis2):
        low, high = axis.domain
        assert 0 < low < high < 1
        assert (high - low) * HEIGHT > 180
    for text in figure.layout.annotations:
        if text.xref == "paper":
            assert 0 <= text.x <= 1
            assert 0 <= text.y <= 1 or text.yref != "paper"


def test_the_canvas_says_everything_that_a_report_needs(store: Store) -> None:
    report = demo_report(store)
    canvas = draw(report)
    content = text_of(canvas)
    for expected in EXPECTED:
        assert expected in content
    assert "A 526 (43.7%), B 341 (28.3%), C 211 (17.5%), D 87 (7.2%), F 39 (3.2%)" in canvas.alt
    assert "2 on 15 Sep 2026, +300 users" in canvas.alt
    bars = canvas.figure.data[0]
    assert list(bars.y) == [526, 341, 211, 87, 39]
    assert ">+1.0<" in canvas.figure.layout.xaxis.ticktext[0]


def test_text_of_people_stays_text_on_the_canvas(store: Store) -> None:
    annotations = Annotations((make_note(1, TODAY, "<b>$z$</b>"),))
    content = text_of(draw(replace(demo_report(store), title="<a href='x'>$y$</a>", annotations=annotations)))
    assert "<a" not in content
    assert "&lt;b&gt;&#36;z&#36;" in content


def test_more_notes_than_there_is_room_for_are_counted(store: Store) -> None:
    report = demo_report(store)
    notes = tuple(make_note(order, TODAY - timedelta(60 - order), f"no. {order}") for order in range(1, MAX_NOTES + 4))
    canvas = draw(replace(report, annotations=Annotations(notes)))
    content = text_of(canvas)
    assert "3 earlier notes not shown." in content
    assert "no. 3 " not in content
    assert re.findall(r"<b>(\d+)</b> \d+ \w+ 2026 no. (\d+)", content) == [(str(n), str(n)) for n in range(4, 16)]
    tags = [annotation.text for annotation in canvas.figure.layout.annotations if annotation.name == "note"]
    assert (tags[0], tags[-1]) == ("4", "15"), "the numbers of the files and of the other pages"


def test_the_canvas_says_that_no_users_are_graded(store: Store) -> None:
    store.add([Snapshot("contoso", NOW, ScoreCounts())])
    assert "No users were graded in this range (24 Nov 2026)." in text_of(draw(stored_report(store)))


@pytest.mark.parametrize(
    ("params", "compare_with", "compare"),
    [
        ({}, 30, "30d"),
        ({"compare": "90d"}, 90, "90d"),
        ({"compare": "start"}, date(2026, 1, 1), "start"),
        ({"compare": "2026-10-01"}, date(2026, 10, 1), "own"),
    ],
)
def test_a_url_says_what_to_compare_with(params: dict[str, str], compare_with: object, compare: str) -> None:
    options = pick_options(params, date(2026, 1, 1), TODAY)
    assert (options.compare_with, options.compare, options.complaints) == (compare_with, compare, ())


def test_a_url_says_title_name_and_notes() -> None:
    options = pick_options({"title": " Q3\n report ", "name": "0", "notes": "3,7"}, TODAY, TODAY)
    assert (options.title, options.show_name, options.notes) == ("Q3 report", False, frozenset({3, 7}))
    assert pick_options({"notes": "0"}, TODAY, TODAY).notes == frozenset()
    assert pick_options({}, TODAY, TODAY).notes is None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"compare": "yesterday"}, "compare=yesterday"),
        ({"compare": "2036-01-01"}, "1 Jan 2036 is not before the last day of the range"),
        ({"compare": "start"}, "The range has a single day"),
        ({"compare": "1999-01-01"}, "compare=1999-01-01"),
        ({"title": "x" * 81}, "longer than 80 characters"),
        ({"name": "no"}, "name=no"),
        ({"notes": "1;drop"}, "notes=1;drop"),
        ({"notes": "-1"}, "notes=-1"),
    ],
)
def test_an_invalid_value_is_reported_and_the_default_used(params: dict[str, str], expected: str) -> None:
    options = pick_options(params, TODAY, TODAY)
    (complaint,) = options.complaints
    assert expected in complaint
    assert (options.compare, options.show_name, options.notes) == ("30d", True, None)
    assert len(options.title) <= 80
