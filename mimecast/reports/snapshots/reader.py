"""Reads the snapshots of a file that `export` wrote, or that holds months kept in a spreadsheet.

What spreadsheets and other programs do to such a file is accepted where it can mean only one thing: another separator,
a byte-order mark, UTF-16, capital letters in the header, empty rows and columns, times with an offset. Anything else is
refused with its row, its column and a fix. The work grows linearly with the size of the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import chain, count
from typing import Any, Final, NamedTuple

from mimecast.domain.account_id import SAMPLE_ACCOUNT, is_account_id
from mimecast.domain.reporting_days import EARLIEST_DAY, latest_day
from mimecast.domain.scores import MAX_USERS, ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_date, format_int, join_and
from mimecast.problem import Problem
from mimecast.reports.snapshots.rows import COLUMNS, COUNT_COLUMNS

HEADER: Final = ",".join(COLUMNS)

MAX_FILE_BYTES: Final = 100_000_000
"""About two million snapshots."""

SEPARATORS: Final = (",", ";", "\t")

SEPARATOR_LINE: Final = re.compile(r'\s*"?sep=([,;\t|])"?\s*', re.IGNORECASE)
"""A line above the header that tells Excel which character separates the columns."""

FOREIGN_FILES: Final = (
    (b"SQLite format 3\x00", "a backup, not an export", "Put it back with: python -m mimecast restore FILE."),
    (b"PK", "an Excel workbook or another zip archive", "Open it in Excel and save it as “CSV UTF-8”."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Open it in Excel and save it as “CSV UTF-8”."),
    (b"\x1f\x8b", "compressed", "Unpack it, and import what is in it."),
    (b"%PDF", "a PDF document", "Import a CSV file or JSON lines."),
    (b"<", "a web page or another kind of XML", "Import a CSV file or JSON lines."),
)
"""First bytes of files that are mistaken for an export, with what they are and what to do with them."""

TIME: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(?P<zone>Z|[+-]\d\d:?\d\d| ?UTC)?)?",
    re.ASCII | re.IGNORECASE,
)
"""A day of ISO 8601, which may have a time, which may have a time zone."""

EXAMPLE_TIME: Final = "2026-11-24T03:00:00Z"

WHOLE_NUMBER: Final = re.compile(r"(\d{1,18})(?:[.,]00?)?", re.ASCII)
"""A number of users, also as programs write it that take the column for decimal numbers: `12.0`."""

GROUPED_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+", re.ASCII)
"""A number with separators between thousands. `1.204` could also be a decimal number."""

NOT_BLANK: Final = re.compile(r"\S")

MAX_QUOTED_CHARS: Final = 40
"""Characters of a value that a message repeats."""


class ImportFileInvalid(Problem):
    """The file is not an export, or a value in it is not valid. Nothing was stored."""

    title = "The file cannot be imported"
    remedy = "Fix it and import the file again; nothing was stored."


class _Header(NamedTuple):
    """The positions of the columns by name, and how many cells the first row has."""

    columns: Mapping[str, int]
    width: int


def read_snapshots(content: bytes, *, now: datetime) -> list[Snapshot]:
    """Return the snapshots of CSV, JSON lines or a JSON array in the order of the file, marked as imported.

    Raises ImportFileInvalid.
    """
    text = _decode(content)
    rows = _json_rows(text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text)
    return [_snapshot(row, place, now) for place, row in rows]


def _decode(content: bytes) -> str:
    """Return the text of a file without its byte-order mark."""
    if len(content) > MAX_FILE_BYTES:
        raise ImportFileInvalid(
            f"The file is larger than {MAX_FILE_BYTES // 10**6} MB.", remedy="Split it, and import its parts."
        )
    for beginning, what, remedy in FOREIGN_FILES:
        if content.startswith(beginning):
            raise ImportFileInvalid(f"The file is {what}.", remedy=f"{remedy} Nothing was stored.")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ImportFileInvalid(
            "The file is not UTF-8 text.", remedy="In Excel, save it as “CSV UTF-8”; nothing was stored."
        )
    return text


def _csv_rows(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the rows below the header with their places in the file, for example `Row 3`."""
    lines = io.StringIO(text, newline="")
    separator, first_line, skipped = _first_row(lines)
    reader = csv.reader(chain([first_line], lines), strict=True, delimiter=separator)
    header: _Header | None = None
    row = skipped + 1
    try:
        for cells in reader:
            place, row = f"Row {row}", skipped + reader.line_num + 1  # a quoted cell can span several lines
            values = [cell.strip() for cell in cells]
            if header is None:
                header = _read_header(values)
            elif any(values):
                yield place, _csv_row(values, header, place)
    except csv.Error:
        raise ImportFileInvalid(
            f"Row {row} is not CSV.", remedy="Check its quotation marks; nothing was stored."
        ) from None


