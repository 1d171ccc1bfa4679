"""The report as an Excel workbook, with real dates and numbers, in which no text becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mimecast.domain.notes import RESTART_LABEL
from mimecast.domain.scores import OTHER
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import GRADE_COLUMNS as GRADES
from mimecast.domain.timeline import MAX_MARKED_POINTS, known_values
from mimecast.formatting import MINUS, format_date, zone_name
from mimecast.palette import AT_RISK_INK, INK, QUIET, RESTART_LINE, RULE
from mimecast.reports.causes.cause_sheets import cause_sheets
from mimecast.reports.causes.restart_parts import Days, RestartPart, restart_height, restart_parts
from mimecast.reports.causes.trend_levels import trend_levels
from mimecast.reports.excel_sheets import (
    DAY_FORMAT,
    TEXT_ONLY,
    add_definitions,
    add_sheet,
    header_format,
    number_format,
    write_row,
)
from mimecast.reports.grade_table import grade_rows
from mimecast.reports.people.report_tables import Kind
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report, source_text
from mimecast.reports.xml_text import xml_text
from mimecast.text.causes import causes_sentences
from mimecast.text.changes import comparison_sentence
from mimecast.text.stamp import Stamp
from mimecast.text.timelines import coverage

FOOTER: Final = "&L&8 {}&R&8 &P / &N"
MAX_FOOTER_CHARS: Final = 255

SUMMARY_SHEET: Final = "Report"
DAYS_SHEET: Final = "Daily values"
RISK_SHARE_COLUMN: Final = 10
"""Column of the share at risk in the sheet of daily values."""

LEVEL_COLUMN: Final = 14
"""First column of the target and the reference lines in that sheet."""

CHART_PIXELS: Final = (980, 340)
"""Width and height of the chart on the first sheet."""

SHARE_FORMAT: Final = "0.0%"
POINTS_FORMAT: Final = f'+0.00;"{MINUS}"0.00;0.00'
USERS_FORMAT: Final = "#,##0"
CHANGE_FORMAT: Final = f'+#,##0;"{MINUS}"#,##0;0'


def render_xlsx(report: Report, days: Iterable[tuple[date, Snapshot | None]]) -> bytes:
    """Return the report as a workbook: what is shown, every reporting day, notes, sources and definitions."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**TEXT_ONLY, "in_memory": True}) as book:
        book.set_properties({"title": xml_text(report.title), "subject": xml_text(report.stamp.text)})
        rows = list(days)
        parts = restart_parts(report, rows)
        _add_summary(book, report, rows, parts)
        _add_days(book, report, rows, parts)
        if report.annotations.notes:
            notes = [(note.day, note.labelled_text) for note in report.annotations.notes]
            formats = [number_format(book, DAY_FORMAT), number_format(book)]
            _add_sheet(book, "Notes", (("Day", 14), ("Note", 110)), notes, formats, report)
        for cause_sheet in cause_sheets(report):
            sheet_formats = [number_format(book, code) for _, _, code in cause_sheet.columns]
            widths = [(title, width) for title, width, _ in cause_sheet.columns]
            _add_sheet(book, cause_sheet.name, widths, cause_sheet.rows, sheet_formats, report)
        _add_people(book, report)
        _set_up_printing(add_definitions(book, [*sources(report), *definitions(report)]), report)
    return content.getvalue()


def _add_people(book: Workbook, report: Report) -> None:
    """Add a sheet for each table of departments and movement; its name is the first word of the table's title."""
    formats = {
        Kind.TEXT: number_format(book),
        Kind.USERS: number_format(book, USERS_FORMAT),
        Kind.SHARE: number_format(book, SHARE_FORMAT),
        Kind.POINTS: number_format(book, POINTS_FORMAT),
    }
    for table in report.people:
        kinds = [kind for _, kind in table.columns]
        rows = [
            [value / 100 if kind is Kind.SHARE and isinstance(value, float) else value for value, kind in cells]
            for cells in (list(zip(row, kinds, strict=True)) for row in table.rows)
        ]
        columns = [(name, 34 if kind is Kind.TEXT else 16) for name, kind in table.columns]
        _add_sheet(book, table.title.partition(" ")[0], columns, rows, [formats[kind] for kind in kinds], report)


