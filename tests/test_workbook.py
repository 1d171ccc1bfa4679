"""Workbooks: dates and numbers under a frozen header, and text that no spreadsheet runs."""

from __future__ import annotations

import codecs
import errno
import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pandas as pd
import pytest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.exports.export_workbook import write_xlsx
from mimecast.reports.exports.text_files import csv_file, json_file
from mimecast.reports.report import Report
from mimecast.reports.report_workbook import footer, render_xlsx
from mimecast.reports.snapshots.rows import snapshots_table, template_csv
from mimecast.store.store import Store
from mimecast.store.timelines import load_days
from mimecast.ui.download_frames.grades import CSV_DEFINITIONS, grades_frame, history_frame, to_csv
from tests.support.clock import NOW
from tests.support.reports import FORMULAS, annotated_report, demo_report, longest_report, make_note, smallest_report


def opened(store: Store, report: Report) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(report, load_days(store, report.account, report.days))))


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_the_sheets_stand_under_frozen_headers(store: Store) -> None:
    book = opened(store, demo_report(store))
    assert {sheet.title: sheet.freeze_panes for sheet in book} == {
        "Report": None,
        "Daily values": "B2",
        "Notes": "A2",
        "Definitions": "A2",
    }


def test_what_is_shown_is_in_numbers_with_the_sentence_and_the_stamp(store: Store) -> None:
    report = demo_report(store)
    sheet = opened(store, report)["Report"]
    texts = [row[0] for row in rows(sheet)[:6]]
    assert texts == [
        "SAFE Score report",
        "10.5% of users are at risk, down from 14.0% on 24 Nov 2025.",
        "Contoso · 23 Nov 2026, 03:00 UTC · 1,204 users graded · SAMPLE DATA",
        "126 of 1,204 users (grade D or F).",
        "Down 0.9 points in 30 days, a normal change for this account (normal: −1.1 to +0.9 points).",
        "Target 9% by Mar 2027: no starting share to judge by.",
    ]
    header, *grades = rows(sheet)[7:]
    assert header[:2] == ("Grade", "Users, 23 Nov 2026")
    assert [row[0] for row in grades] == [
        *"ABCDF",
        "At risk (D + F)",
        "Doing well (A + B)",
        "Users graded",
    ]
    assert grades[0] == ("A", 526, pytest.approx(526 / 1204), 512, pytest.approx(512 / 1200), 14, 1.02)
    assert sheet["C9"].number_format == "0.0%"


def test_the_first_sheet_has_a_line_of_the_daily_share_at_risk(store: Store) -> None:
    report = demo_report(store)
    book = opened(store, report)
    (chart,) = book["Report"]._charts
    series, target = chart.series
    assert target.val.numRef.f == "'Daily values'!$O$2:$O$367"
    assert book["Daily values"]["O1"].value == "Target: at most 9.0% by 31 Mar 2027"
    levels = [book["Daily values"].cell(row, 15).value for row in range(2, 368)]
    assert levels == [None] * 275 + [0.09] * 91, "from the day on which it was set"
    assert series.val.numRef.f == "'Daily values'!$K$2:$K$367"
    assert series.cat.numRef.f == "'Daily values'!$A$2:$A$367"
    assert book["Daily values"]["K1"].value == "At risk, share"
    assert book["Daily values"]["K367"].value is None, "today has no snapshot"
    assert book["Daily values"]["K366"].value == pytest.approx(126 / 1204)
    with zipfile.ZipFile(io.BytesIO(render_xlsx(report, load_days(store, "contoso", report.days)))) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    assert "Line chart. The share at risk by day. From 24 Nov 2025 to 23 Nov 2026" in drawing


def test_a_single_day_is_no_trend(store: Store) -> None:
    assert opened(store, smallest_report(store))["Report"]._charts == []


def test_the_daily_values_are_the_stores_to_the_user_and_gaps_stay_empty(store: Store) -> None:
    report = demo_report(store)
    header, *days = rows(opened(store, report)["Daily values"])
    assert header[0] == "Day (UTC)"
    assert len(days) == 366
    stored = {snapshot.taken_at.date(): snapshot for snapshot in store.all_snapshots("contoso")}
    for day, taken_at, *values, _ in days:
        assert isinstance(day, datetime)
        snapshot = stored.get(day.date())
        if snapshot is None:
            assert (taken_at, set(values[:-1]), values[-1]) == (None, {None}, "no snapshot")
        else:
            assert taken_at == snapshot.taken_at.replace(tzinfo=None)
            assert values[:8] == [
                *snapshot.counts.as_mapping().values(),
                snapshot.counts.users_graded,
                snapshot.counts.at_risk,
            ]
            assert values[-1] == "SAMPLE DATA"


def test_definitions_and_sources_are_in_it(store: Store) -> None:
    terms = dict(rows(opened(store, demo_report(store))["Definitions"])[1:])
    assert terms["At risk"] == "Users with grade D or F."
    assert terms["Users graded"].startswith("All users with a grade")
    assert terms["Note"].startswith("SAMPLE DATA")
    assert "350 of 366 days have a snapshot" in terms["Range"]


def test_no_text_becomes_a_formula_or_a_link(store: Store) -> None:
    report = demo_report(store)
    notes = [
        make_note(order, report.days.last, text) for order, text in enumerate((*FORMULAS, "https://x.example"), start=1)
    ]
    report = annotated_report(
        store, replace(report, title="=1+1", stamp=replace(report.stamp, account_name="@name")), notes
    )
    book = opened(store, report)
    assert book["Report"]["A1"].value == "=1+1"
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d"), cell.value
                assert cell.hyperlink is None
    assert [row[1] for row in rows(book["Notes"])[1:]] == [note.text for note in notes]


