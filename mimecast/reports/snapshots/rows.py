"""Snapshots as `export` writes them, from which an import restores them exactly, and a template of such a file.

account,taken_at,a,b,c,d,f,other
contoso,2026-11-24T03:00:00Z,522,338,212,91,41,0
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_iso_utc
from mimecast.reports.exports.table import ExportTable
from mimecast.reports.exports.text_files import BOM
from mimecast.text.glossary import DEFINITIONS

COUNT_COLUMNS: Final = ("a", "b", "c", "d", "f", "other")
COLUMNS: Final = ("account", "taken_at", *COUNT_COLUMNS)


def snapshot_row(snapshot: Snapshot) -> dict[str, str | int]:
    """Return the values of a snapshot by column, in the order of `COLUMNS`."""
    return {
        "account": snapshot.account,
        "taken_at": format_iso_utc(snapshot.taken_at),
        **snapshot.counts.as_mapping(),
    }


def snapshots_table(snapshots: Iterable[Snapshot]) -> ExportTable:
    """Return snapshots as `export` writes them. Made-up numbers have the account `sample`, which no import accepts."""
    rows = (
        snapshot_row(snapshot) | ({"account": SAMPLE_ACCOUNT} if snapshot.source.is_made_up else {})
        for snapshot in snapshots
    )
    return ExportTable("Snapshots", COLUMNS, ("taken_at",), rows, DEFINITIONS)


def template_csv(account: str, instants: Iterable[datetime]) -> bytes:
    """Return a CSV file to download and fill in: the header, and a row without counts for each instant."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for instant in instants:
        writer.writerow({"account": account, "taken_at": format_iso_utc(instant), "other": 0})
    return (BOM + text.getvalue()).encode()
