"""Slides: titles, native charts with the store's numbers, text alternatives, stamps, and a company's template."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.util import Inches, Pt

from mimecast.charts.text_width import BOLD, wrap
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.pptx.package import (
    DECK_TYPE,
    OLE_SIGNATURE,
    STRICT_RELATIONSHIPS,
    TEMPLATE_TYPES,
    TemplateUnusable,
)
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import Report
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY, later
from tests.support.processes import unprivileged
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


@pytest.fixture(scope="module")
def demo_deck(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the slides of the demo report, for tests that only read them."""
    file = tmp_path_factory.mktemp("demo") / "snapshots.db"
    return opened(demo_report(Store.open(f"sqlite:///{file}", clock=later)))


def titles(deck: Any) -> list[str]:
    return [slide.shapes.title.text for slide in deck.slides]


def charts(deck: Any) -> dict[str, Any]:
    return {shape.name: shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart}


def text_of(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def alternative(shape: Any) -> str:
    return str(shape.element.nvGraphicFramePr.cNvPr.get("descr"))


def test_every_slide_has_a_sentence_for_a_title(demo_deck: Any) -> None:
    assert titles(demo_deck) == [
        "10.5% of users are at risk, down from 14.0% on 24 Nov 2025",
        "The share at risk fell by 3.6 points from 24 Nov 2025 to 23 Nov 2026",
        "The share at risk fell by 0.9 points in 30 days, a normal change",
        "Grades A and B grew from 65.1% to 72.0% of users",
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


SECRET = "Project Nightfall"
"""Text of the template's slides that must be nowhere in a report."""

KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a company's template: 16:9, its own font, a wide title, and two confidential slides, one with notes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    deck.slide_master.name = "Contoso master"
    for layout in (deck.slide_master, *deck.slide_layouts):
        for placeholder in layout.placeholders:
            if placeholder.placeholder_format.type == PP_PLACEHOLDER.TITLE:
                placeholder.left, placeholder.top = Inches(1), Inches(0.5)
                placeholder.width, placeholder.height = Inches(11), Inches(1)
    for number in (1, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[0])
        slide.shapes.title.text = f"{SECRET}, {number}"
    deck.slides[0].notes_slide.notes_text_frame.text = f"Speak about {SECRET}"
    deck.core_properties.title = deck.core_properties.comments = deck.core_properties.author = SECRET
    deck.save(str(tmp_path / "plain.pptx"))
    file = tmp_path / "template.pptx"
    fonts = {'<a:latin typeface="Calibri"/>': '<a:latin typeface="Contoso Sans"/>'}
    return rewrite(tmp_path / "plain.pptx", file, {"ppt/theme/": fonts})


Changes = dict[str, dict[str, str]]
"""Texts to replace in the parts of a package whose name begins so."""


def rewrite(
    source: Path, target: Path, changes: Changes, *, without: str = "", extra: dict[str, str] | None = None
) -> Path:
    """Copy a package with changes; leave out the part named `without`, and add or replace those of `extra`."""
    parts = package_parts(source.read_bytes(), nested=False)
    for name in parts:
        for beginning, texts in changes.items():
            if name.startswith(beginning):
                for old, new in texts.items():
                    parts[name] = parts[name].replace(old.encode(), new.encode())
    parts |= {name: text.encode() for name, text in (extra or {}).items()}
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            if name != without:
                package.writestr(name, content)
    return target


def package_parts(content: bytes, *, nested: bool = True) -> dict[str, bytes]:
    """Return the parts of a package and, if `nested`, those of the workbooks that are embedded in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert len(package.namelist()) == len(set(package.namelist()))
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in list(parts.items()):
        if nested and name.endswith(".xlsx"):
            parts |= {f"{name}/{inner}": content for inner, content in package_parts(part).items()}
    return parts


def test_a_template_keeps_its_master_and_fonts_and_loses_its_slides(store: Store, template: Path) -> None:
    content = render_pptx(demo_report(store), template=template)
    deck = Presentation(io.BytesIO(content))
    assert deck.slide_master.name == "Contoso master"
    assert titles(deck)[0] == "10.5% of users are at risk, down from 14.0% on 24 Nov 2025"
    assert len(deck.slides) == 6
    parts = package_parts(content)
    assert any(b"Contoso Sans" in part for name, part in parts.items() if name.startswith("ppt/theme/"))
    assert [name for name, part in parts.items() if SECRET.encode() in part] == []
    assert sum(name.startswith("ppt/slides/slide") for name in parts) == 6
    for slide in deck.slides:
        assert slide.slide_layout.slide_master.name == "Contoso master"
        for shape in slide.shapes:
            if not shape.is_placeholder:
                assert shape.left >= Inches(0.9)


@pytest.mark.parametrize("on_template", [False, True])
def test_every_title_fits_into_its_place(store: Store, template: Path, on_template: bool) -> None:
    """The template's titles have 44 points, which is too large for a sentence."""
    deck = opened(longest_report(store), template if on_template else None)
    sizes = set()
    for slide in deck.slides:
        title = slide.shapes.title
        size = (title.text_frame.paragraphs[0].runs[0].font.size or Pt(44 if on_template else 26)).pt
        lines = wrap(title.text, (title.width - Inches(0.2)) / Pt(size) / BOLD)
        assert len(lines) * size * 1.2 <= (title.height - Inches(0.1)) / Pt(1)
        sizes.add(size)
    assert min(sizes) >= 20


def test_nothing_that_a_template_says_about_its_slides_is_in_a_report(
    store: Store, template: Path, tmp_path: Path
) -> None:
    """PowerPoint keeps names and texts of slides in all of these places."""
    kinds = ("tags", "commentAuthors", "changesInfo", "customXml", "presProps", "viewProps", "handoutMaster")
    linked = "".join(f'<Relationship Id="r{kind}" Type="{KINDS}/{kind}" Target="{kind}.xml"/>' for kind in kinds)
    show = f'<p:custShow name="{SECRET}" id="0"><p:sldLst><p:sld r:id="rId2"/></p:sldLst></p:custShow>'
    section = f'<p14:section xmlns:p14="p14" name="{SECRET}"><p14:sldId id="256"/></p14:section>'
    lists = f'<p:custShowLst>{show}</p:custShowLst><p:extLst><p:ext uri="{{1}}">{section}</p:ext></p:extLst>'
    to_slide = f'<Relationship Id="rSlide" Type="{KINDS}/slide" Target="../slides/slide1.xml"/>'
    to_tags = f'<Relationship Id="rTags" Type="{KINDS}/tags" Target="../tags.xml"/>'
    jump = f'<a:hlinkClick xmlns:r="{KINDS}" r:id="rSlide" action="ppaction://hlinksldjump"/>'
    play = f'<a:hlinkHover xmlns:r="{KINDS}" r:id="" action="ppaction://customshow?id=0"/>'
    title = '<p:cNvPr id="2" name="Title 1"'
    tagged = f'<p:custDataLst><p:tags xmlns:r="{KINDS}" r:id="rTags"/></p:custDataLst></p:cSld>'
    file = rewrite(
        template,
        tmp_path / "talkative.pptx",
        {
            "ppt/presentation.xml": {"</p:presentation>": f"{lists}</p:presentation>"},
            "ppt/_rels/presentation.xml.rels": {"</Relationships>": f"{linked}</Relationships>"},
            "ppt/slideLayouts/slideLayout6.xml": {
                f"{title}/>": f"{title}>{jump}{play}</p:cNvPr>",
                "</p:cSld>": tagged,
            },
            "ppt/slideLayouts/_rels/slideLayout6.xml.rels": {"</Rel": f"{to_slide}{to_tags}</Rel"},
        },
        extra={f"ppt/{kind}.xml": f"<x>{SECRET}</x>" for kind in kinds},
    )
    before = package_parts(file.read_bytes())
    assert sum(SECRET.encode() in part for part in before.values()) >= 10
    assert b"ppaction://customshow" in before["ppt/slideLayouts/slideLayout6.xml"]
    parts = package_parts(render_pptx(demo_report(store), template=file))
    for leaked in (SECRET, "ppaction", "custData", "custShow", "p14:section"):
        assert [name for name, part in parts.items() if leaked.encode() in part] == []
    assert sum(name.startswith("ppt/slides/slide") for name in parts) == 6
    assert {name.partition("/")[2] for name in parts if name.startswith("docProps")} == {"core.xml"}


@pytest.mark.parametrize("template_type", sorted(TEMPLATE_TYPES - {DECK_TYPE}))
def test_templates_shows_and_files_with_macros_are_templates_as_well(
    store: Store, template: Path, tmp_path: Path, template_type: str
) -> None:
    file = rewrite(template, tmp_path / "template.potx", {"[Content_Types].xml": {DECK_TYPE: template_type}})
    content = render_pptx(smallest_report(store), template=file)
    assert len(Presentation(io.BytesIO(content)).slides) == 3
    assert DECK_TYPE.encode() in package_parts(content)["[Content_Types].xml"]


def refuse(store: Store, template: Path, *messages: str) -> None:
    """Check that a template is refused in a sentence that names it and says this."""
    with pytest.raises(TemplateUnusable) as caught:
        render_pptx(smallest_report(store), template=template)
    for message in (str(template), *messages):
        assert message in str(caught.value)


def test_a_file_that_is_no_template_is_refused_by_name(store: Store, tmp_path: Path) -> None:
    (tmp_path / "letter.pptx").write_text("Dear all")
    refuse(store, tmp_path / "letter.pptx", "is not a PowerPoint file", "Save it in PowerPoint as .pptx or .potx")
    with zipfile.ZipFile(tmp_path / "other.pptx", "w") as package:
        package.writestr("letter.txt", "Dear all")
    refuse(store, tmp_path / "other.pptx", "is not a PowerPoint file")
    (tmp_path / "locked.pptx").write_bytes(OLE_SIGNATURE + bytes(1000))
    refuse(store, tmp_path / "locked.pptx", "is protected by a password, or has the format of PowerPoint 2003")
    refuse(store, tmp_path / "none.pptx", "cannot be read: No such file", "Check pptx_template")
    refuse(store, tmp_path, "cannot be read: Is a directory")


def test_a_template_that_may_not_be_read_says_who_has_to_allow_it(template: Path, project: Path) -> None:
    """The file of another user, and a folder that may not be opened."""
    script = (
        "import sys; from pathlib import Path; from mimecast.reports.pptx.template import TemplateUnusable, open_deck\n"
        "try:\n    open_deck(Path(sys.argv[1]))\nexcept TemplateUnusable as problem:\n    print(problem)"
    )
    folder = template.parent / "locked"
    folder.mkdir()
    inside = folder / "template.pptx"
    inside.write_bytes(template.read_bytes())
    template.chmod(0o000)
    folder.chmod(0o600)
    for file in (template, inside):
        command = unprivileged([sys.executable, "-c", script, str(file)])
        run = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(project)}, check=False)
        assert run.stderr == ""
        assert f"The template {file} cannot be read: permission denied." in run.stdout
        assert "Let the user that the dashboard runs as read the file" in run.stdout
    folder.chmod(0o700)


