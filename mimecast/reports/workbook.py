"""Excel workbooks: real dates and numbers, and text that stays text whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mimecast.charts.palette import HEADER_FILL
from mimecast.domain.scores import OTHER
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import GRADE_COLUMNS as GRADES
from mimecast.formatting import format_date, zone_name
from mimecast.reports.grade_table import grade_rows
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report, source_text
from mimecast.reports.snapshot_csv import COLUMNS, COUNT_COLUMNS
from mimecast.text.glossary import DEFINITIONS, SAMPLE_WARNING

TEXT_ONLY: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

MAX_SHEET_ROWS: Final = 1_000_000
"""Below Excel's own limit of 1,048,576; what does not fit goes on to another sheet."""

SHARE_FORMAT: Final = "0.0%"
POINTS_FORMAT: Final = "+0.00;-0.00;0.00"
USERS_FORMAT: Final = "#,##0"
CHANGE_FORMAT: Final = "+#,##0;-#,##0;0"
DAY_FORMAT: Final = "d mmm yyyy"


def render_xlsx(report: Report, days: Iterable[tuple[date, Snapshot | None]]) -> bytes:
    """The report as a workbook: what is shown, every reporting day, notes, sources and definitions."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {**TEXT_ONLY, "in_memory": True}) as book:
        book.set_properties({"title": report.title, "subject": report.stamp.text})
        _shown(book, report)
        _daily(book, report, days)
        if report.annotations.notes:
            notes = [(note.day, note.text) for note in report.annotations.notes]
            _sheet(book, "Notes", (("Day", 14), ("Note", 110)), notes, [_form(book, DAY_FORMAT), _form(book)], report)
        about = [*sources(report), *definitions(report)]
        _sheet(book, "Definitions", (("Term", 18), ("Meaning", 110)), about, [_bold(book), _wrapped(book)], report)
    return made.getvalue()


def write_snapshots_xlsx(snapshots: Iterable[Snapshot], out: BinaryIO) -> int:
    """Snapshots in the columns of `export`, and what they mean; returns how many there are.

    `taken_at` is a date with a time in UTC, which a workbook cannot say itself: its format ends with a Z.
    """
    written, is_sample = 0, False
    with xlsxwriter.Workbook(out, {**TEXT_ONLY, "constant_memory": True}) as book:
        moment, users = _form(book, 'yyyy-mm-dd"T"hh:mm:ss"Z"'), _form(book, "0")
        sheet: Worksheet | None = None
        for snapshot in snapshots:
            place = written % MAX_SHEET_ROWS
            if place == 0 or sheet is None:
                sheet = _snapshot_sheet(book, written // MAX_SHEET_ROWS)
            sheet.write_string(place + 1, 0, snapshot.account)
            sheet.write_datetime(place + 1, 1, snapshot.taken_at.replace(tzinfo=None), moment)
            counts = snapshot.counts.as_mapping()
            for column, name in enumerate(COUNT_COLUMNS, start=2):
                sheet.write_number(place + 1, column, counts[name], users)
            written += 1
            is_sample = is_sample or snapshot.source.is_made_up
        if sheet is None:
            _snapshot_sheet(book, 0)
        about = [*([("Note", SAMPLE_WARNING)] if is_sample else []), ("taken_at", "UTC."), *DEFINITIONS]
        _sheet(book, "Definitions", (("Term", 18), ("Meaning", 110)), about, [_bold(book), _wrapped(book)])
    return written


def _snapshot_sheet(book: Workbook, before: int) -> Worksheet:
    sheet = book.add_worksheet("Snapshots" if not before else f"Snapshots {before + 1}")
    widths = {"account": 24, "taken_at": 24}
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, widths.get(name, 10))
        sheet.write_string(0, column, name, _header(book))
    sheet.freeze_panes(1, 0)
    return sheet


def _shown(book: Workbook, report: Report) -> None:
    """The grades and groups as the page and the slides have them, under the sentence and the stamp."""
    sheet = book.add_worksheet("Report")
    summary = report.summary
    lines = (report.title, f"{summary.headline}. {summary.details}", report.stamp.text)
    for index, text in enumerate(lines):
        sheet.write_string(index, 0, text, _title(book) if index == 0 else None)
    now = format_date(report.stamp.day)
    columns = [("Grade", None), (f"Users, {now}", USERS_FORMAT), (f"Share, {now}", SHARE_FORMAT)]
    if report.comparison:
        then = format_date(report.comparison.then_day)
        columns += [(f"Users, {then}", USERS_FORMAT), (f"Share, {then}", SHARE_FORMAT)]
        columns += [("Change, users", CHANGE_FORMAT), ("Change, points", POINTS_FORMAT)]
    header = 4
    for column, (name, _) in enumerate(columns):
        sheet.write_string(header, column, name, _header(book))
    forms = [_form(book, form) if form else None for _, form in columns]
    rows = grade_rows(report.stamp.newest.counts, report.comparison)
    for index, row in enumerate(rows, start=header + 1):
        values: list[Any] = [row.label, row.users, _fraction(row.share)]
        if report.comparison:
            values += [row.users_then, _fraction(row.share_then), row.change_users, _hundredths(row.change_points)]
        _write(sheet, index, values, forms)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, len(columns) - 1, 18)
    sheet.freeze_panes(header + 1, 1)
    _for_paper(sheet, report)


def _daily(book: Workbook, report: Report, days: Iterable[tuple[date, Snapshot | None]]) -> None:
    zone = report.days.zone
    columns = (
        (f"Day ({zone_name(zone)})", 18),
        (f"Taken at ({zone_name(zone)})", 24),
        *((grade if grade != OTHER else "Other", 10) for grade in GRADES),
        ("Users graded", 14),
        ("At risk", 10),
        ("At risk, share", 14),
        ("Doing well", 12),
        ("Doing well, share", 17),
        ("Source", 20),
    )
    moment, users, share = _form(book, "d mmm yyyy hh:mm"), _form(book, USERS_FORMAT), _form(book, SHARE_FORMAT)
    forms = [_form(book, DAY_FORMAT), moment, *[users] * len(GRADES), users, users, share, users, share, None]

    def rows() -> Iterator[list[Any]]:
        for when, snapshot in days:
            if snapshot is None:
                yield [when, *[None] * (len(columns) - 2), "no snapshot"]
                continue
            counts = snapshot.counts
            yield [
                when,
                snapshot.taken_at.astimezone(zone).replace(tzinfo=None),
                *(counts.users(grade) for grade in GRADES),
                counts.users_graded,
                counts.at_risk,
                _fraction(counts.at_risk_share),
                counts.doing_well,
                _fraction(counts.share_of("doing_well")),
                source_text(snapshot),
            ]

    _sheet(book, "Daily values", columns, rows(), forms, report)


def _sheet(
    book: Workbook,
    name: str,
    columns: Sequence[tuple[str, float]],
    rows: Iterable[Sequence[Any]],
    forms: Sequence[Format | None],
    report: Report | None = None,
) -> None:
    """A sheet of rows under a frozen header."""
    sheet = book.add_worksheet(name)
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, _header(book))
    for row, values in enumerate(rows, start=1):
        _write(sheet, row, values, forms)
    sheet.freeze_panes(1, 1 if len(columns) > 2 else 0)
    sheet.repeat_rows(0)
    if report:
        _for_paper(sheet, report)


def _write(sheet: Worksheet, row: int, values: Sequence[Any], forms: Sequence[Format | None]) -> None:
    for column, (value, form) in enumerate(zip(values, forms, strict=True)):
        if isinstance(value, str):
            sheet.write_string(row, column, value, form)
        elif isinstance(value, date | datetime):
            sheet.write_datetime(row, column, value, form)
        elif value is not None:
            sheet.write_number(row, column, value, form)


def _for_paper(sheet: Worksheet, report: Report) -> None:
    """Printed, a sheet is one page wide and says whose numbers it holds."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8{report.stamp.text[:200].replace('&', '&&')}&R&8&P / &N")


def _form(book: Workbook, number_format: str = "General") -> Format:
    return book.add_format({"num_format": number_format, **({"align": "left"} if number_format == DAY_FORMAT else {})})


def _fraction(percent: float | None) -> float | None:
    """What Excel calls a percentage."""
    return None if percent is None else percent / 100


def _hundredths(points: float | None) -> float | None:
    return None if points is None else round(points, 2) + 0.0  # no "-0.00"


def _header(book: Workbook) -> Format:
    return book.add_format({"bold": True, "bg_color": HEADER_FILL, "bottom": 1, "text_wrap": True, "valign": "top"})


def _title(book: Workbook) -> Format:
    return book.add_format({"bold": True, "font_size": 14})


def _bold(book: Workbook) -> Format:
    return book.add_format({"bold": True, "valign": "top"})


def _wrapped(book: Workbook) -> Format:
    return book.add_format({"text_wrap": True, "valign": "top"})
