"""Imports: a file goes in whole or not at all, doubles nothing, and can be taken back as a whole."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.exports.text_files import write_csv, write_json
from mimecast.reports.snapshots.reader import read_snapshots
from mimecast.reports.snapshots.rows import snapshots_table
from mimecast.store.imports import ImportGone, import_snapshots, read_imports, undo_import
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine, assert_failed
from tests.support.stores.databases import SQLITE_FIRST
from tests.support.strategies import IMPORTED_SNAPSHOTS

pytestmark = SQLITE_FIRST

HEADER = "account,taken_at,a,b,c,d,f,other"


def taken(hours: int, account: str = "contoso", *, a: int = 5, source: Source = Source.MIMECAST) -> Snapshot:
    return Snapshot(account, NOW + timedelta(hours=hours), ScoreCounts(a, 4, 3, 2, 1), source)


def imported(store: Store, *rows: Snapshot, file_name: str = "months.csv", author: str = "") -> AddResult:
    return import_snapshots(store, rows, file_name=file_name, author=author, now=NOW)


def test_imported_snapshots_are_marked_and_listed_with_who_when_and_from_which_file(store: Store) -> None:
    assert imported(store, taken(0), taken(1), author="lead@contoso.example", file_name="C/kept/months.csv").new == 2
    assert {snapshot.source for snapshot in store.all_snapshots("contoso")} == {Source.IMPORTED}
    (entry,) = read_imports(store, "contoso")
    assert (entry.file_name, entry.author, entry.added, entry.remaining) == ("months.csv", "lead@contoso.example", 2, 2)
    assert (entry.imported_at, entry.oldest, entry.newest) == (NOW, NOW, NOW + timedelta(hours=1))


def test_duplicates_are_counted_and_not_doubled(store: Store) -> None:
    store.add([taken(0), taken(1)])
    rows = [taken(0), taken(1, a=9), taken(2), taken(2), taken(2, a=9)]
    assert store.compare(rows) == AddResult(new=1, already_there=4, different=2)
    assert imported(store, *rows) == AddResult(new=1, already_there=4, different=2)
    assert imported(store, *rows) == AddResult(new=0, already_there=5, different=2)
    assert store.compare(rows) == AddResult(new=0, already_there=5, different=2)
    assert [(snapshot.taken_at.hour, snapshot.source.value) for snapshot in store.all_snapshots("contoso")] == [
        (12, "mimecast"),
        (13, "mimecast"),
        (14, "imported"),
    ]
    assert len(read_imports(store, "contoso")) == 1


def test_one_import_is_undone_as_a_whole_and_touches_nothing_else(store: Store) -> None:
    store.add([taken(0)])
    imported(store, taken(1), file_name="first.csv")
    imported(store, taken(0), taken(1), taken(2), taken(3, "fabrikam"), file_name="second.csv")
    second = next(entry for entry in read_imports(store, "contoso") if entry.file_name == "second.csv")
    assert read_imports(store, "fabrikam") == [second]
    assert undo_import(store, second.id) == 2
    assert [snapshot.taken_at for snapshot in store.all_snapshots("contoso")] == [NOW, NOW + timedelta(hours=1)]
    assert store.accounts() == ["contoso"]
    assert [entry.file_name for entry in read_imports(store, "contoso")] == ["first.csv"]
    with pytest.raises(ImportGone, match="undone this import in the meantime"):
        undo_import(store, second.id)


def test_what_was_undone_can_be_imported_again(store: Store) -> None:
    imported(store, taken(0))
    undo_import(store, read_imports(store, "contoso")[0].id)
    assert imported(store, taken(0)).new == 1
    assert len(read_imports(store, "contoso")) == 1


def test_a_large_file_is_one_import(store: Store) -> None:
    assert imported(store, *(taken(hour) for hour in range(3500))).new == 3500
    assert undo_import(store, read_imports(store, "contoso")[0].id) == 3500
    assert store.accounts() == []


@pytest.mark.parametrize("write", [write_csv, write_json])
@given(some.lists(IMPORTED_SNAPSHOTS, min_size=1, max_size=6))
@settings(deadline=None)  # a store each time, on machines that may be busy
def test_export_import_export_gives_the_same_bytes(write: Callable[..., int], snapshots: list[Snapshot]) -> None:
    store, other = Store.open("sqlite://"), Store.open("sqlite://")
    store.add(snapshots)
    file = exported(store, write)
    rows = read_snapshots(file.encode(), now=datetime.now(UTC))
    added = import_snapshots(other, rows, file_name="x", author="", now=NOW)
    assert (added.already_there, added.different) == (0, 0)
    assert exported(other, write) == file


def exported(store: Store, write: Callable[..., int]) -> str:
    out = io.StringIO()
    snapshots = (snapshot for account in store.accounts() for snapshot in list(store.all_snapshots(account)))
    write(snapshots_table(snapshots), out)
    return out.getvalue()


def test_the_command_line_marks_what_it_imports(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    rows = "account;taken_at;a;b;c;d;f;other\r\ndefault;2026-01-31T12:00:00Z;1;2;3;4;5;0\r\n;;;;;;;\r\n"
    (tmp_path / "months.csv").write_bytes(b"\xef\xbb\xbf" + rows.encode())
    done = command_line("import", "months.csv", variables=account_variables)
    assert (done.returncode, done.stdout) == (0, "1 snapshot added, 0 already there.\n")
    store = Store.open(store_url)
    assert [snapshot.source for snapshot in store.all_snapshots("default")] == [Source.IMPORTED]
    assert [(entry.file_name, entry.added) for entry in read_imports(store, "default")] == [("months.csv", 1)]


def rows_of(day: int, account: str = "default") -> str:
    return f"{account},2026-01-{day:02}T12:00:00Z,1,2,3,4,5,0\n"


def test_the_command_line_imports_several_files(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{rows_of(1)}{rows_of(2)}")
    (tmp_path / "b.csv").write_text(f"{HEADER}\n{rows_of(2)}{rows_of(3)}")
    done = command_line("import", "a.csv", "b.csv", variables=account_variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "a.csv: 2 snapshots added, 0 already there.\nb.csv: 1 snapshot added, 1 already there.\n"
    imports = {entry.file_name: entry.added for entry in read_imports(Store.open(store_url), "default")}
    assert imports == {"a.csv": 2, "b.csv": 1}
    done = command_line("import", "--json", "a.csv", "b.csv", variables=account_variables)
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["a.csv", "b.csv"]


def test_an_invalid_file_among_several_is_named_and_none_is_imported(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{rows_of(1)}")
    (tmp_path / "b.csv").write_text(f"{HEADER}\n{rows_of(2).replace('2026', '0206')}")
    run = command_line("import", "a.csv", "b.csv", variables=account_variables)
    assert_failed(run, 1, "b.csv: Row 2, column taken_at: '0206-01-02T12:00:00Z' is before", "Nothing was imported.")
    run = command_line("import", "a.csv", "missing.csv", variables=account_variables)
    assert_failed(run, 2, "missing.csv: missing.csv cannot be read", "Nothing was imported.")
    (tmp_path / "b.csv").write_text(f"{HEADER}\n{rows_of(2, 'elsewhere')}")
    run = command_line("import", "a.csv", "b.csv", variables=account_variables)
    assert_failed(run, 2, "b.csv holds snapshots of elsewhere", "Nothing was imported")
    assert Store.open(store_url).accounts() == []


def test_sample_data_enters_no_real_history(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    """Neither under the account of its file nor under another one."""
    exported = command_line("export", variables={"SNAPSHOTS_URL": f"sqlite:///{tmp_path}/none.db"}).stdout
    for arguments in ([], ["--account", "default"]):
        run = command_line("import", "-", *arguments, variables=account_variables, text=exported)
        assert_failed(run, 1, "Row 2, column account: 'sample' marks sample data, which is never imported")
    assert Store.open(store_url).accounts() == []


def test_a_message_about_other_counts_agrees_with_their_number(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    command_line("import", "-", variables=account_variables, text=f"{HEADER}\n{rows_of(1)}{rows_of(2)}{rows_of(3)}")
    for days, message in (
        ((1,), "1 snapshot in the file has different counts from the one stored for"),
        ((1, 2, 3), "3 snapshots in the file have different counts from those stored for"),
    ):
        text = f"{HEADER}\n" + "".join(map(rows_of, days)).replace(",1,2,", ",7,2,")
        assert message in command_line("import", "-", variables=account_variables, text=text).stderr


def test_standard_input_may_be_utf_16(
    project: Path, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    """As PowerShell writes text to a file or a pipe."""
    environment = {**os.environ, **account_variables, "PYTHONPATH": str(project), "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "mimecast", "import", "-", "--quiet"]
    content = f"\ufeff{HEADER}\n{rows_of(1)}".encode("utf-16-le")
    run = subprocess.run(command, input=content, capture_output=True, env=environment, cwd=tmp_path, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert len(list(Store.open(store_url).all_snapshots("default"))) == 1
