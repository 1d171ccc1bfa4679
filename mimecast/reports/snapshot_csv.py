"""Snapshots as CSV and as JSON lines: the same columns in both, and a round trip is exact in them.

account,taken_at,a,b,c,d,f,other
contoso,2026-11-24T03:00:00Z,522,338,212,91,41,0
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TextIO

from mimecast.domain.account_id import is_account_id
from mimecast.domain.scores import MAX_USERS, ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_iso_utc
from mimecast.problem import Problem

COUNT_COLUMNS: Final = ("a", "b", "c", "d", "f", "other")
COLUMNS: Final = ("account", "taken_at", *COUNT_COLUMNS)

MAX_AHEAD: Final = timedelta(days=1)
"""How far ahead a snapshot may be, for clocks that differ; one from next year would be the newest for a year."""


class ImportFileInvalid(Problem):
    """A file that cannot be imported. Nothing of it was stored."""

    title = "The file cannot be imported"
    remedy = "Mend it and import it again; nothing of this file was stored."


def snapshot_row(snapshot: Snapshot) -> dict[str, str | int]:
    """The columns of one snapshot, in their order."""
    return {
        "account": snapshot.account,
        "taken_at": format_iso_utc(snapshot.taken_at),
        **snapshot.counts.as_mapping(),
    }


def write_csv(snapshots: Iterable[Snapshot], out: TextIO) -> int:
    """Write a header and one line a snapshot; return the number of snapshots."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    written = 0
    for snapshot in snapshots:
        writer.writerow(snapshot_row(snapshot))
        written += 1
    return written


def write_json(snapshots: Iterable[Snapshot], out: TextIO) -> int:
    """Write one JSON object a line; return the number of snapshots."""
    written = 0
    for snapshot in snapshots:
        out.write(json.dumps(snapshot_row(snapshot)) + "\n")
        written += 1
    return written


def write_template(account: str, instants: Iterable[datetime], out: TextIO) -> None:
    """Write a CSV to be filled in: the header, and a row without counts for each instant."""
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for instant in instants:
        writer.writerow({"account": account, "taken_at": format_iso_utc(instant), "other": 0})


def read_snapshots(text: TextIO, *, now: datetime) -> list[Snapshot]:
    """The snapshots of a CSV or JSON-lines file, told apart by its first character. Raises UnreadableFile.

    CSV may be separated by semicolons and begin with a byte-order mark, as Excel writes it; rows without anything in
    them are passed over.
    """
    try:
        lines = text.read().removeprefix("\ufeff").splitlines()
    except UnicodeDecodeError:
        raise ImportFileInvalid(
            "The file is not UTF-8 text.",
            remedy="In Excel save it as “CSV UTF-8”; nothing of this file was stored.",
        ) from None
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        raise ImportFileInvalid("The file is empty.")
    rows = _json_rows(lines) if first.startswith("{") else _csv_rows(lines)
    return [_snapshot(row, f"Row {number}", now) for number, row in rows]


def _csv_rows(lines: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    separator = ";" if ";" in lines[0] and "," not in lines[0] else ","
    reader = csv.DictReader(lines, strict=True, delimiter=separator)
    try:
        _check_header([name.strip() for name in reader.fieldnames or ()])
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        for row in reader:
            if not any(row.values()):
                continue
            if None in row:
                raise ImportFileInvalid(f"Row {reader.line_num} has more than {len(COLUMNS)} columns.")
            if missing := [name for name, value in row.items() if value is None]:
                raise ImportFileInvalid(f"Row {reader.line_num} ends before the column {missing[0]}.")
            yield reader.line_num, row
    except csv.Error:
        raise ImportFileInvalid(f"Row {reader.line_num} is not CSV.") from None


def _check_header(header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if missing == list(COLUMNS):
        raise ImportFileInvalid(
            f"The first row is not the header {','.join(COLUMNS)}.",
            remedy="Put it above the figures, as export does; nothing of this file was stored.",
        )
    for names, said in ((missing, "lacks the column"), (unknown, "has the unknown column"), (twice, "repeats")):
        if names:
            raise ImportFileInvalid(
                f"The first row {said} {names[0][:40]!r}.",
                remedy=f"The columns are {','.join(COLUMNS)}; nothing of this file was stored.",
            )


def _json_rows(lines: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise ImportFileInvalid(f"Row {number} is not an object with the keys {', '.join(COLUMNS)}.")
        if missing := [name for name in COLUMNS if name not in row]:
            raise ImportFileInvalid(f"Row {number} lacks the column {missing[0]}.")
        if unknown := [name for name in row if name not in COLUMNS]:
            raise ImportFileInvalid(f"Row {number} has the unknown column {unknown[0][:40]!r}.")
        yield number, row


def _snapshot(row: dict[str, Any], where: str, now: datetime) -> Snapshot:
    account = row["account"]
    if not isinstance(account, str) or not is_account_id(account):
        raise ImportFileInvalid(f"{where}, column account: this is not an account's id.")
    taken_at = _instant(row["taken_at"], f"{where}, column taken_at")
    if taken_at > now + MAX_AHEAD:
        raise ImportFileInvalid(f"{where}, column taken_at: this is in the future.")
    counts = ScoreCounts(*(_users(row[key], f"{where}, column {key}") for key in COUNT_COLUMNS))
    return Snapshot(account, taken_at, counts, Source.IMPORTED)


def _instant(value: object, where: str) -> datetime:
    text = str(value)
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        found = "this is not a time" if text.strip() else "it is empty"
        raise ImportFileInvalid(f"{where}: {found}; write one like 2026-11-24T03:00:00Z.") from None


def _users(value: object, where: str) -> int:
    text = str(value) if type(value) in (int, str) else ""
    if value == "":
        raise ImportFileInvalid(f"{where}: it is empty; write 0 for nobody, or delete a row without figures.")
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or int(text) > MAX_USERS:
        raise ImportFileInvalid(f"{where}: this is not a whole number of users like 0 or 1204.")
    return int(text)
