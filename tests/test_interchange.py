"""Export and import: exact in both forms, and a broken file is named by line and leaves nothing behind."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.snapshot_csv import ImportFileInvalid, read_snapshots, write_csv, write_json
from tests.support.clock import NOW
from tests.support.strategies import IMPORTED_SNAPSHOTS

HEADER = "account,taken_at,a,b,c,d,f,other"


@pytest.mark.parametrize("write", [write_csv, write_json])
@given(some.lists(IMPORTED_SNAPSHOTS, min_size=1, max_size=5))
def test_a_round_trip_is_exact(write: type, snapshots: list[Snapshot]) -> None:
    file = io.StringIO()
    assert write(snapshots, file) == len(snapshots)
    assert read_snapshots(io.StringIO(file.getvalue()), now=NOW) == snapshots


def test_the_columns_are_the_documented_ones() -> None:
    snapshot = Snapshot("contoso", NOW, ScoreCounts(522, 338, 212, 91, 41))
    as_csv, as_json = io.StringIO(), io.StringIO()
    write_csv([snapshot], as_csv)
    write_json([snapshot], as_json)
    assert as_csv.getvalue() == f"{HEADER}\ncontoso,2026-11-24T12:50:11Z,522,338,212,91,41,0\n"
    assert list(json.loads(as_json.getvalue())) == HEADER.split(",")


def test_what_a_spreadsheet_does_to_a_file_is_forgiven() -> None:
    text = f"\ufeff{HEADER}\r\ncontoso,2026-11-24T03:00:00Z,1,2,3,4,5,0\r\n"
    (read,) = read_snapshots(io.StringIO(text, newline=""), now=NOW)
    assert read.counts == ScoreCounts(1, 2, 3, 4, 5)
    semicolons = text.replace(",", ";") + ";;;;;;;\r\n"
    assert read_snapshots(io.StringIO(semicolons, newline=""), now=NOW) == [read]
    moved = "taken_at,account,other,f,d,c,b,a\n2026-11-24T03:00:00Z,contoso,0,5,4,3,2,1\n"
    assert read_snapshots(io.StringIO(moved), now=NOW) == [read]


LINE = "contoso,2026-11-24T03:00:00Z,1,2,3,4,5,0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n  \n", "is empty"),
        (f"{LINE}\n", "The first row is not the header account,taken_at"),
        (f"{HEADER},more\n{LINE},1\n", "The first row has the unknown column 'more'"),
        (f"{HEADER[:-6]}\n{LINE[:-2]}\n", "The first row lacks the column 'other'"),
        (f"{HEADER},a\n{LINE},1\n", "The first row repeats 'a'"),
        (f"{HEADER}\n{LINE}\ncontoso,2026-11-24T03:00:00Z,1\n", "Row 3 ends before the column b"),
        (f"{HEADER}\n{LINE},9\n", "Row 2 has more than 8 columns"),
        (f'{HEADER}\n"contoso\n', "is not CSV"),
        (f"{HEADER}\n{LINE.replace('1,2', '-1,2')}\n", "Row 2, column a: this is not a whole number"),
        (f"{HEADER}\n{LINE.replace('4,5', '4.5,5')}\n", "Row 2, column d: this is not a whole number"),
        (f"{HEADER}\n{LINE.replace('4,5', 'four,5')}\n", "Row 2, column d: this is not a whole number"),
        (f"{HEADER}\n{LINE.replace('4,5', ',5')}\n", "Row 2, column d: it is empty; write 0 for nobody"),
        (f"{HEADER}\n{LINE.replace('4,5', '٤,5')}\n", "Row 2, column d: this is not a whole number"),
        (f"{HEADER}\n{LINE.replace('2026', '2036')}\n", "Row 2, column taken_at: this is in the future"),
        (f"{HEADER}\n{LINE.replace('T03:00:00Z', '')}\n", "Row 2, column taken_at: this is not a time"),
        (f"{HEADER}\n{LINE.replace('11-24', '02-30')}\n", "Row 2, column taken_at: this is not a time"),
        (f"{HEADER}\n{LINE.replace('2026-11-24T03:00:00Z', '')}\n", "Row 2, column taken_at: it is empty"),
        (f"{HEADER}\n={LINE}\n", "Row 2, column account: this is not an account's id"),
        ('{"account": "contoso"}\n', "Row 1 lacks the column taken_at"),
        ("{broken\n", "Row 1 is not an object with the keys account, taken_at"),
    ],
)
def test_a_broken_file_is_named_by_row_and_column(text: str, said: str) -> None:
    with pytest.raises(ImportFileInvalid) as caught:
        read_snapshots(io.StringIO(text), now=NOW)
    assert said in str(caught.value)
    assert "nothing of this" in str(caught.value)


@pytest.mark.parametrize("value", [True, None, 1.5, -1, "1x", [1]])
def test_json_counts_are_checked_as_strictly(value: object) -> None:
    row = dict(zip(HEADER.split(","), ["contoso", "2026-11-24T03:00:00Z", 1, 2, 3, 4, 5, 0], strict=True))
    with pytest.raises(ImportFileInvalid, match="Row 1, column f: this is not a whole number"):
        read_snapshots(io.StringIO(json.dumps(row | {"f": value})), now=NOW)
    with pytest.raises(ImportFileInvalid, match="Row 1 has the unknown column 'g'"):
        read_snapshots(io.StringIO(json.dumps(row | {"g": 1})), now=NOW)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ImportFileInvalid, match="In Excel save it as “CSV UTF-8”"):
        read_snapshots(io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), encoding="utf-8"), now=NOW)


def test_an_imported_snapshot_says_so() -> None:
    file = io.StringIO()
    live = Snapshot("contoso", NOW, ScoreCounts(1), Source.MIMECAST)
    write_csv([live], file)
    assert read_snapshots(io.StringIO(file.getvalue()), now=NOW) == [replace(live, source=Source.IMPORTED)]
