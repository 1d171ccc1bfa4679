"""What a report holds, and the one picture made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mimecast.charts.annotations import Annotations
from mimecast.charts.chart import Chart
from mimecast.charts.report_canvas import HEIGHT, MAX_NOTES, WIDTH, CanvasText, empty_canvas, report_canvas
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.report import Report, chosen_notes, load_report
from mimecast.store.store import Store
from mimecast.ui.url.report_params import pick_options
from tests.support.clock import NOW, TODAY
from tests.support.reports import ZONE, demo_report, longest_report, make_note, smallest_report, stored_report


def drawn(report: Report) -> Chart:
    words = CanvasText(report.title, report.range_text, report.headline, (report.usual_text, report.target_text))
    band = report.band.days if report.band else None
    return report_canvas(words, report.stamp, report.comparison, report.timeline, report.marks, band)


def texts(drawing: Chart) -> list[str]:
    return [annotation.text for annotation in drawing.figure.layout.annotations]


def test_a_report_is_of_the_last_snapshot_in_its_range(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100 + ago, 0, 0, 10)) for ago in range(100))
    report = load_report(
        store, "contoso", "Contoso", first=TODAY - timedelta(60), last=TODAY - timedelta(20), zone=ZONE, now=NOW
    )
    assert report is not None
    assert report.stamp.day == TODAY - timedelta(20)
    assert report.stamp.newest.counts.a == 120
    assert report.compared_day == TODAY - timedelta(50)
    assert report.timeline.last == TODAY - timedelta(20)


def test_a_report_begins_with_the_first_snapshot_at_the_earliest(store: Store) -> None:
    store.add([Snapshot("contoso", NOW - timedelta(days=9), ScoreCounts(5)), Snapshot("contoso", NOW, ScoreCounts(5))])
    report = stored_report(store)
    assert report.first == TODAY - timedelta(days=9)
    assert (report.timeline.days_covered, report.timeline.days) == (2, 10)


def test_without_a_snapshot_in_the_range_there_is_no_report(store: Store) -> None:
    assert load_report(store, "contoso", "", first=TODAY, last=TODAY, zone=ZONE, now=NOW) is None
    store.add([Snapshot("contoso", NOW - timedelta(days=9), ScoreCounts(5))])
    assert load_report(store, "contoso", "", first=TODAY, last=TODAY, zone=ZONE, now=NOW) is None


def test_a_report_compares_with_a_day_or_with_so_many_days_earlier(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100, 0, 0, ago)) for ago in range(100))
    assert stored_report(store, against=7).compared_day == TODAY - timedelta(7)
    assert stored_report(store, against=TODAY - timedelta(90)).compared_day == TODAY - timedelta(90)
    assert "There is no snapshot from about 300 days earlier" in str(stored_report(store, against=300).headline)
    same = stored_report(store, against=TODAY)
    assert same.comparison is None
    assert str(same.headline) == "0 of 100 users (0.0 %) are at risk (grade D or F)."


def test_a_name_that_is_not_to_be_shown_is_nowhere(store: Store) -> None:
    demo_report(store)
    report = stored_report(store, name="")
    assert report.stamp.text.startswith("23 Nov 2026, 03:00 UTC · 1,204 users graded")
    assert not [text for text in texts(drawn(report)) if "Contoso" in text]


def test_the_usual_range_lies_about_the_value_one_span_earlier_and_over_the_last_span_only(store: Store) -> None:
    report = demo_report(store)
    assert report.band is not None
    days = sorted(report.band.days)
    assert (days[0], days[-1], len(days)) == (report.stamp.day - timedelta(30), report.stamp.day, 31)
    (earlier,) = store.last_in_each("contoso", [_bounds(report.stamp.day - timedelta(30))])
    assert earlier is not None
    share = earlier.counts.share(earlier.counts.at_risk)
    assert share is not None
    assert report.band.days[report.stamp.day] == pytest.approx((share - 1.1, share + 0.9))


def _bounds(day: date) -> Any:
    from mimecast.domain.reporting_days import midnight

    return midnight(day, ZONE), midnight(day + timedelta(1), ZONE)


def test_notes_are_chosen_by_their_ids_and_stand_in_the_order_of_their_days() -> None:
    stored = [
        make_note(1, date(2026, 5, 1), "b"),
        make_note(2, date(2026, 1, 1), "a"),
        make_note(3, date(2026, 5, 1), "c"),
    ]
    assert [one.text for one in chosen_notes(stored, None)] == ["a", "b", "c"]
    assert [one.text for one in chosen_notes(stored, {3, 9})] == ["c"]
    assert chosen_notes(stored, frozenset()) == ()


@pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])
def test_the_canvas_is_one_light_figure_of_16_to_9(store: Store, case: Callable[[Store], Report]) -> None:
    figure = drawn(case(store)).figure
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
    drawing = drawn(report)
    said = "\n".join(texts(drawing))
    for words in (
        "<b>126 of 1,204 users (10.5 %) are at risk</b>",
        "1,204 users graded (+4 since 24 Oct 2026)",
        "That is within usual variation.",
        "On track.",
        "target: at most 9.0 % by 31 Mar 2027",
        "Shaded: where it would lie, had it changed as usual.",
        "349 of 365 days have a snapshot",
        "<b>SAMPLE DATA</b>",
        "Contoso · 23 Nov 2026, 03:00 UTC · 1,204 users graded · SAMPLE DATA",
        "<b>1</b> 1 Mar 2026 Phishing campaign Q1",
        "<b>2</b> 15 Sep 2026 +300 users",
    ):
        assert " ".join(words.split()) in " ".join(said.replace("<br>", " ").split()), words
    assert "A 526 (43.7 %), B 341 (28.3 %), C 211 (17.5 %), D 87 (7.2 %), F 39 (3.2 %)" in drawing.alt
    assert "15 Sep 2026: +300 users" in drawing.alt
    bars = drawing.figure.data[0]
    assert list(bars.y) == [526, 341, 211, 87, 39]
    assert ">+1.0<" in drawing.figure.layout.xaxis.ticktext[0]


def test_text_of_people_stays_text_on_the_canvas(store: Store) -> None:
    report = replace(
        demo_report(store), title="<a href='x'>$y$</a>", marks=Annotations((make_note(1, TODAY, "<b>$z$</b>"),))
    )
    said = "\n".join(texts(drawn(report)))
    assert "<a" not in said
    assert "&lt;b&gt;&#36;z&#36;" in said


def test_more_notes_than_there_is_room_for_are_counted(store: Store) -> None:
    report = demo_report(store)
    notes = tuple(make_note(order, TODAY - timedelta(60 - order), f"no. {order}") for order in range(1, MAX_NOTES + 4))
    said = "\n".join(texts(drawn(replace(report, marks=Annotations(notes)))))
    assert "3 earlier notes not shown." in said
    assert "no. 3<" not in said
    assert "no. 15" in said


def test_nobody_graded_and_nothing_stored_are_said(store: Store) -> None:
    store.add([Snapshot("contoso", NOW, ScoreCounts())])
    assert "Nobody is graded yet" in texts(drawn(stored_report(store)))
    assert empty_canvas("No snapshot in this range", title="Report").alt == "Report: No snapshot in this range"


@pytest.mark.parametrize(
    ("params", "against", "compare"),
    [
        ({}, 30, "30d"),
        ({"compare": "90d"}, 90, "90d"),
        ({"compare": "start"}, date(2026, 1, 1), "start"),
        ({"compare": "2026-10-01"}, date(2026, 10, 1), "own"),
    ],
)
def test_an_address_says_what_to_compare_with(params: dict[str, str], against: object, compare: str) -> None:
    options = pick_options(params, date(2026, 1, 1), TODAY)
    assert (options.against, options.compare, options.complaints) == (against, compare, ())


def test_an_address_names_title_name_and_notes() -> None:
    options = pick_options({"title": " Q3\n report ", "name": "0", "notes": "3,7"}, TODAY, TODAY)
    assert (options.title, options.show_name, options.notes) == ("Q3 report", False, frozenset({3, 7}))
    assert pick_options({"notes": "0"}, TODAY, TODAY).notes == frozenset()
    assert pick_options({}, TODAY, TODAY).notes is None


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"compare": "yesterday"}, "compare=yesterday"),
        ({"compare": "2036-01-01"}, "compare=2036-01-01"),
        ({"compare": "1999-01-01"}, "compare=1999-01-01"),
        ({"title": "x" * 81}, "longer than 80 letters"),
        ({"name": "no"}, "name=no"),
        ({"notes": "1;drop"}, "notes=1;drop"),
        ({"notes": "-1"}, "notes=-1"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_and_the_default_used(params: dict[str, str], said: str) -> None:
    options = pick_options(params, TODAY, TODAY)
    (complaint,) = options.complaints
    assert said in complaint
    assert (options.compare, options.show_name, options.notes) == ("30d", True, None)
    assert len(options.title) <= 80
