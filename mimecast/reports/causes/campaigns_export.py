"""Campaigns as CSV, JSON lines and a workbook, in the columns of `export --data campaigns`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO, Final, TextIO

from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.causes.campaigns import TOTALS, Campaign
from mimecast.formatting import format_iso_utc
from mimecast.reports.formulas import escape_formula
from mimecast.reports.snapshots.csv_files import BOM
from mimecast.reports.xml_text import xml_text

COLUMNS: Final = ("account", "captured_at", "id", "name", "launched_at", *TOTALS)

WIDTHS: Final = {"account": 24, "captured_at": 24, "id": 40, "name": 40, "launched_at": 24}


def campaign_row(campaign: Campaign, *, is_made_up: bool = False) -> dict[str, Any]:
    """Return the values of a campaign by column, None where one is unknown. Made-up ones have the account `sample`."""
    return {
        "account": SAMPLE_ACCOUNT if is_made_up else campaign.account,
        "captured_at": format_iso_utc(campaign.captured_at),
        "id": campaign.id,
        "name": campaign.name,
        "launched_at": format_iso_utc(campaign.launched_at) if campaign.launched_at else None,
        **{name: campaign.users(name) for name in TOTALS},
    }


def write_campaigns_csv(rows: Iterable[dict[str, Any]], out: TextIO) -> int:
    """Write a header and one line per campaign, an unknown value as nothing; return the number of campaigns."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    written = 0
    for row in rows:
        writer.writerow({name: escape_formula(value) for name, value in row.items()})
        written += 1
    return written


def write_campaigns_json(rows: Iterable[dict[str, Any]], out: TextIO) -> int:
    """Write one JSON object per line, an unknown value as null; return the number of campaigns."""
    written = 0
    for row in rows:
        out.write(json.dumps(row) + "\n")
        written += 1
    return written


def write_campaigns_xlsx(rows: Iterable[dict[str, Any]], out: BinaryIO) -> int:
    """Write a workbook with real dates and numbers, an unknown value as an empty cell; return how many campaigns."""
    import xlsxwriter

    content, written = io.BytesIO(), 0
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Campaigns")
        instant, bold = book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'}), book.add_format({"bold": True})
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, WIDTHS.get(name, 11))
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 0)
        for row in rows:
            written += 1
            for column, name in enumerate(COLUMNS):
                value = row[name]
                if name.endswith("_at") and value:
                    sheet.write_datetime(written, column, datetime.fromisoformat(value).replace(tzinfo=None), instant)
                elif isinstance(value, str):
                    sheet.write_string(written, column, xml_text(value))
                elif value is not None:
                    sheet.write_number(written, column, value)
    out.write(content.getbuffer())
    return written


def campaigns_csv(rows: Iterable[dict[str, Any]]) -> bytes:
    """Return `write_campaigns_csv` as a file to download."""
    text = io.StringIO()
    write_campaigns_csv(rows, text)
    return (BOM + text.getvalue()).encode()
