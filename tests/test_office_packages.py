"""Slides and workbooks by the rules of the file format: strict programs open them without a repair."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.exports.export_workbook import write_xlsx
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import Report
from mimecast.reports.report_workbook import render_xlsx
from mimecast.reports.snapshots.rows import snapshots_table
from mimecast.store.store import Store
from mimecast.store.timelines import load_days
from tests.support.clock import NOW
from tests.support.exhaustive import every_nth
from tests.support.packages import check_package
from tests.support.reports import demo_report, longest_report, smallest_report, stored_report


def empty_report(store: Store) -> Report:
    """Store a snapshot of no users, and return its report."""
    store.add([Snapshot("contoso", NOW, ScoreCounts())])
    return stored_report(store)


def other_grades_report(store: Store) -> Report:
    """Store a snapshot with a grade that is not documented, and return its report."""
    store.add([Snapshot("contoso", NOW, ScoreCounts(5, 4, 3, 2, 1, 7))])
    return stored_report(store)


CASES = pytest.mark.parametrize(
    "case", every_nth([longest_report, demo_report, smallest_report, empty_report, other_grades_report], 3)
)

SERIES_ORDER = {
    "lineChart": "idx order tx spPr marker dPt dLbls trendline errBars cat val smooth extLst",
    "areaChart": "idx order tx spPr pictureOptions dPt dLbls trendline errBars cat val extLst",
    "barChart": "idx order tx spPr invertIfNegative pictureOptions dPt dLbls trendline errBars cat val shape extLst",
}
"""Elements of a series by the kind of its chart, in the only order that is allowed (ECMA-376, part 1, 21.2.2)."""

PLOT_ORDER = ("layout", "areaChart", "lineChart", "barChart", "catAx", "valAx", "spPr")
"""Elements of a plot area in their order here; the layout comes first, charts before axes (21.2.2.145)."""

AXIS_ORDER = (
    "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr "
    "txPr crossAx crosses crossesAt auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl crossBetween "
    "majorUnit minorUnit dispUnits extLst"
)
"""Elements of an axis of categories or values (21.2.2.25 and 21.2.2.226)."""


@CASES
def test_slides_follow_the_rules_of_packages(store: Store, case: Callable[[Store], Report]) -> None:
    content = render_pptx(case(store))
    parts = check_package(content)
    assert len(Presentation(io.BytesIO(content)).slides) == sum(name.startswith("ppt/slides/slide") for name in parts)


@CASES
def test_workbooks_follow_the_rules_of_packages(store: Store, case: Callable[[Store], Report]) -> None:
    report = case(store)
    content = render_xlsx(report, load_days(store, report.account, report.days))
    check_package(content)
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0] == "Report"


def test_an_exported_workbook_follows_the_rules_of_packages() -> None:
    out = io.BytesIO()
    write_xlsx(snapshots_table([Snapshot("contoso", NOW, ScoreCounts(5, 4, 3, 2, 1))]), out)
    check_package(out.getvalue())


def test_slides_on_a_template_follow_the_rules_of_packages(store: Store, tmp_path: Path) -> None:
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Old"
    deck.save(str(tmp_path / "template.pptx"))
    check_package(render_pptx(demo_report(store), template=tmp_path / "template.pptx"))


def is_ordered(element: Any, allowed: list[str]) -> bool:
    """Return whether the children of an element are among the allowed ones, in their order."""
    names = [etree.QName(child).localname for child in element]
    positions = [allowed.index(name) for name in names]
    return positions == sorted(positions)


@CASES
def test_charts_have_their_elements_in_the_order_of_the_standard(store: Store, case: Callable[[Store], Report]) -> None:
    """PowerPoint repairs a file whose elements are in another order, by leaving the chart out."""
    parts = check_package(render_pptx(case(store)))
    charts = [etree.fromstring(part) for name, part in parts.items() if name.startswith("ppt/charts/chart")]
    for chart in charts:
        (plot,) = chart.iter("{*}plotArea")
        assert is_ordered(plot, list(PLOT_ORDER))
        for kind in plot:
            order = SERIES_ORDER.get(etree.QName(kind).localname)
            for series in kind.findall("{*}ser") if order else []:
                assert is_ordered(series, str(order).split())
        for axis in (*plot.findall("{*}catAx"), *plot.findall("{*}valAx")):
            assert is_ordered(axis, AXIS_ORDER.split())


def test_the_checks_find_what_is_wrong(store: Store) -> None:
    content = render_pptx(smallest_report(store))
    for old, new in (
        (b'Extension="rels"', b'Extension="rolls"'),
        (b'PartName="/ppt/slides/slide1.xml"', b'PartName="/ppt/slides/slide9.xml"'),
        (b'Target="slides/slide1.xml"', b'Target="slides/slide9.xml"'),
        (b'Target="../charts/', b'Target="../chart/'),
        (b'r:id="rId', b'r:id="rIdX'),
        (b'<p:cNvPr id="2"', b'<p:cNvPr id="3"'),
        (b'<c:axId val="', b'<c:axId val="1'),
        (b"</p:sld>", b""),
    ):
        with pytest.raises((AssertionError, etree.XMLSyntaxError)):
            check_package(rewritten(content, old, new))


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return a package with the first occurrence of some bytes in any of its parts replaced."""
    out = io.BytesIO()
    is_done = False
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if not is_done and old in part:
                part, is_done = part.replace(old, new, 1), True
            target.writestr(name, part)
    assert is_done, old
    return out.getvalue()