def test_a_template_that_expands_without_end_is_refused_before_it_does(store: Store, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pptx", "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(4):
            package.writestr(f"ppt/media/image{number}.png", bytes(100_000_000))
    assert (tmp_path / "bomb.pptx").stat().st_size < 1_000_000
    refuse(store, tmp_path / "bomb.pptx", "is too large: its parts expand to more than 300 MB")


def test_entities_of_a_template_are_not_expanded(store: Store, template: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    entity = f'<!DOCTYPE x [<!ENTITY leak SYSTEM "file://{tmp_path / "secret.txt"}">]><p:sldLayout '
    changes = {"<p:sldLayout ": entity, 'name="Title 1"': 'name="Title 1" descr="&leak;"'}
    file = rewrite(template, tmp_path / "entity.pptx", {"ppt/slideLayouts/slideLayout6.xml": changes})
    try:
        parts = package_parts(render_pptx(smallest_report(store), template=file))
    except TemplateUnusable:
        return
    assert [name for name, part in parts.items() if SECRET.encode() in part] == []


def test_a_template_without_a_size_or_a_place_for_titles_gets_them(
    store: Store, template: Path, tmp_path: Path
) -> None:
    size = {"ppt/presentation.xml": {"<p:sldSz ": "<p:x "}}
    deck = opened(smallest_report(store), rewrite(template, tmp_path / "size.pptx", size))
    assert (deck.slide_width, deck.slide_height) == (Inches(10), Inches(7.5))
    parts = package_parts(template.read_bytes())
    layouts = {
        name: part.decode() for name, part in parts.items() if re.match(r"ppt/slide(Layout|Master)s/slide", name)
    }
    nowhere = {name: re.sub(r"<a:xfrm>.*?</a:xfrm>", "", part, flags=re.DOTALL) for name, part in layouts.items()}
    deck = opened(smallest_report(store), rewrite(template, tmp_path / "nowhere.pptx", {}, extra=nowhere))
    for slide in deck.slides:
        title, *others = slide.shapes
        assert title.width > Inches(10)
        assert 0 < title.top + title.height <= min(shape.top for shape in others)


@pytest.mark.parametrize("part", ["slideLayouts/slideLayout6.xml", "slideMasters/slideMaster1.xml", "theme/theme1.xml"])
def test_a_template_that_lacks_a_part_is_refused_and_says_which(
    store: Store, template: Path, tmp_path: Path, part: str
) -> None:
    broken = rewrite(template, tmp_path / "broken.pptx", {}, without=f"ppt/{part}")
    refuse(store, broken, f"is damaged: it lacks ppt/{part}", "let PowerPoint repair it")


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("ppt/slideLayouts/", "<p:cSld", "<p:x", "is damaged"),
        ("ppt/slideLayouts/", "p:cSld", "p:x", "is damaged"),
        ("ppt/slideLayouts/", "p:spTree", "p:x", "is damaged"),
        ("ppt/slideLayouts/", "p:nvPr", "p:x", "has no layout with a title"),
        ("ppt/slideLayouts/", 'itle"', 'wide"', "is damaged"),
        ("ppt/slideMasters/_rels/", '/slideLayout"', '/other"', "has no layout with a title"),
        ("ppt/presentation.xml", "p:sldMasterId ", "p:x ", "has no layout with a title"),
        ("ppt/presentation.xml", 'cx="', 'cx="wide', "is damaged"),
        ("ppt/presentation.xml", 'cx="', 'cx="-', "is damaged"),
        ("ppt/slideLayouts/", 'idx="', 'idx="-', "is damaged"),
        ("[Content_Types].xml", "slideLayout+xml", "x+xml", "is damaged"),
        ("_rels/.rels", f"{KINDS}/officeDocument", f"{STRICT_RELATIONSHIPS}/officeDocument", "“Strict Open XML”"),
        ("_rels/.rels", '/officeDocument"', '/x"', "is not a PowerPoint file"),
    ],
)
def test_a_template_with_faults_is_refused_in_a_sentence(
    store: Store, template: Path, tmp_path: Path, part: str, old: str, new: str, message: str
) -> None:
    refuse(store, rewrite(template, tmp_path / "broken.pptx", {part: {old: new}}), message)


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
