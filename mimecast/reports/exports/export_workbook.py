"""Exports as Excel workbooks with real dates and numbers, in which no text becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.reports.excel_sheets import TEXT_ONLY, add_definitions, add_empty_sheet
from mimecast.reports.exports.table import ExportTable
from mimecast.reports.xml_text import xml_text
from mimecast.text.glossary import SAMPLE_WARNING

MAX_SHEET_ROWS: Final = 1_000_000
"""Rows of a sheet, below Excel's limit of 1,048,576. Further rows go to another sheet."""

MIN_EXCEL_YEAR: Final = 1900
"""The first year that Excel has dates for."""

DEFAULT_WIDTH: Final = 11
WIDTHS: Final = {"account": 24, "id": 40, "name": 40, "department": 34}
INSTANT_WIDTH: Final = 24
"""Widths of columns in characters, by name."""


def write_xlsx(table: ExportTable, out: BinaryIO) -> int:
    """Write the table and its definitions as a workbook; return the number of rows. An unknown value is an empty cell.

    Instants are dates with times in UTC. A workbook has no time zones, so their number format ends with a Z. A year
    that Excel has no dates for is written as text. Raises OSError when there is no room for the rows.
    """
    content = io.BytesIO()  # the archive of a file that cannot be written ends in a traceback when it is finalised
    try:
        with (
            TemporaryDirectory() as folder,
            xlsxwriter.Workbook(content, {**TEXT_ONLY, "constant_memory": True, "tmpdir": folder}) as book,
        ):
            written = _write_rows(book, table)
    except FileCreateError as error:
        reason = error.args[0]
        raise reason if isinstance(reason, OSError) else OSError(str(reason)) from None
    out.write(content.getbuffer())
    return written


def _write_rows(book: Workbook, table: ExportTable) -> int:
    written, is_sample = 0, False
    instant_format = book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'})
    sheet: Worksheet | None = None
    for values in table.rows:
        row = written % MAX_SHEET_ROWS + 1
        if sheet is None or row == 1:
            sheet = _add_sheet(book, table, written // MAX_SHEET_ROWS)
        for column, name in enumerate(table.columns):
            _write_cell(sheet, (row, column), values[name], instant_format if name in table.instants else None)
        written += 1
        is_sample = is_sample or values["account"] == SAMPLE_ACCOUNT
    if sheet is None:
        _add_sheet(book, table, 0)
    notes = [("Note", SAMPLE_WARNING)] if is_sample else []
    instants: Sequence[tuple[str, str]] = [(name, "UTC.") for name in table.instants]
    add_definitions(book, [*notes, *instants, *table.definitions])
    return written


def _add_sheet(book: Workbook, table: ExportTable, sheets_before: int) -> Worksheet:
    title = f"{table.name} {sheets_before + 1}" if sheets_before else table.name
    widths = [INSTANT_WIDTH if name in table.instants else WIDTHS.get(name, DEFAULT_WIDTH) for name in table.columns]
    return add_empty_sheet(book, title, list(zip(table.columns, widths, strict=True)))


def _write_cell(sheet: Worksheet, cell: tuple[int, int], value: str | int | None, instant: Format | None) -> None:
    if isinstance(value, str):
        at = datetime.fromisoformat(value).replace(tzinfo=None) if instant else None
        if at and at.year >= MIN_EXCEL_YEAR:
            sheet.write_datetime(*cell, at, instant)
        else:
            sheet.write_string(*cell, xml_text(value))
    elif value is not None:
        sheet.write_number(*cell, value)
