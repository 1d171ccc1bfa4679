"""Slides: titles, native charts with the store's numbers, text alternatives and stamps."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import Report
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY, later
from tests.support.reports import (
    LONG_NAME,
    annotated_report,
    demo_report,
    longest_report,
    make_note,
    smallest_report,
    stored_report,
)
from tests.support.slides import charts, opened, text_of, titles

CASES = pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])


@pytest.fixture(scope="module")
def demo_deck(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the slides of the demo report, for tests that only read them."""
    file = tmp_path_factory.mktemp("demo") / "snapshots.db"
    return opened(demo_report(Store.open(f"sqlite:///{file}", clock=later)))


def alternative(shape: Any) -> str:
    return str(shape.element.nvGraphicFramePr.cNvPr.get("descr"))


def test_every_slide_has_a_sentence_for_a_title(demo_deck: Any) -> None:
    assert titles(demo_deck) == [
        "10.5% of users are at risk, down from 14.0% on 24 Nov 2025",
        "The share at risk fell by 3.6 points from 24 Nov 2025 to 23 Nov 2026",
        "The share at risk fell by 0.9 points in 30 days, a normal change",
        "The share of users with grade A or B rose from 65.1% to 72.0%",
        "2 notes say what happened in this period",
        "The numbers are sample data, from 350 of 366 days",
    ]
    assert demo_deck.slide_width / demo_deck.slide_height == pytest.approx(16 / 9, abs=0.001)


@CASES
def test_every_slide_has_title_stamp_and_number_and_every_chart_and_table_an_alternative(
    store: Store, case: Callable[[Store], Report]
) -> None:
    report = case(store)
    deck = opened(report)
    for slide in deck.slides:
        assert slide.shapes.title.is_placeholder
        (stamp,) = [shape for shape in slide.shapes if shape.name == "Stamp"]
        assert stamp.text_frame.text == report.stamp.text
        kinds = [placeholder.placeholder_format.type for placeholder in slide.placeholders]
        assert kinds.count(PP_PLACEHOLDER.SLIDE_NUMBER) == 1
        for shape in slide.shapes:
            assert shape.shape_type != MSO_SHAPE_TYPE.PICTURE
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_chart or shape.has_table:
                assert len(alternative(shape)) > 40


def test_the_numbers_are_the_stores_to_the_user_and_stand_in_the_embedded_workbooks(store: Store) -> None:
    report = demo_report(store)
    made_of = charts(opened(report))
    counts = report.stamp.newest.counts
    bar = {series.name: list(series.values) for series in made_of["Users by grade"].plots[0].series}
    assert bar == {grade: [counts.users(grade)] for grade in "ABCDF"}

    (changes,) = made_of["Change by grade"].plots[0].series
    assert list(changes.values) == [1.0, 0.3, -0.5, -0.7, -0.2]

    mix = {series.name: list(series.values) for series in made_of["Grade mix"].plots[0].series}
    assert list(mix) == ["F", "D", "C", "B", "A"]
    stored = {snapshot.taken_at.date(): snapshot for snapshot in store.all_snapshots("contoso")}
    for place, snapshot in enumerate(report.slide_mix.snapshots):
        assert snapshot is not None
        stored_counts = stored[snapshot.taken_at.date()].counts
        assert [mix[grade][place] for grade in "ABCDF"] == [stored_counts.users(grade) for grade in "ABCDF"]
    assert list(made_of["Grade mix"].plots[0].categories)[:2] == ["Nov 2025", "Dec 2025"]

    for name, chart in made_of.items():
        sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert sheet is not None
        for column, series in enumerate(all_series(chart), start=2):
            cells = [sheet.cell(row, column).value for row in range(2, len(series.values) + 2)]
            for cell, value in zip(cells, series.values, strict=True):
                assert cell == (value if value is None else pytest.approx(value)), name


def all_series(chart: Any) -> list[Any]:
    """Return the series of all plots of a chart in the order of their columns in its workbook."""
    return sorted(
        (series for plot in chart.plots for series in plot.series), key=lambda series: series._element.idx.val
    )