def test_no_text_of_a_csv_is_run_by_a_spreadsheet_and_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"name": [*FORMULAS, "Contoso", None], "users": [-1, 2, 3, 4, 5, 6]})
    lines = [line.removesuffix(f",{CSV_DEFINITIONS}") for line in to_csv(frame).decode("utf-8-sig").splitlines()]
    assert [line.lstrip('"')[0] for line in lines[1:5]] == ["'"] * 4
    assert lines[1].endswith(",-1")
    assert lines[5:] == ["Contoso,5", ",6"]


@pytest.mark.parametrize("case", [longest_report, smallest_report])
def test_the_longest_and_the_smallest_can_be_read(store: Store, case: Any) -> None:
    report = case(store)
    book = opened(store, report)
    assert len(rows(book["Daily values"])) - 1 == report.timeline.days
    assert ("Notes" in book.sheetnames) == bool(report.annotations.notes)


def test_snapshots_are_written_in_the_columns_of_export() -> None:
    snapshots = [
        Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(5, 4, 3, 2, 1, ago), Source.SAMPLE)
        for ago in (2, 1, 0)
    ]
    out = io.BytesIO()
    assert write_xlsx(snapshots_table(snapshots), out) == 3
    book = openpyxl.load_workbook(out)
    header, *lines = rows(book["Snapshots"])
    assert header == ("account", "taken_at", "a", "b", "c", "d", "f", "other")
    assert lines[-1] == ("sample", NOW.replace(tzinfo=None), 5, 4, 3, 2, 1, 0)
    assert book["Snapshots"].freeze_panes == "A2"
    assert dict(rows(book["Definitions"])[1:])["Note"].startswith("SAMPLE DATA")


def test_a_workbook_without_snapshots_has_a_header() -> None:
    out = io.BytesIO()
    assert write_xlsx(snapshots_table([]), out) == 0
    assert len(rows(openpyxl.load_workbook(out)["Snapshots"])) == 1


def footers(content: bytes) -> list[str]:
    """Return the codes of the footer of each sheet as Excel reads them."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if "worksheets/sheet" in name]
    return [html.unescape(re.findall(r"<oddFooter>(.*?)</oddFooter>", sheet)[0]) for sheet in sheets]


def printed(code: str) -> str:
    """Return what Excel prints at the left of a footer. A size takes all digits after its `&`."""
    left = code.removeprefix("&L").partition("&R")[0]
    return re.sub(r"&(&|\d+|[A-Z])", lambda match: "&" if match[1] == "&" else "", left).strip()


@pytest.mark.parametrize("name", ["3M Deutschland", "28 Nov", "Smith & Sons", "&8 & &P", '"Arial"', "Contoso"])
def test_a_printed_footer_has_the_whole_stamp(store: Store, name: str) -> None:
    report = demo_report(store)
    report = replace(report, stamp=replace(report.stamp, account_name=name))
    codes = footers(render_xlsx(report, load_days(store, report.account, report.days)))
    assert len(codes) == 4
    assert {printed(code) for code in codes} == {report.stamp.text}


@pytest.mark.parametrize("name", ["Wide World & Sons " * 10, "&" * 180, "日本" * 90, "🙂" * 180])
def test_a_footer_shortens_a_long_name_and_keeps_the_rest(store: Store, name: str) -> None:
    """Excel takes 255 characters in UTF-16, and drops a longer footer."""
    code = footer(replace(demo_report(store).stamp, account_name=name))
    assert 200 < len(code.encode("utf-16-le")) // 2 <= 255
    assert printed(code).endswith("… · 23 Nov 2026, 03:00 UTC · 1,204 users graded · SAMPLE DATA")
    assert printed(code).startswith(name[:20].rstrip())


def test_control_characters_reach_no_cell_and_no_property(store: Store) -> None:
    report = demo_report(store)
    report = replace(report, title="Bell\x07 \udcff", stamp=replace(report.stamp, account_name="\x00Contoso\ufffe\x1b"))
    report = annotated_report(store, report, [make_note(1, report.days.last, "Tab\x0b and null\x00")])
    book = opened(store, report)
    assert book["Report"]["A1"].value == "Bell  "
    assert rows(book["Notes"])[1][1] == "Tab  and null "
    assert book.properties.subject.startswith(" Contoso · ") or book.properties.subject.startswith(" Contoso  · ")


def test_a_csv_to_download_begins_with_one_byte_order_mark(store: Store) -> None:
    report = demo_report(store)
    files = [
        to_csv(grades_frame(report.stamp, report.comparison)),
        to_csv(history_frame(report.timeline, "contoso")),
        csv_file(snapshots_table(store.all_snapshots("contoso"))),
        template_csv("contoso", [NOW]),
    ]
    for content in files:
        assert content.startswith(codecs.BOM_UTF8)
        assert content.count(codecs.BOM_UTF8) == 1
    assert not json_file(snapshots_table(store.all_snapshots("contoso"))).startswith(codecs.BOM_UTF8)


def test_a_full_disk_ends_the_writing_of_a_workbook_with_its_reason() -> None:
    class FullDisk(io.BytesIO):
        def write(self, content: Any, /) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        write_xlsx(snapshots_table([Snapshot("contoso", NOW, ScoreCounts(1))]), FullDisk())


def test_a_year_that_excel_has_no_dates_for_is_text() -> None:
    out = io.BytesIO()
    write_xlsx(snapshots_table([Snapshot("contoso", NOW.replace(year=206), ScoreCounts(1))]), out)
    assert openpyxl.load_workbook(out)["Snapshots"]["B2"].value == "0206-11-24T12:50:11Z"