def _add_summary(book: Workbook, report: Report, days: Days, parts: Sequence[RestartPart]) -> None:
    """Add the headline, the sentences that follow it, the grades and groups as everywhere else, and the trend."""
    sheet = book.add_worksheet(SUMMARY_SHEET)
    summary = report.summary
    lines = (report.title, f"{summary.headline}.", report.stamp.text, *summary.sentences)
    formats = {0: _title(book), 1: book.add_format({"bold": True, "font_size": 12})}
    for index, text in enumerate(lines):
        sheet.write_string(index, 0, xml_text(text), formats.get(index))
    now = format_date(report.stamp.day)
    columns = [("Grade", None), (f"Users, {now}", USERS_FORMAT), (f"Share, {now}", SHARE_FORMAT)]
    if report.comparison:
        then = format_date(report.comparison.then_day)
        columns += [(f"Users, {then}", USERS_FORMAT), (f"Share, {then}", SHARE_FORMAT)]
        columns += [("Change, users", CHANGE_FORMAT), ("Change, points", POINTS_FORMAT)]
    header = len(lines) + 1
    for column, (name, _) in enumerate(columns):
        sheet.write_string(header, column, name, header_format(book, is_number=column > 0))
    cell_formats = [number_format(book, code) if code else None for _, code in columns]
    rows = grade_rows(report.stamp.newest.counts, report.comparison)
    for index, row in enumerate(rows, start=header + 1):
        values: list[Any] = [row.label, row.users, _fraction(row.share)]
        if report.comparison:
            values += [row.users_then, _fraction(row.share_then), row.change_users, _hundredths(row.change_points)]
        write_row(sheet, index, values, cell_formats)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, len(columns) - 1, 18)
    if len(known_values(report.timeline.shares("at_risk"))) > 1:
        place = {"object_position": 2, "description": _trend_alt(report)}
        sheet.insert_chart(header + len(rows) + 2, 0, _trend_chart(book, report, days, parts), place)
    _set_up_printing(sheet, report)


def _trend_chart(book: Workbook, report: Report, days: Days, parts: Sequence[RestartPart]) -> Chart:
    """Return a line chart of the daily share at risk with its levels; the numbers are in the sheet of daily values."""
    chart = book.add_chart({"type": "line"})
    levels = trend_levels(report)
    last = len(days)
    risk_columns = [RISK_SHARE_COLUMN]
    if parts:
        first_part = LEVEL_COLUMN + len(levels)
        risk_columns = list(range(first_part, first_part + len(parts)))
    drawn: list[RestartPart | None] = [*parts] or [None]
    for column, part in zip(risk_columns, drawn, strict=True):
        is_marked = last <= MAX_MARKED_POINTS or (part is not None and len(part.known_days) == 1)
        ink = {"color": AT_RISK_INK}
        chart.add_series(
            {
                "name": [DAYS_SHEET, 0, column] if part else "At risk, share of users graded",
                "categories": [DAYS_SHEET, 1, 0, last, 0],
                "values": [DAYS_SHEET, 1, column, last, column],
                "line": {**ink, "width": 2.25},
                "marker": {"type": "circle", "size": 5, "fill": ink, "border": ink} if is_marked else {"type": "none"},
            }
        )
    for column, level in enumerate(levels, start=LEVEL_COLUMN):
        chart.add_series(
            {
                "name": [DAYS_SHEET, 0, column],
                "categories": [DAYS_SHEET, 1, 0, last, 0],
                "values": [DAYS_SHEET, 1, column, last, column],
                "line": {"color": level.colour, "width": 1.75, "dash_type": level.dash},
                "marker": {"type": "none"},
            }
        )
    if parts:
        _add_restart_lines(chart, days, parts, LEVEL_COLUMN + len(levels) + len(parts))
    font = {"color": QUIET, "size": 10}
    chart.set_title({"name": "Share of users at risk (D + F)", "name_font": {"size": 12, "color": INK}})
    unnamed = [len(parts) + len(levels)] if parts else []
    legend = {"position": "bottom", "font": font, "delete_series": unnamed}
    chart.set_legend(legend if levels or parts else {"none": True})
    unit, every = ("months", max(1, round(last / 30.4 / 8))) if last > 100 else ("days", max(1, round(last / 8)))
    chart.set_x_axis(
        {
            "date_axis": True,
            "num_format": "mmm yyyy" if unit == "months" else DAY_FORMAT,
            "num_font": font,
            "major_unit": every,
            "major_unit_type": unit,
            "major_tick_mark": "none",
        }
    )
    grid = {"visible": True, "line": {"color": RULE, "width": 0.75}}
    line = {"none": True}
    chart.set_y_axis({"min": 0, "num_format": "0%", "num_font": font, "major_gridlines": grid, "line": line})
    chart.show_blanks_as("gap")
    chart.set_size({"width": CHART_PIXELS[0], "height": CHART_PIXELS[1]})
    return chart