def test_the_line_has_target_normal_range_notes_and_leaves_gaps_open(store: Store) -> None:
    report = demo_report(store)
    chart = charts(opened(report))["Share of users at risk"]
    series = {chart_series.name: list(chart_series.values) for chart_series in all_series(chart)}
    assert list(series) == [
        "At risk, % of users graded",
        "Target: at most 9.0% by 31 Mar 2027",
        "Normal range, lowest",
        "Normal range",
        "Notes",
    ]
    shares = report.timeline.shares("at_risk")
    line = series["At risk, % of users graded"]
    assert [value is None for value in line] == [share is None for share in shares]
    assert line[0] == pytest.approx(shares[0])
    assert line.count(None) == 16
    set_on = report.timeline.periods.index(TODAY - timedelta(days=90))
    target = series["Target: at most 9.0% by 31 Mar 2027"]
    assert target == [None] * set_on + [9.0] * (len(line) - set_on)
    assert sum(value is not None for value in series["Notes"]) == 2
    assert 'dispBlanksAs val="gap"' in chart.part.blob.decode()
    band, area = report.annotations.band, chart.plots[0]
    assert [area_series.name for area_series in area.series] == ["Normal range, lowest", "Normal range"]
    lowest, widths = (list(area_series.values) for area_series in area.series)
    wide = [(low, low + width) for low, width in zip(lowest, widths, strict=True) if width]
    assert wide == [pytest.approx((day.low, day.high)) for day in band]
    assert sum(width == 0.0 for width in widths) == 2, "upright edges on both sides"


def test_days_are_texts_since_not_every_program_has_an_axis_of_dates(demo_deck: Any) -> None:
    for chart in charts(demo_deck).values():
        xml = chart.part.blob.decode()
        assert "dateAx" not in xml
        assert "c:numRef" not in re.sub(r"<c:val>.*?</c:val>", "", xml, flags=re.DOTALL)
    line = charts(demo_deck)["At risk, at a glance"]
    assert next(iter(line.plots[0].categories)) == "24 Nov 2025"


def test_the_first_slide_answers_in_words_and_a_line_with_both_ends_labelled(demo_deck: Any) -> None:
    slide = demo_deck.slides[0]
    for sentence in (
        "10.5%\nof users at risk\n126 of 1,204 users (grade D or F).",
        "Down 0.9 points in 30 days, a normal change for this account (normal: −1.1 to +0.9 points).",
        "Target 9% by Mar 2027",
        "A 526 (43.7%)",
        "F 39 (3.2%)",
    ):
        assert sentence in text_of(slide)
    (chart,) = [shape.chart for shape in slide.shapes if shape.name == "At risk, at a glance"]
    written = re.findall(r"<a:t>(.*?)</a:t>", chart.part.blob.decode())
    assert written == ["14.0%", "10.5%", "Target 9% by Mar 2027", "Phishing campaign Q1", "+300 users"]


def test_notes_on_the_first_slide_do_not_overlap(store: Store) -> None:
    report = demo_report(store)
    notes = [make_note(order, TODAY - timedelta(days=200 - 3 * order), f"Note no. {order}") for order in range(1, 30)]
    chart = charts(opened(annotated_report(store, report, notes)))["At risk, at a glance"]
    written = [text for text in re.findall(r"<a:t>(.*?)</a:t>", chart.part.blob.decode()) if text.startswith("Note")]
    assert 1 < len(written) <= 3
    assert written[-1] == "Note no. 29", "the latest come first"


def test_grades_have_their_colours(demo_deck: Any) -> None:
    (bars,) = charts(demo_deck)["Change by grade"].plots[0].series
    colours = [str(bars.points[index].format.fill.fore_color.rgb) for index in range(5)]
    assert colours == ["2166AC", "92C5DE", "F2E2A0", "EF8A4B", "B2182B"]
    for name, expected in (("Users by grade", colours), ("Grade mix", colours[::-1])):
        series = charts(demo_deck)[name].plots[0].series
        assert [str(grade_series.format.fill.fore_color.rgb) for grade_series in series] == expected


def test_red_and_green_are_for_changes_that_are_not_normal(store: Store) -> None:
    """The share at risk in the first slide, and the change in the table."""
    report = demo_report(store)
    for verdict, change, colours in (
        (Verdict.WITHIN, -0.9, {"1F3A5F", "0F1822"}),
        (Verdict.OUTSIDE, 2.0, {"B2182B"}),
        (Verdict.OUTSIDE, -2.0, {"1F3A5F", "1B7A3D"}),
    ):
        judged = JudgedChange(verdict, 30, change, -1.1, 0.9, 24)
        judged_report = replace(report, annotations=replace(report.annotations, judged=judged))
        deck = opened(judged_report)
        (share,) = [
            run
            for shape in deck.slides[0].shapes
            if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
            for run in paragraph.runs
            if run.text == "10.5%"
        ]
        (table,) = [shape.table for shape in deck.slides[2].shapes if shape.has_table]
        cell = table.cell(6, 3)
        assert cell.text == "−10 (−0.9 points)"
        assert {str(share.font.color.rgb), str(cell.text_frame.paragraphs[0].runs[0].font.color.rgb)} == colours


