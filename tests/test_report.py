"""What a report contains, and its picture."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import openpyxl
import pytest
from pptx import Presentation

from mimecast.charts.chart import Chart
from mimecast.charts.report_picture import HEIGHT, MAX_NOTES, WIDTH, PictureText, report_picture
from mimecast.charts.text_width import em_width
from mimecast.domain.annotations import Annotations
from mimecast.domain.reporting_days import DayRange, Resolution
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.html_file import render_html
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import Report, ReportRequest, load_report
from mimecast.reports.report_workbook import render_xlsx
from mimecast.store.annotations.notes import write_note
from mimecast.store.annotations.targets import clear_target, set_target
from mimecast.store.comparisons import snapshots_on_or_before
from mimecast.store.store import Store
from mimecast.store.timelines import load_days
from mimecast.ui.url.report_params import pick_options
from tests.support.clock import NOW, TODAY
from tests.support.exhaustive import CROSSED
from tests.support.reports import ZONE, demo_report, longest_report, make_note, smallest_report, stored_report


def draw(report: Report) -> Chart:
    summary = report.summary
    text = PictureText(report.title, report.range_text, summary.headline, summary.sentences, report.past_day)
    return report_picture(
        text, report.stamp, report.comparison, report.timeline, report.annotations, file_name=report.file_name("")
    )


def texts(picture: Chart) -> list[str]:
    return [annotation.text for annotation in picture.figure.layout.annotations]


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


def text_of(picture: Chart) -> str:
    return " ".join("\n".join(texts(picture)).replace("<br>", " ").split())


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
def test_the_picture_is_one_light_figure_of_16_to_9(store: Store, case: Callable[[Store], Report]) -> None:
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


def test_the_picture_says_everything_that_a_report_needs(store: Store) -> None:
    report = demo_report(store)
    picture = draw(report)
    content = text_of(picture)
    for expected in EXPECTED:
        assert expected in content
    assert "A 526 (43.7%), B 341 (28.3%), C 211 (17.5%), D 87 (7.2%), F 39 (3.2%)" in picture.alt
    assert "2 on 15 Sep 2026, +300 users" in picture.alt
    bars = picture.figure.data[0]
    assert list(bars.y) == [526, 341, 211, 87, 39]
    assert ">+1.0<" in picture.figure.layout.xaxis.ticktext[0]


def test_text_of_people_stays_text_on_the_picture(store: Store) -> None:
    annotations = Annotations((make_note(1, TODAY, "<b>$z$</b>"),))
    content = text_of(draw(replace(demo_report(store), title="<a href='x'>$y$</a>", annotations=annotations)))
    assert "<a" not in content
    assert "&lt;b&gt;&#36;z&#36;" in content


def test_more_notes_than_there_is_room_for_are_counted(store: Store) -> None:
    report = demo_report(store)
    notes = tuple(make_note(order, TODAY - timedelta(60 - order), f"no. {order}") for order in range(1, MAX_NOTES + 4))
    picture = draw(replace(report, annotations=Annotations(notes)))
    content = text_of(picture)
    assert "3 earlier notes not shown." in content
    assert "no. 3 " not in content
    assert re.findall(r"<b>(\d+)</b> \d+ \w+ 2026 no. (\d+)", content) == [(str(n), str(n)) for n in range(4, 16)]
    tags = [annotation.text for annotation in picture.figure.layout.annotations if annotation.name == "note"]
    assert (tags[0], tags[-1]) == ("4", "15"), "the numbers of the files and of the other pages"


def test_the_picture_says_that_no_users_are_graded(store: Store) -> None:
    store.add([Snapshot("contoso", NOW, ScoreCounts())])
    assert "No users were graded in this range (24 Nov 2026)." in text_of(draw(stored_report(store)))


LONG_NAMES = {
    "words": ("Wide World Importers & Subsidiaries of Northern Europe, " * 4)[:180],
    "one word": "W" * 180,
    "ideographs": "株式会社情報セキュリティ" * 15,
    "markup": "<b>$x$</b> &amp; " * 11,
}


@CROSSED
@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=list(LONG_NAMES))
@pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])
def test_no_name_cuts_the_stamp_of_the_picture(store: Store, case: Callable[[Store], Report], name: str) -> None:
    report = case(store)
    report = replace(report, stamp=replace(report.stamp, account_name=name))
    figure = draw(report).figure
    (stamp,) = [annotation for annotation in figure.layout.annotations if annotation.name == "stamp"]
    lines = [html.unescape(line) for line in stamp.text.split("<br>")]
    assert "".join("".join(lines).split()).replace("·", "") == "".join(" ".join(report.stamp.parts).split())
    assert (1 - stamp.y) * HEIGHT + len(lines) * stamp.font.size * 1.3 <= HEIGHT
    for annotation in figure.layout.annotations:
        if annotation.xref == "paper" and annotation.yref == "paper" and annotation.xanchor == "left":
            for line in annotation.text.split("<br>"):
                shown = html.unescape(re.sub("</?b>", "", line))
                assert em_width(shown) * annotation.font.size <= WIDTH - annotation.x * WIDTH, shown
    for axis in (figure.layout.yaxis, figure.layout.yaxis2):
        assert (axis.domain[1] - axis.domain[0]) * HEIGHT > 180


def test_numbers_above_the_bars_of_the_picture_have_room_beside_each_other(store: Store) -> None:
    for users, size in ((500, 19), (900_000_000, 12)):
        store = Store.open("sqlite://")
        store.add([Snapshot("contoso", NOW, ScoreCounts(users, users, users, users, users, users))])
        bars = draw(stored_report(store)).figure.data[0]
        assert bars.constraintext == "none"
        assert bars.textfont.size == pytest.approx(size, abs=3)
        assert em_width(f"{users:,}") * bars.textfont.size <= (620 - 48) / 6


QUARTER = (date(2026, 1, 1), date(2026, 3, 31))


def quarterly_report(store: Store) -> Report:
    return stored_report(store, first=QUARTER[0], last=QUARTER[1])


def store_history(store: Store, first: date, last: date) -> None:
    """Store one snapshot a day at noon, with a share at risk that goes up and down."""
    days = [first + timedelta(days=index) for index in range((last - first).days + 1)]
    store.add(
        Snapshot(
            "contoso", datetime.combine(day, time(12), UTC), ScoreCounts(800, 100, 0, 60 + day.toordinal() % 7, 40)
        )
        for day in days
    )


def set_at(store: Store, day: date, share: float, by: date = date(2027, 12, 31)) -> None:
    set_target(store, "contoso", share, by, author="", now=datetime.combine(day, time(18), UTC), today=day)


def test_what_came_later_changes_nothing_in_a_report_about_a_past_period(store: Store) -> None:
    """Later snapshots, targets and notes: the numbers, sentences, normal range and target are those of that time."""
    store_history(store, date(2024, 12, 1), QUARTER[1])
    set_at(store, date(2026, 1, 15), 8.0)
    write_note(store, "contoso", date(2026, 2, 3), "Campaign", author="", now=NOW, today=TODAY)
    before = quarterly_report(store)
    assert before.annotations.judged is not None
    assert before.annotations.judged.low is not None
    assert before.annotations.target is not None
    store_history(store, date(2026, 4, 1), TODAY)
    store.add([Snapshot("contoso", NOW, ScoreCounts(1, 0, 0, 999))])
    set_at(store, date(2026, 4, 1), 1.0)
    write_note(store, "contoso", date(2026, 4, 1), "Later", author="", now=NOW, today=TODAY)
    clear_target(store, "contoso", author="", now=NOW)
    after = quarterly_report(store)
    assert (after.summary, after.annotations, after.progress) == (before.summary, before.annotations, before.progress)
    assert (after.since, after.recent, after.stamp) == (before.since, before.recent, before.stamp)
    assert after.timeline.snapshots == before.timeline.snapshots
    assert stored_report(store).progress is None


@pytest.mark.parametrize(
    ("last", "share"),
    [
        (date(2026, 1, 14), None),
        (date(2026, 1, 15), 8.0),
        (date(2026, 3, 31), 8.0),
        (date(2026, 4, 1), 5.0),
        (date(2026, 5, 31), 5.0),
        (date(2026, 6, 1), None),
        (TODAY, None),
    ],
)
def test_a_report_has_the_target_that_was_in_force_on_its_last_day(
    store: Store, last: date, share: float | None
) -> None:
    store_history(store, date(2026, 1, 1), TODAY)
    set_at(store, date(2026, 1, 15), 8.0)
    set_at(store, date(2026, 4, 1), 5.0)
    clear_target(store, "contoso", author="", now=datetime(2026, 6, 1, 9, tzinfo=UTC))
    report = stored_report(store, first=date(2026, 1, 1), last=last)
    assert (report.annotations.target.share if report.annotations.target else None) == share
    assert (report.progress.target.share if report.progress else None) == share


def all_texts(store: Store, report: Report) -> dict[str, str]:
    """Return the text of the picture and of every file of a report."""
    deck = Presentation(io.BytesIO(render_pptx(report)))
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report, load_days(store, report.account, report.days))))
    page = re.sub(r"<(script|style)>.*?</\1>", "", render_html(report).decode(), flags=re.DOTALL)
    picture = draw(report)
    return {
        "picture": html.unescape(f"{text_of(picture)} {picture.alt}"),
        "slides": " ".join(" ".join(slide.element.itertext()) for slide in deck.slides),
        "workbook": " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row),
        "page": html.unescape(page),
    }


def test_every_sentence_about_a_past_period_has_its_date_and_the_past_tense(store: Store) -> None:
    store_history(store, date(2024, 12, 1), TODAY)
    set_at(store, date(2026, 1, 15), 8.0)
    report = quarterly_report(store)
    assert report.summary.headline == "10.2% of users were at risk on 31 Mar 2026, down from 10.4% on 1 Jan 2026"
    assert report.summary.target == "As of 31 Mar 2026, the target of 8% by Dec 2027 was off track."
    for name, text in all_texts(store, report).items():
        assert "were at risk on 31 Mar 2026" in text, name
        assert "As of 31 Mar 2026, the target of 8% by Dec 2027 was off track." in text, name
        for present in (" are at risk", " is at risk", " are graded", "Nov 2026, 12:50 UTC · "):
            assert present not in text, name
    picture = re.sub("</?b>", "", all_texts(store, report)["picture"])
    assert "1,002 users graded on 31 Mar 2026 (+2 since 1 Mar 2026)" in picture
    assert "Users by grade on 31 Mar 2026, and change in the share" in picture
    assert "1,002 users graded on 31 Mar 2026. " in picture
    assert (
        "Target: at most 8.0% by 31 Dec 2027. Off track: 10.2% on 31 Mar 2026 (needed"
        in all_texts(store, report)["slides"]
    )


@pytest.mark.parametrize(
    ("counts", "headline", "sentence"),
    [
        (ScoreCounts(), "No users were graded on 31 Mar 2026", "No users were graded on 31 Mar 2026"),
        (
            ScoreCounts(other=50),
            "No user had a grade from A to F on 31 Mar 2026",
            "All 50 users had grades that Mimecast does not document",
        ),
    ],
)
def test_a_past_day_without_a_share_at_risk_is_in_the_past_tense(
    store: Store, counts: ScoreCounts, headline: str, sentence: str
) -> None:
    store_history(store, date(2026, 1, 1), date(2026, 3, 30))
    set_at(store, date(2026, 1, 15), 8.0)
    store.add([Snapshot("contoso", datetime(2026, 3, 31, 12, tzinfo=UTC), counts)])
    store_history(store, date(2026, 4, 1), TODAY)
    report = quarterly_report(store)
    assert report.summary.headline == headline
    for name, text in all_texts(store, report).items():
        assert sentence in text, name
        assert "No users are graded" not in text, name
        assert "No user has" not in text, name
    assert "On 31 Mar 2026, the target was 8% by Dec 2027 (progress unknown)." in report.summary.details
    assert "No share at risk was known on 31 Mar 2026, so progress cannot" in all_texts(store, report)["slides"]


def test_a_note_is_at_its_day_on_slides_of_every_resolution(store: Store) -> None:
    """A note on a day without a snapshot, or after the last one of its week, does not move to the next period."""
    days = [date(2026, 1, 5) + timedelta(days=index) for index in range(300) if index % 7 < 4]
    store.add(Snapshot("contoso", datetime.combine(day, time(12), UTC), ScoreCounts(90, d=10)) for day in days)
    write_note(store, "contoso", date(2026, 2, 14), "Saturday", author="", now=NOW, today=TODAY)
    for finest, label in (
        (Resolution.DAY, "2026-02-14"),
        (Resolution.WEEK, "2026-02-09"),
        (Resolution.MONTH, "2026-02-01"),
    ):
        report = stored_report(store, finest=finest)
        deck = Presentation(io.BytesIO(render_pptx(report)))
        (chart,) = [
            shape.chart for slide in deck.slides for shape in slide.shapes if shape.name == "Share of users at risk"
        ]
        (notes,) = [series for series in chart.plots[0].series if series.name == "Notes"]
        (position,) = [index for index, value in enumerate(notes.values) if value is not None]
        assert str(report.timeline.periods[position]) == label


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Contoso AG", "safe-score-report-contoso-ag-2026-11-24.pptx"),
        ("", "safe-score-report-2026-11-24.pptx"),
        ("🙂", "safe-score-report-contoso-2026-11-24.pptx"),
        ("a/b\\c", "safe-score-report-a-b-c-2026-11-24.pptx"),
    ],
)
def test_files_are_named_after_the_account(store: Store, name: str, expected: str) -> None:
    store.add([Snapshot("contoso", NOW, ScoreCounts(5))])
    assert stored_report(store, name=name).file_name(".pptx") == expected


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