def _first_row(lines: Iterable[str]) -> tuple[str, str, int]:
    """Return the separator, the first line that has text, and how many lines are before it.

    Excel writes an empty row as separators only.
    """
    separator = ""
    for skipped, line in enumerate(lines):
        if declared := SEPARATOR_LINE.fullmatch(line):
            separator = declared[1]
        elif line.strip(' \t\r\n",;'):
            return separator or max(SEPARATORS, key=line.count), line, skipped
    raise ImportFileInvalid("The file is empty.", remedy=f"It needs the header {HEADER} and rows.")


def _read_header(cells: Sequence[str]) -> _Header:
    """Return the positions of the columns. Columns without a name are left out."""
    columns = [(_column_name(cell), position) for position, cell in enumerate(cells) if cell]
    _check_columns([name for name, _ in columns], "The first row", f"The first row is not the header {HEADER}.")
    return _Header(dict(columns), len(cells))


def _csv_row(values: Sequence[str], header: _Header, place: str) -> Mapping[str, Any]:
    """Return the values of a row by column. Those of columns without a name must be empty."""
    named = set(header.columns.values())
    for position, value in enumerate(values):
        if value and position not in named:
            column = f"column {position + 1}, which has no name"
            where = f"in {column}" if position < header.width else "after the last column"
            raise ImportFileInvalid(
                f"{place} has the value {_quoted(value)} {where}.",
                remedy="Delete it, or write numbers without separators; nothing was stored.",
            )
    for name, position in header.columns.items():
        if position >= len(values):
            raise ImportFileInvalid(f"{place} ends before the column {name}.")
    return {name: values[position] for name, position in header.columns.items()}


