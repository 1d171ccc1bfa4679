"""Exports as CSV and as JSON lines: the same columns and values in both."""

from __future__ import annotations

import csv
import io
import json
from typing import Final, TextIO

from mimecast.reports.exports.table import ExportTable
from mimecast.reports.formulas import escape_formula

BOM: Final = "\ufeff"
"""Byte-order mark, with which each CSV file to download begins: without it, Excel reads UTF-8 as another encoding."""


def write_csv(table: ExportTable, out: TextIO) -> int:
    """Write a header and one line per row, an unknown value as nothing; return the number of rows.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    writer = csv.DictWriter(out, table.columns, lineterminator="\n")
    writer.writeheader()
    written = 0
    for row in table.rows:
        writer.writerow({name: escape_formula(value) for name, value in row.items()})
        written += 1
    return written


def write_json(table: ExportTable, out: TextIO) -> int:
    """Write one JSON object per line, an unknown value as null; return the number of rows."""
    written = 0
    for row in table.rows:
        out.write(json.dumps(dict(row), ensure_ascii=False) + "\n")
        written += 1
    return written


def csv_file(table: ExportTable) -> bytes:
    """Return `write_csv` as a file to download."""
    text = io.StringIO()
    write_csv(table, text)
    return (BOM + text.getvalue()).encode()


def json_file(table: ExportTable) -> bytes:
    """Return `write_json` as a file to download."""
    text = io.StringIO()
    write_json(table, text)
    return text.getvalue().encode()
