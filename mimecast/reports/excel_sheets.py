"""Sheets of Excel workbooks: rows under a frozen header, texts as texts and numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mimecast.palette import HEADER_FILL
from mimecast.reports.xml_text import xml_text

TEXT_ONLY: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of a workbook in which no text becomes a formula, a link or a number."""

DAY_FORMAT: Final = "d mmm yyyy"


def add_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[tuple[str, float]],
    rows: Iterable[Sequence[Any]],
    formats: Sequence[Format | None],
) -> Worksheet:
    """Add a sheet of rows under a frozen header. `columns` are titles and widths in characters."""
    sheet = add_empty_sheet(book, name, columns, frozen_columns=1 if len(columns) > 2 else 0)
    for row, values in enumerate(rows, start=1):
        write_row(sheet, row, values, formats)
    sheet.repeat_rows(0)
    return sheet


def add_empty_sheet(
    book: Workbook, name: str, columns: Sequence[tuple[str, float]], *, frozen_columns: int = 0
) -> Worksheet:
    """Add a sheet with a frozen header and no rows. `columns` are titles and widths in characters."""
    sheet = book.add_worksheet(name)
    header = header_format(book)
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, header)
    sheet.freeze_panes(1, frozen_columns)
    return sheet


def write_row(sheet: Worksheet, row: int, values: Sequence[Any], formats: Sequence[Format | None]) -> None:
    """Write texts, dates and numbers into the cells of a row, and nothing for None."""
    for column, (value, cell_format) in enumerate(zip(values, formats, strict=True)):
        if isinstance(value, str):
            sheet.write_string(row, column, xml_text(value), cell_format)
        elif isinstance(value, date | datetime):
            sheet.write_datetime(row, column, value, cell_format)
        elif value is not None:
            sheet.write_number(row, column, value, cell_format)


def add_definitions(book: Workbook, terms: Sequence[tuple[str, str]]) -> Worksheet:
    """Add a sheet of terms and their meanings."""
    bold, wrapped = (book.add_format({**style, "valign": "top"}) for style in ({"bold": True}, {"text_wrap": True}))
    return add_sheet(book, "Definitions", (("Term", 18), ("Meaning", 110)), terms, [bold, wrapped])


def number_format(book: Workbook, code: str = "General") -> Format:
    """Return the format of cells with numbers or dates; days are at the left, like the header above them."""
    return book.add_format({"num_format": code, **({"align": "left"} if code == DAY_FORMAT else {})})


def header_format(book: Workbook, *, is_number: bool = False) -> Format:
    """Return the format of a column's title."""
    align = "right" if is_number else "left"
    form = {"bold": True, "bg_color": HEADER_FILL, "bottom": 1, "text_wrap": True, "valign": "top", "align": align}
    return book.add_format(form)