def _json_rows(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects of JSON lines with their lines, for example `Row 3`, and those of an array as `Entry 3`."""
    decoder = json.JSONDecoder(object_pairs_hook=tuple)  # an object becomes its pairs, so that no key hides another
    entries = count(1)
    position, line = 0, 1
    while True:
        first = NOT_BLANK.search(text, position)
        if first is None:
            return
        start = first.start()
        line += text.count("\n", position, start)
        try:
            value, position = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise ImportFileInvalid(f"Row {error.lineno} is not JSON.") from None
        except (ValueError, RecursionError):  # a number of thousands of digits, or thousands of brackets
            raise ImportFileInvalid(f"Row {line} is not JSON.") from None
        if isinstance(value, list):
            yield from (_json_row(entry, f"Entry {next(entries)}") for entry in value)
        else:
            yield _json_row(value, f"Row {line}")
        line += text.count("\n", start, position)


def _json_row(value: object, place: str) -> tuple[str, Mapping[str, Any]]:
    """Return the values of an object, given as its pairs, by column, with its place."""
    not_object = f"{place} is not an object with the keys {HEADER}."
    if not isinstance(value, tuple):
        raise ImportFileInvalid(not_object)
    names = [_column_name(name) for name, _ in value]
    _check_columns(names, place, not_object)
    return place, dict(zip(names, (entry for _, entry in value), strict=True))


def _column_name(text: str) -> str:
    """Return the name of a column as `export` writes it, for example `taken_at` for ` Taken at`."""
    return "_".join(text.casefold().split())


def _check_columns(names: Sequence[str], place: str, not_header: str) -> None:
    """Raise ImportFileInvalid where a column is missing, unknown or there twice."""
    known = set(names)
    missing = [name for name in COLUMNS if name not in known]
    unknown = [name for name in dict.fromkeys(names) if name not in COLUMNS]
    columns = f"The columns are {HEADER}; nothing was stored."
    if len(missing) == len(COLUMNS):
        raise ImportFileInvalid(not_header, remedy=columns)
    if missing:
        raise ImportFileInvalid(f"{place} lacks the {_list_columns(missing)}.", remedy=columns)
    if unknown:
        them = "it" if len(unknown) == 1 else "them"
        raise ImportFileInvalid(
            f"{place} has the unknown {_list_columns(unknown)}.", remedy=f"Delete {them}. {columns}"
        )
    if len(known) < len(names):
        twice = next(name for name in COLUMNS if names.count(name) > 1)
        raise ImportFileInvalid(f"{place} has the column {twice!r} twice.", remedy=f"Delete one of them. {columns}")


def _list_columns(names: Sequence[str]) -> str:
    """Return `column 'a'`, or `columns 'a', 'b', 'c' and 5 more`."""
    shown = [_quoted(name) for name in names[:3]]
    if len(names) > len(shown):
        shown.append(f"{len(names) - len(shown)} more")
    return f"{'column' if len(names) == 1 else 'columns'} {join_and(shown)}"


def _snapshot(row: Mapping[str, Any], place: str, now: datetime) -> Snapshot:
    account = _account(row["account"], f"{place}, column account")
    taken_at = _instant(row["taken_at"], f"{place}, column taken_at", now)
    counts = ScoreCounts(*(_users(row[name], f"{place}, column {name}") for name in COUNT_COLUMNS))
    return Snapshot(account, taken_at, counts, Source.IMPORTED)


def _account(value: object, place: str) -> str:
    account = value.strip() if isinstance(value, str) else ""
    if _is_empty(value):
        raise ImportFileInvalid(f"{place}: it is empty; write the id of the account.")
    if account == SAMPLE_ACCOUNT:
        raise ImportFileInvalid(
            f"{place}: {_quoted(account)} marks sample data, which is never imported.",
            remedy="Delete these rows, or import another file; nothing was stored.",
        )
    if not is_account_id(account):
        raise ImportFileInvalid(
            f"{place}: {_quoted(value)} is not the id of an account, which has up to 40 letters, digits, - and _."
        )
    return account


def _instant(value: object, place: str, now: datetime) -> datetime:
    """Return a time in UTC, from the first plausible day to the last one."""
    text = value.strip() if isinstance(value, str) else ""
    if _is_empty(value):
        raise ImportFileInvalid(f"{place}: it is empty; write a time like {EXAMPLE_TIME}.")
    parts = TIME.fullmatch(text)
    if parts is None:
        raise ImportFileInvalid(f"{place}: {_quoted(value)} is not a time; write one like {EXAMPLE_TIME}.")
    if parts["time"] is None:
        raise ImportFileInvalid(f"{place}: {_quoted(value)} has no time of day; write one like {EXAMPLE_TIME}.")
    if parts["zone"] is None:
        raise ImportFileInvalid(
            f"{place}: {_quoted(value)} has no time zone; write the time in UTC, with a Z at its end, like "
            f"{EXAMPLE_TIME}."
        )
    zone = parts["zone"] if parts["zone"][0] in "+-" else "+00:00"
    try:
        instant = datetime.fromisoformat(f"{parts['day']}T{parts['time'].replace(',', '.')}{zone}")
    except ValueError:
        raise ImportFileInvalid(
            f"{place}: {_quoted(value)} is not a time: there is no such day, hour or minute."
        ) from None
    after_latest = latest_day(now.astimezone(UTC).date()) + timedelta(days=1)
    if instant < datetime.combine(EARLIEST_DAY, time.min, UTC):
        raise ImportFileInvalid(f"{place}: {_quoted(value)} is before {format_date(EARLIEST_DAY)}; check the year.")
    if instant >= datetime.combine(after_latest, time.min, UTC):
        raise ImportFileInvalid(f"{place}: {_quoted(value)} is in the future; check the year.")
    return instant.astimezone(UTC)


def _users(value: object, place: str) -> int:
    if _is_empty(value):
        raise ImportFileInvalid(f"{place}: it is empty; write 0 for no users, or delete a row without figures.")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if type(value) in (int, str) else ""
    number = WHOLE_NUMBER.fullmatch(text)
    if number is None and GROUPED_NUMBER.fullmatch(text):
        raise ImportFileInvalid(f"{place}: {_quoted(value)} has separators; write a number like 1204.")
    if number is None:
        raise ImportFileInvalid(f"{place}: {_quoted(value)} is not a whole number of users, like 0 or 1204.")
    if int(number[1]) > MAX_USERS:
        raise ImportFileInvalid(f"{place}: {_quoted(value)} is more than {format_int(MAX_USERS)} users.")
    return int(number[1])


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _quoted(value: object) -> str:
    """Return the beginning of a value in quotation marks; of a JSON array or object, only what it is."""
    if isinstance(value, str | int | float):
        text = str(value)
        return repr(text if len(text) <= MAX_QUOTED_CHARS else f"{text[:MAX_QUOTED_CHARS]}…")
    return "an array" if isinstance(value, list) else "an object"
