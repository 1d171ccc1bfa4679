"""Slides: titles, native charts with the store's numbers, text alternatives, stamps, and a company's template."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.util import Inches

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.pptx.template import DECK_TYPE, TEMPLATE_TYPE, TemplateUnusable
from mimecast.reports.report import Report
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.reports import (
    LONG_NAME,
    annotated_report,
    demo_report,
    longest_report,
    make_note,
    smallest_report,
    stored_report,
)

CASES = pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])


def opened(report: Report, template: Path | None = None) -> Any:
    return Presentation(io.BytesIO(render_pptx(report, template=template)))


def titles(deck: Any) -> list[str]:
    return [slide.shapes.title.text for slide in deck.slides]


def charts(deck: Any) -> dict[str, Any]:
    return {shape.name: shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart}


def text_of(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def alternative(shape: Any) -> str:
    return str(shape._element.nvGraphicFramePr.cNvPr.get("descr"))


def test_the_slides_and_their_titles(store: Store) -> None:
    deck = opened(demo_report(store))
    assert titles(deck) == [
        "10.5% of users are at risk, down from 14.0% on 24 Nov 2025",
        "Grade mix by week",
        "Share of users at risk (D + F)",
        "Change since 24 Oct 2026",
        "Notes",
        "Sources and definitions",
    ]
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.001)


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
        kinds = [one.placeholder_format.type for one in slide.placeholders]
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
    (bars,) = made_of["Users by grade"].plots[0].series
    assert list(bars.values) == [counts.a, counts.b, counts.c, counts.d, counts.f]
    assert next(iter(made_of["Users by grade"].plots[0].categories)) == "A (43.7%)"

    mix = {series.name: list(series.values) for series in made_of["Grade mix"].plots[0].series}
    assert list(mix) == ["F", "D", "C", "B", "A"]
    stored = {one.taken_at.date(): one for one in store.all_snapshots("contoso")}
    for place, taken_at in enumerate(report.mix.users["taken_at"]):
        shown = tuple(mix[grade][place] for grade in "ABCDF")
        if taken_at != taken_at:
            assert shown == (None,) * 5
        else:
            one = stored[taken_at.date()].counts
            assert shown == (one.a, one.b, one.c, one.d, one.f)
    assert None in mix["F"]

    for name, chart in made_of.items():
        sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert sheet is not None
        for column, series in enumerate(chart.plots[0].series, start=2):
            cells = [sheet.cell(row, column).value for row in range(2, len(series.values) + 2)]
            for cell, value in zip(cells, series.values, strict=True):
                assert cell == (value if value is None else pytest.approx(value)), name


def test_the_line_has_target_usual_range_notes_and_leaves_gaps_open(store: Store) -> None:
    report = demo_report(store)
    chart = charts(opened(report))["Share of users at risk"]
    series = {one.name: list(one.values) for one in chart.plots[0].series}
    assert list(series) == [
        "At risk, % of users graded",
        "Target: at most 9.0%",
        "Normal range, lowest",
        "Normal range, highest",
        "Notes",
    ]
    shares = report.timeline.shares["at_risk"]
    line = series["At risk, % of users graded"]
    assert [value is None for value in line] == list(shares.isna())
    assert line[0] == pytest.approx(shares.iloc[0])
    assert line.count(None) == 16
    assert set(series["Target: at most 9.0%"]) == {9.0}
    assert sum(value is not None for value in series["Normal range, lowest"]) == 31
    assert sum(value is not None for value in series["Notes"]) == 2
    assert 'dispBlanksAs val="gap"' in chart.part.blob.decode()
    assert "numFmt" in chart.part.blob.decode()


def test_grades_have_their_colours(store: Store) -> None:
    deck = opened(demo_report(store))
    (bars,) = charts(deck)["Users by grade"].plots[0].series
    colours = [str(bars.points[index].format.fill.fore_color.rgb) for index in range(5)]
    assert colours == ["2166AC", "92C5DE", "F2E2A0", "EF8A4B", "B2182B"]
    mix = [str(series.format.fill.fore_color.rgb) for series in charts(deck)["Grade mix"].plots[0].series]
    assert mix == colours[::-1]


def test_the_table_compares_both_days(store: Store) -> None:
    (slide,) = [
        slide for slide in opened(demo_report(store)).slides if slide.shapes.title.text.startswith("Change since")
    ]
    (table,) = [shape.table for shape in slide.shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["Grade", "24 Oct 2026", "23 Nov 2026", "Change"]
    assert rows[1] == ["■  A", "512 (42.7%)", "526 (43.7%)", "+14 (+1.0 points)"]
    assert rows[-3] == ["At risk (D + F)", "136 (11.3%)", "126 (10.5%)", "−10 (−0.9 points)"]
    assert rows[-1] == ["Users graded", "1,200", "1,204", "+4"]


@CASES
def test_sources_and_definitions_close_the_deck(store: Store, case: Callable[[Store], Report]) -> None:
    said = text_of(list(opened(case(store)).slides)[-1])
    assert "At risk: Users with grade D or F." in said
    assert "Users graded: All users with a grade." in said
    assert ("SAMPLE DATA" in said) == (case is demo_report)


def test_the_longest_report_keeps_every_note_and_the_whole_name(store: Store) -> None:
    report = longest_report(store)
    deck = opened(report)
    texts = [
        row.cells[2].text
        for slide in deck.slides
        if slide.shapes.title.text.startswith("Notes")
        for shape in slide.shapes
        if shape.has_table
        for row in list(shape.table.rows)[1:]
    ]
    assert texts == [" ".join(one.text.split("\n")) for one in report.annotations.notes]
    assert LONG_NAME in text_of(deck.slides[0])
    assert deck.core_properties.title == report.title


def test_the_smallest_report_has_no_note_no_target_and_nothing_to_compare_with(store: Store) -> None:
    deck = opened(smallest_report(store))
    assert titles(deck)[3] == "Users by grade on 24 Nov 2026"
    assert "Notes" not in titles(deck)
    assert [one.name for one in charts(deck)["Share of users at risk"].plots[0].series] == [
        "At risk, % of users graded"
    ]


def test_what_people_typed_stays_text(store: Store) -> None:
    typed = "<b>x</b> $y$ [z](http://x.example) www.evil.example =1+1"
    report = demo_report(store)
    report = annotated_report(store, replace(report, title=typed), [make_note(1, report.days.last, typed)])
    deck = opened(report)
    said = ["".join(slide._element.itertext()) for slide in deck.slides]
    assert sum(typed in one for one in said) >= 2
    for slide in deck.slides:
        assert not slide._element.xpath(".//a:hlinkClick | .//a:hlinkHover | .//a:fld[@type != 'slidenum']")
        assert not [link for link in slide.part.rels.values() if link.is_external]


def test_nobody_graded_is_said_instead_of_drawn(store: Store) -> None:
    store.add([Snapshot("contoso", NOW, ScoreCounts())])
    deck = opened(stored_report(store))
    assert titles(deck)[0] == "No users are graded"
    assert "No users were graded in this range (24 Nov 2026)." in text_of(deck.slides[1])


def test_what_is_not_of_the_sample_does_not_say_so(store: Store) -> None:
    deck = opened(demo_report(store, source=Source.MIMECAST))
    assert "SAMPLE" not in "".join(text_of(slide) for slide in deck.slides)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a company's template: 16:9, its own font, one slide, a wide title."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    deck.slide_master.name = "Contoso master"
    for layout in (deck.slide_master, *deck.slide_layouts):
        for one in layout.placeholders:
            if one.placeholder_format.type == PP_PLACEHOLDER.TITLE:
                one.left, one.top, one.width, one.height = Inches(1), Inches(0.5), Inches(11), Inches(1)
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Click to add our logo"
    deck.save(str(tmp_path / "plain.pptx"))
    file = tmp_path / "template.pptx"
    rewrite(tmp_path / "plain.pptx", file, b'<a:latin typeface="Calibri"/>', b'<a:latin typeface="Contoso Sans"/>')
    return file


def rewrite(source: Path, target: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w") as written:
        for entry in package.infolist():
            written.writestr(entry, package.read(entry).replace(old, new))


def test_a_template_keeps_its_master_and_fonts_and_loses_its_slides(store: Store, template: Path) -> None:
    report = demo_report(store)
    content = render_pptx(report, template=template)
    deck = Presentation(io.BytesIO(content))
    assert deck.slide_master.name == "Contoso master"
    assert titles(deck)[0] == "10.5% of users are at risk, down from 14.0% on 24 Nov 2025"
    assert len(deck.slides) == 6
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        themes = [package.read(name) for name in package.namelist() if name.startswith("ppt/theme/")]
        assert any(b"Contoso Sans" in theme for theme in themes)
        assert not [name for name in package.namelist() if b"Click to add our logo" in package.read(name)]
        assert len(package.namelist()) == len(set(package.namelist()))
    for slide in deck.slides:
        assert slide.slide_layout.slide_master.name == "Contoso master"
        for shape in slide.shapes:
            if not shape.is_placeholder:
                assert shape.left >= Inches(0.9)


def test_a_potx_is_a_template_as_well(store: Store, template: Path, tmp_path: Path) -> None:
    rewrite(template, tmp_path / "template.potx", DECK_TYPE, TEMPLATE_TYPE)
    assert len(opened(smallest_report(store), tmp_path / "template.potx").slides) == 5


def test_a_template_that_is_none_is_refused_by_name(store: Store, tmp_path: Path) -> None:
    report = smallest_report(store)
    (tmp_path / "letter.pptx").write_text("Dear all")
    with zipfile.ZipFile(tmp_path / "other.pptx", "w") as package:
        package.writestr("letter.txt", "Dear all")
    for name in ("letter.pptx", "other.pptx"):
        with pytest.raises(TemplateUnusable, match=f"{name} is not a PowerPoint file"):
            render_pptx(report, template=tmp_path / name)
    with pytest.raises(TemplateUnusable, match="cannot be read"):
        render_pptx(report, template=tmp_path / "none.pptx")
