"""Imports: a file goes in whole or not at all, doubles nothing, and can be taken back as a whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.snapshot_csv import write_csv, write_json
from mimecast.reports.snapshot_reader import read_snapshots
from mimecast.store.imports import ImportGone, import_snapshots, read_imports, undo_import
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.stores.databases import EVERY_DATABASE
from tests.support.strategies import IMPORTED_SNAPSHOTS

pytestmark = EVERY_DATABASE


def taken(hours: int, account: str = "contoso", *, a: int = 5, source: Source = Source.MIMECAST) -> Snapshot:
    return Snapshot(account, NOW + timedelta(hours=hours), ScoreCounts(a, 4, 3, 2, 1), source)


def imported(store: Store, *found: Snapshot, file_name: str = "months.csv", author: str = "") -> AddResult:
    return import_snapshots(store, found, file_name=file_name, author=author, now=NOW)


def test_imported_snapshots_are_marked_and_listed_with_who_when_and_from_which_file(store: Store) -> None:
    assert imported(store, taken(0), taken(1), author="lead@contoso.example", file_name="C/kept/months.csv").new == 2
    assert {one.source for one in store.all_snapshots("contoso")} == {Source.IMPORTED}
    (entry,) = read_imports(store, "contoso")
    assert (entry.file_name, entry.author, entry.added, entry.remaining) == ("months.csv", "lead@contoso.example", 2, 2)
    assert (entry.imported_at, entry.oldest, entry.newest) == (NOW, NOW, NOW + timedelta(hours=1))


def test_duplicates_are_counted_and_not_doubled(store: Store) -> None:
    store.add([taken(0), taken(1)])
    found = [taken(0), taken(1, a=9), taken(2), taken(2), taken(2, a=9)]
    assert store.compare(found) == AddResult(new=1, already_there=4, different=2)
    assert imported(store, *found) == AddResult(new=1, already_there=4, different=2)
    assert imported(store, *found) == AddResult(new=0, already_there=5, different=2)
    assert store.compare(found) == AddResult(new=0, already_there=5, different=2)
    assert [(one.taken_at.hour, one.source.value) for one in store.all_snapshots("contoso")] == [
        (12, "mimecast"),
        (13, "mimecast"),
        (14, "imported"),
    ]
    assert len(read_imports(store, "contoso")) == 1


def test_one_import_is_undone_as_a_whole_and_touches_nothing_else(store: Store) -> None:
    store.add([taken(0)])
    imported(store, taken(1), file_name="first.csv")
    imported(store, taken(0), taken(1), taken(2), taken(3, "fabrikam"), file_name="second.csv")
    second = next(one for one in read_imports(store, "contoso") if one.file_name == "second.csv")
    assert read_imports(store, "fabrikam") == [second]
    assert undo_import(store, second.id) == 2
    assert [one.taken_at for one in store.all_snapshots("contoso")] == [NOW, NOW + timedelta(hours=1)]
    assert store.accounts() == ["contoso"]
    assert [one.file_name for one in read_imports(store, "contoso")] == ["first.csv"]
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
    found = read_snapshots(file.encode(), now=datetime.now(UTC))
    added = import_snapshots(other, found, file_name="x", author="", now=NOW)
    assert (added.already_there, added.different) == (0, 0)
    assert exported(other, write) == file


def exported(store: Store, write: Callable[..., int]) -> str:
    out = io.StringIO()
    write((one for account in store.accounts() for one in list(store.all_snapshots(account))), out)
    return out.getvalue()


def test_the_command_line_marks_what_it_imports(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    rows = "account;taken_at;a;b;c;d;f;other\r\ndefault;2026-01-31T12:00:00Z;1;2;3;4;5;0\r\n;;;;;;;\r\n"
    (tmp_path / "months.csv").write_bytes(b"\xef\xbb\xbf" + rows.encode())
    done = command_line("import", "months.csv", variables=account_variables)
    assert (done.returncode, done.stdout) == (0, "1 snapshot added, 0 already there.\n")
    store = Store.open(store_url)
    assert [one.source for one in store.all_snapshots("default")] == [Source.IMPORTED]
    assert [(one.file_name, one.added) for one in read_imports(store, "default")] == [("months.csv", 1)]
