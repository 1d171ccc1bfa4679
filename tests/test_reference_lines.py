"""Reference lines: managed on History, and drawn and named wherever the share at risk is shown over time."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from mimecast.charts.report_picture import PictureText, report_picture
from mimecast.charts.trend import at_risk_chart
from mimecast.domain.annotations import Annotations
from mimecast.domain.causes.causes import Causes
from mimecast.domain.causes.reference_lines import MAX_REFERENCE_LINES, ReferenceLine, ReferenceLineInvalid
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.html_file import render_html
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report_workbook import render_xlsx
from mimecast.store.causes.reference_lines import (
    ReferenceLineChanged,
    add_reference_line,
    delete_reference_line,
    load_reference_lines,
    replace_reference_line,
)
from mimecast.store.store import Store
from tests.support.app import chart_alts, click, field, run_page, text_of
from tests.support.charts import make_stamp, make_timeline
from tests.support.clock import NOW, TODAY
from tests.support.reports import stored_report
from tests.support.stores.databases import EVERY_DATABASE

AVERAGE = ReferenceLine(1, "contoso", 12.0, "Industry <b>average</b>", "Efficacy, Oct 2026", None, "", NOW)


def add_average(store: Store, account: str = "contoso", *, last_day: date | None = None) -> ReferenceLine:
    return add_reference_line(
        store, account, 12.04, " Industry  average ", "Efficacy, Oct 2026", last_day=last_day, author="ana", now=NOW
    )


@EVERY_DATABASE
def test_lines_are_added_changed_and_deleted_as_the_writer_saw_them(store: Store) -> None:
    line = add_average(store)
    assert line.text == "Industry average 12.0% (Efficacy, Oct 2026)"
    assert load_reference_lines(store, "contoso") == (line,)
    changed = replace_reference_line(store, line, replace(line, share=11.0, written_at=NOW + timedelta(minutes=1)))
    with pytest.raises(ReferenceLineChanged):
        replace_reference_line(store, line, changed)
    with pytest.raises(ReferenceLineChanged):
        delete_reference_line(store, line)
    delete_reference_line(store, changed)
    assert load_reference_lines(store, "contoso") == ()


def test_an_account_has_at_most_three_lines(store: Store) -> None:
    for _ in range(MAX_REFERENCE_LINES):
        add_average(store)
    with pytest.raises(ReferenceLineInvalid, match="3 reference lines already"):
        add_average(store)
    add_average(store, "fabrikam")


@pytest.mark.parametrize(
    ("share", "label", "source"),
    [(None, "Average", "Here"), (100.1, "Average", "Here"), (1.0, " ", "Here"), (1.0, "Average", ""),
     (1.0, "a" * 41, "Here")],
)  # fmt: skip
def test_a_line_needs_a_share_a_label_and_a_source(store: Store, share: float | None, label: str, source: str) -> None:
    with pytest.raises(ReferenceLineInvalid):
        add_reference_line(store, "contoso", share, label, source, author="", now=NOW)


def test_the_chart_has_room_for_the_line_and_shows_its_text_literally(store: Store) -> None:
    timeline = make_timeline(store, range(30))
    annotations = Annotations(causes=Causes(reference_lines=(replace(AVERAGE, share=40.0),)))
    chart = at_risk_chart(timeline, make_stamp(), annotations, file_name="x")
    (line,) = [shape for shape in chart.figure.layout.shapes if shape.name == "reference"]
    assert (line.y0, line.y1, line.line.dash) == (40.0, 40.0, "longdash")
    assert chart.figure.layout.yaxis.range[1] > 40
    (label,) = [label for label in chart.figure.layout.annotations if label.name == "reference"]
    assert label.text == "Industry &lt;b&gt;average&lt;/b&gt; 40.0%"
    assert "Reference line: Industry <b>average</b> 40.0% (Efficacy, Oct 2026)." in chart.alt


def test_a_line_ends_on_its_last_day(store: Store) -> None:
    timeline = make_timeline(store, range(30))
    last = TODAY - timedelta(days=10)
    ended = replace(AVERAGE, last_day=last)
    gone = replace(AVERAGE, last_day=TODAY - timedelta(days=100))
    annotations = Annotations(causes=Causes(reference_lines=(ended, gone)))
    chart = at_risk_chart(timeline, make_stamp(), annotations, file_name="x")
    assert [shape.x1 for shape in chart.figure.layout.shapes if shape.name == "reference"] == [str(last)]


def test_every_file_has_the_line(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(500, 300, 100, 60, 40)) for ago in range(60))
    line = add_average(store)
    report = stored_report(store)
    assert line.text in render_html(report).decode()
    deck = Presentation(io.BytesIO(render_pptx(report)))
    series = [
        series.name
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_chart
        for series in shape.chart.plots[0].series
    ]
    assert line.text in series
    book: Any = openpyxl.load_workbook(io.BytesIO(render_xlsx(report, [])))
    assert [cell.value for cell in book["Reference lines"][2]][:3] == ["Industry average", 0.12, "Efficacy, Oct 2026"]
    assert book["Daily values"]["O1"].value == line.text
    (chart,) = book["Report"]._charts
    assert [series.tx.strRef.f for series in chart.series[1:]] == ["'Daily values'!$O$1"]
    text = PictureText(report.title, report.range_text, report.summary.headline)
    picture = report_picture(text, report.stamp, report.comparison, report.timeline, report.annotations, file_name="x")
    assert "Industry average 12.0% (Efficacy, Oct 2026)" in [label.text for label in picture.figure.layout.annotations]


@pytest.mark.usefixtures("isolated_pages")
def test_history_manages_lines_and_every_page_with_the_trend_shows_them(
    project: Path, account_secrets: dict[str, Any]
) -> None:
    store, now = Store.open(account_secrets["connections"]["snapshots"]["url"]), datetime.now(UTC)
    store.add(Snapshot("default", now - timedelta(days=ago), ScoreCounts(500, 300, 100, 60, 40)) for ago in range(40))
    app = run_page(project, "History", account_secrets)
    app.session_state["reference_form"] = True
    app.run()
    field(app, "text_input", "reference_label").set_value("Industry average")
    field(app, "text_input", "reference_source").set_value("Efficacy")
    field(app, "number_input", "reference_share").set_value(12.0)
    click(app, "reference_save")
    (line,) = load_reference_lines(store, "default")
    assert (line.share, line.last_day) == (12.0, None)
    assert "Industry average 12" in text_of(app)
    assert "Reference line: Industry average 12.0% (Efficacy)." in chart_alts(app)[0]
    for page in ("app.py", "pages/compare.py"):
        app.switch_page(page).run()
        assert any("Reference line: Industry average 12.0% (Efficacy)." in alt for alt in chart_alts(app)), page
