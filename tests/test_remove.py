"""Removal of one snapshot: asked for, recorded, and nothing else is touched."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.database.tables import removals
from mimecast.store.imports import import_snapshots, read_imports, undo_import
from mimecast.store.maintenance.backup import write_backup
from mimecast.store.maintenance.remove import SnapshotMissing, remove_snapshot, snapshots_at
from mimecast.store.maintenance.restore import RestoreMode, restore_backup
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine, assert_failed
from tests.support.stores.contents import fill_every_table, snapshot_after
from tests.support.stores.databases import EVERY_DATABASE, SQLITE_ONLY

pytestmark = EVERY_DATABASE

LATER = NOW + timedelta(days=1)


def test_one_snapshot_is_removed_and_the_store_records_it(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    fill_every_table(store)
    (chosen,) = snapshots_at(store, NOW, "default")
    with caplog.at_level(logging.INFO):
        remove_snapshot(store, chosen, now=LATER)
    assert [snapshot.taken_at for snapshot in store.all_snapshots("default")] == [
        NOW - timedelta(hours=5),
        NOW + timedelta(hours=1),
    ]
    assert list(store.all_snapshots("fabrikam")) == [snapshot_after(0, "fabrikam")]
    with store.reading() as connection:
        (row,) = connection.execute(select(removals))
    assert tuple(row) == ("default", int(NOW.timestamp()), int(LATER.timestamp()))
    assert caplog.messages == ["The snapshot 2026-11-24T12:50:11Z of default was removed."]
    with pytest.raises(SnapshotMissing):
        remove_snapshot(store, chosen, now=LATER)


def test_a_snapshot_that_is_stored_again_can_be_removed_again(store: Store) -> None:
    for _ in range(2):
        store.add([snapshot_after(0)])
        remove_snapshot(store, snapshot_after(0), now=LATER)
    assert store.accounts() == []


def test_a_removed_snapshot_is_no_longer_part_of_its_import(store: Store) -> None:
    import_snapshots(store, [snapshot_after(0), snapshot_after(1)], file_name="months.csv", author="", now=NOW)
    remove_snapshot(store, snapshot_after(0), now=LATER)
    (entry,) = read_imports(store, "default")
    assert entry.remaining == undo_import(store, entry.id) == 1


def test_a_merged_backup_does_not_bring_a_removed_snapshot_back(store: Store, store_url: str, tmp_path: Path) -> None:
    fill_every_table(store)
    write_backup(store, tmp_path / "kept.db")
    remove_snapshot(store, snapshot_after(1), now=LATER)
    restore_backup(store_url, tmp_path / "kept.db", mode=RestoreMode.MERGE, now=LATER)
    assert snapshot_after(1) not in store.all_snapshots("default")
    restore_backup(store_url, tmp_path / "kept.db", mode=RestoreMode.REPLACE, now=LATER)
    assert snapshot_after(1) in store.all_snapshots("default")


# From the command line


@pytest.fixture
def variables(store: Store, account_variables: dict[str, str]) -> dict[str, str]:
    fill_every_table(store)
    return account_variables


@SQLITE_ONLY
def test_it_asks_before_it_removes(store: Store, command_line: CommandLine, variables: dict[str, str]) -> None:
    question = "Remove the snapshot of default taken at 2026-11-24T13:50:11Z (15 users graded, 3 at risk)? It cannot be"
    for answer in ("\n", "n\n", "maybe\n"):
        declined = command_line("remove", "2026-11-24T13:50:11Z", variables=variables, text=answer)
        assert_failed(declined, 1, question, "Nothing was removed.")
        assert declined.stdout == ""
    assert len(list(store.all_snapshots("default"))) == 3
    removed = command_line("remove", "2026-11-24T13:50:11Z", variables=variables, text="y\n")
    assert removed.returncode == 0
    assert removed.stdout.startswith("Removed: the snapshot of default taken at 2026-11-24T13:50:11Z")
    assert len(list(store.all_snapshots("default"))) == 2


@SQLITE_ONLY
def test_without_a_terminal_it_needs_yes(store: Store, command_line: CommandLine, variables: dict[str, str]) -> None:
    assert_failed(command_line("remove", "2026-11-24T13:50:11Z", variables=variables, text=""), 2, "Add --yes")
    removed = command_line("remove", "2026-11-24T14:50:11+01:00", "--yes", "--json", variables=variables)
    assert (removed.returncode, removed.stderr) == (0, "")
    assert json.loads(removed.stdout) == {"removed": True, "account": "default", "taken_at": "2026-11-24T13:50:11Z"}
    assert len(list(store.all_snapshots("default"))) == 2


@SQLITE_ONLY
def test_of_several_accounts_one_has_to_be_chosen(
    store: Store, command_line: CommandLine, variables: dict[str, str]
) -> None:
    ambiguous = command_line("remove", "2026-11-24T12:50:11Z", "--yes", variables=variables)
    assert_failed(ambiguous, 2, "default and fabrikam have a snapshot taken at that time", "--account default")
    chosen = command_line("remove", "2026-11-24T12:50:11Z", "--account", "fabrikam", "--yes", variables=variables)
    assert chosen.returncode == 0
    assert store.accounts() == ["default"]


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["2026-11-24T12:50:12Z", "--yes"], 1, "No snapshot was taken at 2026-11-24T12:50:12Z"),
        (["2026-11-24T13:50:11Z", "--account", "fabrikam"], 1, "No snapshot of fabrikam was taken at"),
        (["2026-11-24"], 2, "is not an instant like 2026-11-24T03:00:00Z"),
        (["2026-11-24T13:50:11"], 2, "is not an instant like"),
        (["yesterday"], 2, "is not an instant like"),
    ],
)
@pytest.mark.usefixtures("store")
def test_what_is_not_there_is_named(
    command_line: CommandLine, variables: dict[str, str], arguments: list[str], status: int, message: str
) -> None:
    assert_failed(command_line("remove", *arguments, variables=variables), status, message)


@SQLITE_ONLY
@pytest.mark.parametrize("taken_at", [datetime(206, 1, 16, 3, tzinfo=UTC), datetime(2036, 1, 16, 3, tzinfo=UTC)])
def test_snapshots_that_no_page_shows_can_be_removed(
    store: Store, command_line: CommandLine, variables: dict[str, str], taken_at: datetime
) -> None:
    store.add([Snapshot("default", taken_at, ScoreCounts(1))])
    instant = f"{taken_at.year:04}-01-16T03:00:00Z"
    exported = command_line("export", "--account", "default", variables=variables)
    assert instant in exported.stdout, "as the command takes it"
    removed = command_line("remove", instant, "--yes", variables=variables)
    assert (removed.returncode, removed.stderr) == (0, "")
    assert instant in removed.stdout
    assert len(list(store.all_snapshots("default"))) == 3