def test_the_table_compares_both_days(demo_deck: Any) -> None:
    slide = demo_deck.slides[2]
    (table,) = [shape.table for shape in slide.shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["Grade", "24 Oct 2026", "23 Nov 2026", "Change"]
    assert rows[1] == ["■  A", "512 (42.7%)", "526 (43.7%)", "+14 (+1.0 points)"]
    assert rows[-3] == ["At risk (D + F)", "136 (11.3%)", "126 (10.5%)", "−10 (−0.9 points)"]
    assert rows[-1] == ["Users graded", "1,200", "1,204", "+4"]


@CASES
def test_sources_and_definitions_close_the_deck(store: Store, case: Callable[[Store], Report]) -> None:
    text = text_of(list(opened(case(store)).slides)[-1])
    assert "At risk: Users with grade D or F." in text
    assert "Users graded: All users with a grade." in text
    assert ("SAMPLE DATA" in text) == (case is demo_report)


def test_the_longest_report_keeps_every_note_and_the_whole_name(store: Store) -> None:
    report = longest_report(store)
    deck = opened(report)
    texts = [
        row.cells[2].text
        for slide in deck.slides
        if slide.shapes.title.text.startswith("12 notes")
        for shape in slide.shapes
        if shape.has_table
        for row in list(shape.table.rows)[1:]
    ]
    assert texts == [" ".join(note.text.split("\n")) for note in report.annotations.notes]
    assert LONG_NAME in text_of(deck.slides[0])
    assert deck.core_properties.title == report.title


def test_the_smallest_report_has_no_slide_of_what_it_lacks(store: Store) -> None:
    """A single day is no trend and no mix over time, and there are no notes."""
    deck = opened(smallest_report(store))
    assert titles(deck) == [
        "33.3% of users are at risk",
        "1 of 3 users is at risk (grade D or F)",
        "The numbers are Mimecast's, from 1 of 1 day",
    ]
    assert sorted(charts(deck)) == ["At risk, at a glance", "Users by grade", "Users in each grade"]


def test_what_people_typed_stays_text(store: Store) -> None:
    typed = "<b>x</b> $y$ [z](http://x.example) www.evil.example =1+1"
    report = demo_report(store)
    report = annotated_report(store, replace(report, title=typed), [make_note(1, report.days.last, typed)])
    deck = opened(report)
    texts = ["".join(slide.element.itertext()) for slide in deck.slides]
    assert sum(typed in text for text in texts) >= 2
    for slide in deck.slides:
        assert not slide.element.xpath(".//a:hlinkClick | .//a:hlinkHover | .//a:fld[@type != 'slidenum']")
        assert not [link for link in slide.part.rels.values() if link.is_external]


def test_no_one_graded_is_said_instead_of_drawn(store: Store) -> None:
    store.add([Snapshot("contoso", NOW, ScoreCounts())])
    deck = opened(stored_report(store))
    assert titles(deck)[0] == "No users are graded"
    assert "No users were graded in this range (24 Nov 2026)." in text_of(deck.slides[0])
    assert len(deck.slides) == 3


def test_real_data_is_not_marked_as_sample(store: Store) -> None:
    deck = opened(demo_report(store, source=Source.MIMECAST))
    assert "SAMPLE" not in "".join(text_of(slide) for slide in deck.slides)


def test_properties_and_names_of_any_length_and_kind_are_written(store: Store) -> None:
    """Control characters and long names come from settings, environment variables and older stores."""
    name = "Łódź \x00\x1b\udcff\ufffe" + "Wide World Importers & Sons " * 8
    report = demo_report(store)
    report = replace(report, title=f"{report.title}\x07", stamp=replace(report.stamp, account_name=name))
    content = render_pptx(annotated_report(store, report, [make_note(1, report.days.last, "Bell\x07 and\x0b tab")]))
    deck = Presentation(io.BytesIO(content))
    for slide in deck.slides:
        (stamp,) = [shape for shape in slide.shapes if shape.name == "Stamp"]
        assert stamp.text_frame.text.endswith("23 Nov 2026, 03:00 UTC · 1,204 users graded · SAMPLE DATA")
    assert "Łódź" in text_of(deck.slides[0])
    assert text_of(deck.slides[0]).count("Wide World Importers & Sons") >= 8
    assert deck.core_properties.title == "SAFE Score report "
    assert len(deck.core_properties.subject) == 255
    assert (deck.core_properties.author, deck.core_properties.last_modified_by) == ("", "")