def _add_restart_lines(chart: Chart, days: Days, parts: Sequence[RestartPart], column: int) -> None:
    """Draw a vertical line at the first share after each restart, with the day of the restart beside it.

    Error bars are the only vertical lines that a line chart can have on a single day.
    """
    labels: list[dict[str, Any] | None] = [None] * len(days)
    rows = {day: row for row, (day, _) in enumerate(days)}
    for part in parts:
        if part.restart:
            row = rows[part.known_days[0]]
            is_late = row > len(days) / 2
            text = f"{RESTART_LABEL} {format_date(part.restart)}"
            labels[row] = {"value": text, "position": "left" if is_late else "right", "font": {"color": QUIET}}
    chart.add_series(
        {
            "name": [DAYS_SHEET, 0, column],
            "categories": [DAYS_SHEET, 1, 0, len(days), 0],
            "values": [DAYS_SHEET, 1, column, len(days), column],
            "line": {"none": True},
            "marker": {"type": "none"},
            "data_labels": {"value": True, "custom": labels, "position": "right"},
            "y_error_bars": {
                "type": "percentage",
                "value": 100,
                "direction": "minus",
                "end_style": 0,
                "line": {"color": RESTART_LINE, "width": 1.5},
            },
        }
    )


def _trend_alt(report: Report) -> str:
    sentence = f" {comparison_sentence(report.since)}" if report.since else ""
    days = report.days
    causes = " ".join(causes_sentences(report.annotations.causes, days.first, days.last, days.zone, with_lines=True))
    return (
        f"Line chart. The share at risk by day.{sentence} {coverage(report.timeline)}; days without one are gaps. "
        f"{causes}".rstrip()
    )


def _add_days(book: Workbook, report: Report, days: Days, parts: Sequence[RestartPart]) -> None:
    """Add one row per reporting day, oldest first. The last columns are what the chart draws beside the share."""
    zone, levels = report.days.zone, trend_levels(report)
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
        *((level.name, 24) for level in levels),
        *((part.name, 24) for part in parts),
        *([("Baseline restarts, height in the chart", 24)] if parts else []),
    )
    users, share = number_format(book, USERS_FORMAT), number_format(book, SHARE_FORMAT)
    instant = number_format(book, "d mmm yyyy hh:mm")
    formats = [number_format(book, DAY_FORMAT), instant, *[users] * len(GRADES)]
    formats += [users, users, share, users, share, None, *[share] * (len(columns) - LEVEL_COLUMN)]

    restarted = {part.known_days[0] for part in parts if part.restart}
    height = restart_height(days, levels)

    def drawn_on(day: date, share: float | None) -> list[float | None]:
        values = [level.on(day) for level in levels]
        values += [share if part.includes(day) else None for part in parts]
        return [*values, height if day in restarted else None] if parts else values

    def rows() -> Iterator[list[Any]]:
        for day, snapshot in days:
            if snapshot is None:
                yield [day, *[None] * (LEVEL_COLUMN - 2), "no snapshot", *drawn_on(day, None)]
                continue
            counts = snapshot.counts
            yield [
                day,
                snapshot.taken_at.astimezone(zone).replace(tzinfo=None),
                *(counts.users(grade) for grade in GRADES),
                counts.users_graded,
                counts.at_risk,
                _fraction(counts.at_risk_share),
                counts.doing_well,
                _fraction(counts.share_of("doing_well")),
                source_text(snapshot),
                *drawn_on(day, _fraction(counts.at_risk_share)),
            ]

    _add_sheet(book, DAYS_SHEET, columns, rows(), formats, report)


def _add_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[tuple[str, float]],
    rows: Iterable[Sequence[Any]],
    formats: Sequence[Format | None],
    report: Report,
) -> None:
    """Add a sheet of rows that prints with the report's stamp. `columns` are titles and widths in characters."""
    _set_up_printing(add_sheet(book, name, columns, rows, formats), report)


def _set_up_printing(sheet: Worksheet, report: Report) -> None:
    """Print a sheet one A4 page wide, with the stamp at its foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(footer(report.stamp))


def footer(stamp: Stamp) -> str:
    """Return the code of a footer with the stamp at the left and the page at the right.

    In Excel's codes `&8` sets the size of the text, so a space keeps a digit after it from becoming part of the size,
    and `&&` is an ampersand. A footer has at most 255 characters, so the name is shortened where it is longer.
    """
    parts = [xml_text(part).replace("&", "&&") for part in stamp.parts]
    name = xml_text(stamp.account_name)
    code = FOOTER.format(" · ".join(parts))
    while _utf16_length(code) > MAX_FOOTER_CHARS and name:
        name = name[:-1].rstrip()
        code = FOOTER.format(" · ".join([f"{name.replace('&', '&&')}…", *parts[1:]]))
    return code


def _utf16_length(text: str) -> int:
    """Return the length of text as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2


def _fraction(percent: float | None) -> float | None:
    """Return a percentage as Excel stores it."""
    return None if percent is None else percent / 100


def _hundredths(points: float | None) -> float | None:
    """Return points with two decimals."""
    return None if points is None else round(points, 2) + 0.0  # no "-0.00"


def _title(book: Workbook) -> Format:
    return book.add_format({"bold": True, "font_size": 14})
