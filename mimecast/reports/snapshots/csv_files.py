"""Writes snapshots as CSV and as JSON lines: the same columns in both, from which an import restores them exactly.

account,taken_at,a,b,c,d,f,other
contoso,2026-11-24T03:00:00Z,522,338,212,91,41,0
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final, TextIO

from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_iso_utc

COUNT_COLUMNS: Final = ("a", "b", "c", "d", "f", "other")
COLUMNS: Final = ("account", "taken_at", *COUNT_COLUMNS)

BOM: Final = "\ufeff"
"""Byte-order mark, with which each CSV file to download begins: without it, Excel reads UTF-8 as another encoding."""


def snapshot_row(snapshot: Snapshot) -> dict[str, str | int]:
    """Return the values of a snapshot by column, in the order of `COLUMNS`."""
    return {
        "account": snapshot.account,
        "taken_at": format_iso_utc(snapshot.taken_at),
        **snapshot.counts.as_mapping(),
    }


def exported_row(snapshot: Snapshot) -> dict[str, str | int]:
    """Return `snapshot_row`, with the account `sample` for made-up numbers, which no import accepts."""
    return snapshot_row(snapshot) | ({"account": SAMPLE_ACCOUNT} if snapshot.source.is_made_up else {})


def write_csv(snapshots: Iterable[Snapshot], out: TextIO) -> int:
    """Write a header and one line per snapshot; return the number of snapshots."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    written = 0
    for snapshot in snapshots:
        writer.writerow(exported_row(snapshot))
        written += 1
    return written


def write_json(snapshots: Iterable[Snapshot], out: TextIO) -> int:
    """Write one JSON object per line; return the number of snapshots."""
    written = 0
    for snapshot in snapshots:
        out.write(json.dumps(exported_row(snapshot)) + "\n")
        written += 1
    return written


def snapshots_csv(snapshots: Iterable[Snapshot]) -> bytes:
    """Return `write_csv` as a file to download."""
    text = io.StringIO()
    write_csv(snapshots, text)
    return (BOM + text.getvalue()).encode()


def snapshots_json(snapshots: Iterable[Snapshot]) -> bytes:
    """Return `write_json` as a file to download."""
    text = io.StringIO()
    write_json(snapshots, text)
    return text.getvalue().encode()


def template_csv(account: str, instants: Iterable[datetime]) -> bytes:
    """Return a CSV file to download and fill in: the header, and a row without counts for each instant."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for instant in instants:
        writer.writerow({"account": account, "taken_at": format_iso_utc(instant), "other": 0})
    return (BOM + text.getvalue()).encode()
