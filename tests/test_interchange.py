"""Export and import: exact in both forms, and a broken file is named by line and leaves nothing behind."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.exports.text_files import write_csv, write_json
from mimecast.reports.snapshots.reader import MAX_FILE_BYTES, ImportFileInvalid, read_snapshots
from mimecast.reports.snapshots.rows import snapshots_table
from tests.support.clock import NOW
from tests.support.strategies import IMPORTED_SNAPSHOTS

HEADER = "account,taken_at,a,b,c,d,f,other"


LINE = "contoso,2026-11-24T03:00:00Z,1,2,3,4,5,0"
SNAPSHOT = Snapshot("contoso", datetime(2026, 11, 24, 3, tzinfo=UTC), ScoreCounts(1, 2, 3, 4, 5), Source.IMPORTED)
"""What `LINE` says."""

ROW = dict(zip(HEADER.split(","), ["contoso", "2026-11-24T03:00:00Z", 1, 2, 3, 4, 5, 0], strict=True))


def read(text: str) -> list[Snapshot]:
    return read_snapshots(text.encode(), now=NOW)


@pytest.mark.parametrize("write", [write_csv, write_json])
@given(some.lists(IMPORTED_SNAPSHOTS, min_size=1, max_size=5))
def test_a_round_trip_is_exact(write: type, snapshots: list[Snapshot]) -> None:
    file = io.StringIO()
    assert write(snapshots_table(snapshots), file) == len(snapshots)
    assert read(file.getvalue()) == snapshots


def test_the_columns_are_the_documented_ones() -> None:
    snapshot = Snapshot("contoso", NOW, ScoreCounts(522, 338, 212, 91, 41))
    as_csv, as_json = io.StringIO(), io.StringIO()
    write_csv(snapshots_table([snapshot]), as_csv)
    write_json(snapshots_table([snapshot]), as_json)
    assert as_csv.getvalue() == f"{HEADER}\ncontoso,2026-11-24T12:50:11Z,522,338,212,91,41,0\n"
    assert list(json.loads(as_json.getvalue())) == HEADER.split(",")


def separated_by(separator: str) -> str:
    return f"{HEADER}\r\n{LINE}\r\n".replace(",", separator)


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEADER}\r\n{LINE}\r\n",
        f"{HEADER}\r{LINE}\r",
        separated_by(";"),
        separated_by("\t"),
        separated_by(" ; "),
        "sep=;\r\n" + separated_by(";"),
        '\ufeff"sep=,"\r\n' + separated_by(","),
        "sep=|\n" + separated_by("|"),
        "\r\n  \r\n;;;;;;;\r\n" + separated_by(";") + ";;;;;;;\r\n\r\n",
        f"{HEADER},,\n{LINE},,\n",
        f"{HEADER}\n{LINE},,,\n",
        f"{HEADER},\n{LINE}\n",
        f'"{HEADER}"\n"{LINE}"\n'.replace(",", '","'),
        f"{HEADER.upper()}\n{LINE}\n",
        f"Account, Taken at ,A,B,C,D,F,Other\n{LINE}\n",
        "taken_at,account,other,f,d,c,b,a\n2026-11-24T03:00:00Z,contoso,0,5,4,3,2,1\n",
        f"{HEADER}\n{LINE.replace('1,2,3,4,5,0', '1.0,2.0,3.00,4,5.0,0.0')}\n",
        separated_by(";").replace(";1;", ";1,0;"),
    ],
)
def test_what_spreadsheets_do_to_a_file_is_accepted(text: str) -> None:
    assert read(text) == [SNAPSHOT]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_encodings_of_spreadsheets_are_read(encoding: str) -> None:
    bom = "" if encoding in ("utf-16", "utf-8-sig") else "\ufeff"
    assert read_snapshots((bom + separated_by("\t")).encode(encoding), now=NOW) == [SNAPSHOT]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROW),
        json.dumps(ROW, indent=2),
        json.dumps([ROW]),
        json.dumps([ROW], indent=2),
        f"\n\n{json.dumps(ROW)}\n\n",
        json.dumps({key.upper(): value for key, value in ROW.items()}),
        json.dumps(ROW | {"a": "1", "b": 2.0}),
    ],
)
def test_json_lines_and_arrays_are_read(text: str) -> None:
    assert read(text) == [SNAPSHOT]


def test_a_json_array_and_json_lines_hold_the_same() -> None:
    rows = [ROW | {"taken_at": f"2026-11-{day:02}T03:00:00Z"} for day in range(1, 20)]
    lines = "\n".join(map(json.dumps, rows))
    assert read(json.dumps(rows)) == read(lines)
    assert len(read(lines)) == 19


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T03:00:00+00:00",
        "2026-11-24T03:00:00.000Z",
        "2026-11-24T03:00:00.123456789Z",
        "2026-11-24T03:00:00,9Z",
        "2026-11-24T05:00:00+02:00",
        "2026-11-23T22:00:00-0500",
        "2026-11-24 03:00:00Z",
        "2026-11-24 03:00:00 UTC",
        "2026-11-24T03:00Z",
        " 2026-11-24t03:00:00z ",
    ],
)
def test_times_with_an_offset_or_fractions_are_read(text: str) -> None:
    quoted = f'"{text}"'
    assert read(f"{HEADER}\n{LINE.replace('2026-11-24T03:00:00Z', quoted)}\n") == [SNAPSHOT]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n  \n", "is empty"),
        ("sep=;\n", "is empty"),
        (f"{LINE}\n", "The first row is not the header account,taken_at"),
        (f"{HEADER},more\n{LINE},1\n", "The first row has the unknown column 'more'"),
        (f"{HEADER},w,x,y,z\n", "The first row has the unknown columns 'w', 'x', 'y' and 1 more"),
        (f"{HEADER[:-6]}\n{LINE[:-2]}\n", "The first row lacks the column 'other'"),
        (f"{HEADER},A\n{LINE},1\n", "The first row has the column 'a' twice"),
        (f"{HEADER}\n{LINE}\ncontoso,2026-11-24T03:00:00Z,1\n", "Row 3 ends before the column b"),
        (f"\n\n{HEADER}\n{LINE}\ncontoso,2026-11-24T03:00:00Z,1\n", "Row 5 ends before the column b"),
        (f"{HEADER}\n{LINE},9\n", "Row 2 has the value '9' after the last column"),
        (f"{HEADER},,\n{LINE},,9\n", "Row 2 has the value '9' in column 10, which has no name"),
        (f'{HEADER}\n{LINE}\n"contoso\n{LINE}\n{LINE}\n', "Row 3 is not CSV"),
        (f'{HEADER}\n{LINE.replace("1,", """"1"2,""", 1)}\n', "Row 2"),
        (f"{HEADER}\n{LINE.replace('1,2', '-1,2')}\n", "Row 2, column a: '-1' is not a whole number"),
        (f"{HEADER}\n{LINE.replace('4,5', '4.5,5')}\n", "Row 2, column d: '4.5' is not a whole number"),
        (f"{HEADER}\n{LINE.replace('4,5', 'four,5')}\n", "Row 2, column d: 'four' is not a whole number"),
        (f"{HEADER}\n{LINE.replace('4,5', '1.204,5')}\n", "Row 2, column d: '1.204' has separators; write"),
        (f'{HEADER}\n{LINE.replace("4,5", """"1,204",5""")}\n', "Row 2, column d: '1,204' has separators; write"),
        (f"{HEADER}\n{LINE.replace('4,5', '1000000001,5')}\n", "Row 2, column d: '1000000001' is more than"),
        (f"{HEADER}\n{LINE.replace('4,5', ',5')}\n", "Row 2, column d: it is empty; write 0 for no users"),
        (f"{HEADER}\n{LINE.replace('4,5', '٤,5')}\n", "Row 2, column d: '٤' is not a whole number"),
        (f"{HEADER}\n{LINE.replace('2026', '2036')}\n", "Row 2, column taken_at: '2036-11-24T03:00:00Z' is in the"),
        (f"{HEADER}\n{LINE.replace('2026', '0206')}\n", "'0206-11-24T03:00:00Z' is before 1 Jan 2010; check"),
        (f"{HEADER}\n{LINE.replace('2026-11-24T03:00:00Z', '0001-01-01T00:00:00+14:00')}\n", "is before 1 Jan 2010"),
        (f"{HEADER}\n{LINE.replace('2026-11-24T03:00:00Z', '9999-12-31T23:59:59-12:00')}\n", "is in the future"),
        (f"{HEADER}\n{LINE.replace('T03:00:00Z', '')}\n", "taken_at: '2026-11-24' has no time of day; write"),
        (f"{HEADER}\n{LINE.replace('00Z', '00')}\n", "taken_at: '2026-11-24T03:00:00' has no time zone; write"),
        (f"{HEADER}\n{LINE.replace('11-24', '02-30')}\n", "taken_at: '2026-02-30T03:00:00Z' is not a time: there is"),
        (f"{HEADER}\n{LINE.replace('T03', 'T25')}\n", "is not a time: there is no such day, hour or minute"),
        (f"{HEADER}\n{LINE.replace('2026-11-24', '24.11.2026')}\n", "'24.11.2026T03:00:00Z' is not a time; write"),
        (f"{HEADER}\n{LINE.replace('2026-11-24T03:00:00Z', '')}\n", "Row 2, column taken_at: it is empty; write"),
        (f"{HEADER}\n={LINE}\n", "Row 2, column account: '=contoso' is not the id of an account"),
        (f"{HEADER}\n{LINE.replace('contoso', '')}\n", "Row 2, column account: it is empty; write the id"),
        (f"{HEADER}\n{LINE}\n{LINE.replace('contoso', 'sample')}\n", "Row 3, column account: 'sample' marks sample"),
        ('{"account": "contoso"}\n', "Row 1 lacks the columns 'taken_at', 'a', 'b' and 4 more"),
        ("{broken\n", "Row 1 is not JSON"),
        (f"{json.dumps(ROW)}\n\nand so on\n", "Row 3 is not JSON"),
        ("[1]", "Entry 1 is not an object with the keys account,taken_at"),
        (json.dumps([ROW, ROW | {"account": "sample"}]), "Entry 2, column account: 'sample' marks sample data"),
        (json.dumps(ROW)[:-1] + ', "a": 9}', "Row 1 has the column 'a' twice"),
        (
            f"{json.dumps(ROW, indent=1)}\n" + json.dumps(ROW | {"f": -1}),
            "Row 11, column f: '-1' is not a whole number",
        ),
    ],
)
def test_an_invalid_file_is_refused_with_row_and_column(text: str, message: str) -> None:
    with pytest.raises(ImportFileInvalid) as caught:
        read(text)
    assert message in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("value", [True, 1.5, -1, "1x", [1], {"x": 1}, float("nan"), float("inf"), 10**30])
def test_json_counts_are_checked_as_strictly(value: object) -> None:
    with pytest.raises(ImportFileInvalid, match=r"Row 1, column f: .* is (not a whole number|more than)"):
        read(json.dumps(ROW | {"f": value}))
    with pytest.raises(ImportFileInvalid, match="Row 1, column f: it is empty"):
        read(json.dumps(ROW | {"f": None}))
    with pytest.raises(ImportFileInvalid, match="Row 1 has the unknown column 'g'"):
        read(json.dumps(ROW | {"g": value}))


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text", "In Excel, save it as “CSV UTF-8”"),
        ("Zürich".encode("cp1252"), "is not UTF-8 text", "In Excel, save it as “CSV UTF-8”"),
        (HEADER.encode("utf-16-le"), "is not UTF-8 text", "In Excel, save it as “CSV UTF-8”"),
        (
            b"PK\x03\x04rest",
            "is an Excel workbook or another zip archive",
            "Open it in Excel and save it as “CSV UTF-8”",
        ),
        (b"SQLite format 3\x00rest", "is a backup", "python -m mimecast restore FILE"),
        (gzip.compress(HEADER.encode(), mtime=0), "is compressed", "Unpack it"),
        (b"<!DOCTYPE html>", "is a web page", "Import a CSV file"),
        (b"[" * 100_000, "Row 1 is not JSON", "nothing was stored"),
        (b'{"account": ' + b"9" * 5000 + b"}", "Row 1 is not JSON", "nothing was stored"),
        (bytes(MAX_FILE_BYTES + 1), "is larger than 100 MB", "Split it"),
    ],
)
def test_other_files_are_refused_with_what_they_are(content: bytes, message: str, remedy: str) -> None:
    with pytest.raises(ImportFileInvalid) as caught:
        read_snapshots(content, now=NOW)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_a_snapshot_of_tomorrow_is_read_and_one_of_the_day_after_is_not() -> None:
    """Clocks and time zones differ: what one computer exported just now can be tomorrow for another."""
    tomorrow = NOW.replace(hour=23, minute=59) + timedelta(days=1)
    file = io.StringIO()
    write_csv(snapshots_table([Snapshot("contoso", tomorrow, ScoreCounts(1))]), file)
    assert len(read(file.getvalue())) == 1
    with pytest.raises(ImportFileInvalid, match="is in the future"):
        read(file.getvalue().replace("2026-11-25", "2026-11-26"))


def test_an_imported_snapshot_is_marked_as_such() -> None:
    file = io.StringIO()
    live = Snapshot("contoso", NOW, ScoreCounts(1), Source.MIMECAST)
    write_csv(snapshots_table([live]), file)
    assert read(file.getvalue()) == [replace(live, source=Source.IMPORTED)]


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_made_up_numbers_are_exported_under_the_account_that_no_import_accepts(write: type) -> None:
    file = io.StringIO()
    write(snapshots_table([Snapshot("contoso", NOW, ScoreCounts(1), Source.SAMPLE)]), file)
    with pytest.raises(ImportFileInvalid, match="'sample' marks sample data, which is never imported"):
        read(file.getvalue())


def test_a_year_has_four_digits_in_an_export() -> None:
    file = io.StringIO()
    write_csv(snapshots_table([Snapshot("contoso", NOW.replace(year=206), ScoreCounts(1))]), file)
    assert "contoso,0206-11-24T12:50:11Z,1" in file.getvalue()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEADER}{',' * 100_000}\n" + f"{LINE}\n" * 20_000 + "x\n", "Row 20002 ends before the column taken_at"),
        (f"{HEADER},{','.join(map(str, range(100_000)))}\n", "has the unknown columns '0', '1', '2' and 99997 more"),
        ("\n" * 1_000_000 + "x", "The first row is not the header"),
        (f"{json.dumps(ROW)}\n" * 20_000 + "[", "Row 20001 is not JSON"),
        ("[" + ",".join([json.dumps(ROW)] * 20_000) + ",1]", "Entry 20001 is not an object"),
        (json.dumps({f"k{number}": 1 for number in range(100_000)}), "Row 1 is not an object with the keys"),
        (f"{HEADER}\n" + '"' * 1_000_001, "Row 2 is not CSV"),
    ],
    ids=["rows", "columns", "blanks", "lines", "array", "keys", "quotes"],
)
def test_a_large_file_takes_no_longer_than_its_size_explains(text: str, message: str) -> None:
    """With work that grows with the square of the size, each of these would take minutes to hours."""
    with pytest.raises(ImportFileInvalid) as caught:
        read(text)
    assert message in caught.value.message
