"""Backup and restore: one file with everything, consistent while in use, and nothing newer lost unasked."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Source
from mimecast.settings.project import PROJECT
from mimecast.store.annotations.notes import delete_note, load_notes, write_note
from mimecast.store.annotations.targets import clear_target, load_target
from mimecast.store.database.tables import data_tables, people_captures
from mimecast.store.errors import StoreDamaged, StoreError, StoreNewer
from mimecast.store.imports import import_snapshots, read_imports, undo_import
from mimecast.store.maintenance.backup import backup_bytes, write_backup
from mimecast.store.maintenance.restore import (
    PROTECTED_TABLES,
    BackupUnusable,
    Restored,
    RestoreMode,
    StoreHasNewerData,
    restore_backup,
)
from mimecast.store.scheduled_runs import newest_runs, save_runs
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY
from tests.support.processes import CommandLine, assert_failed
from tests.support.stores.contents import all_rows, fill_every_table, snapshot_after
from tests.support.stores.databases import EVERY_DATABASE
from tests.support.stores.files import sqlite_path
from tests.support.stores.histories import history


def restore(url: str, file: Path, mode: RestoreMode = RestoreMode.REFUSE) -> Restored:
    return restore_backup(url, file, mode=mode, now=NOW)


def test_a_backup_holds_everything_and_comes_back_exactly(store: Store, tmp_path: Path) -> None:
    fill_every_table(store)
    file, elsewhere = tmp_path / "kept.db", f"sqlite:///{tmp_path / 'other.db'}"
    written = write_backup(store, file)
    assert (written["snapshots"], written["notes"], written["targets"], written["imports"]) == (4, 1, 1, 1)
    assert [path.name for path in tmp_path.iterdir() if "kept" in path.name] == ["kept.db"]
    assert restore(elsewhere, file) == Restored(written)
    assert all_rows(Store.open(elsewhere)) == all_rows(store)
    assert all_rows(Store.open(f"sqlite:///{file}")) == all_rows(store)
    assert read_imports(Store.open(elsewhere), "default")[0].file_name == "months.csv"
    (tmp_path / "sent.db").write_bytes(backup_bytes(store))
    assert all_rows(Store.open(f"sqlite:///{tmp_path / 'sent.db'}")) == all_rows(store)


def test_a_backup_is_consistent_while_someone_writes(store: Store, store_url: str, tmp_path: Path) -> None:
    """Each import is a pair of rows in two tables and of two accounts: a backup has both or none."""
    fill_every_table(store)
    script = (
        "import sys\nfrom datetime import *\nfrom mimecast.store.store import *\n"
        "from mimecast.domain.scores import ScoreCounts\n"
        "from mimecast.store.imports import import_snapshots\n"
        "store = Store.open(sys.argv[1]); start = datetime(2020, 1, 1, tzinfo=UTC); print('ready', flush=True)\n"
        "for hour in range(100000):\n"
        "    pair = [Snapshot(name, start + timedelta(hours=hour), ScoreCounts(1)) for name in ('left', 'right')]\n"
        "    import_snapshots(store, pair, file_name='x', author='', now=start)\n"
    )
    environment = {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen([sys.executable, "-c", script, store_url], env=environment, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        sizes = []
        for number in range(6):
            file = tmp_path / f"{number}.db"
            write_backup(store, file)
            held = all_rows(Store.open(f"sqlite:///{file}"))
            left, right = (sum(row[0] == name for row in held["snapshots"]) for name in ("left", "right"))
            assert left == right == len(held["imports"]) - 1
            assert len(held["imported_snapshots"]) == 2 * left + 1
            sizes.append(left)
        writer.kill()
    assert sizes[0] < sizes[-1]


def test_a_restore_refuses_to_lose_what_is_newer_unless_forced(store: Store, store_url: str, tmp_path: Path) -> None:
    fill_every_table(store)
    file = tmp_path / "kept.db"
    write_backup(store, file)
    before = all_rows(store)

    def refused(message: str) -> None:
        now = all_rows(store)
        with pytest.raises(StoreHasNewerData, match=message):
            restore(store_url, file)
        assert all_rows(store) == now
        restore(store_url, file, RestoreMode.REPLACE)
        assert all_rows(store) == before

    restore(store_url, file)
    assert all_rows(store) == before
    store.add([snapshot_after(7)])
    refused("holds 1 snapshot that the backup does not")
    (note,) = load_notes(store, "default")
    write_note(store, "default", TODAY, "Phishing", author="", now=NOW, today=TODAY, old=note)
    store.add([snapshot_after(7), snapshot_after(8)])
    refused("holds 2 snapshots and 1 note that")
    clear_target(store, "default", author="", now=NOW + timedelta(hours=1))
    refused("holds 1 target that")
    delete_note(store, note)
    restore(store_url, file)
    assert load_notes(store, "default") == [note]
    assert load_target(store, "default") is not None


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        ("snapshots", "4 snapshots"),
        ("notes", "1 note"),
        ("restart_notes", "1 baseline restart"),
        ("targets", "1 target"),
        ("reference_lines", "1 reference line"),
        ("implausible_answers", "1 mark of an implausible answer"),
        ("campaigns", "1 record of a campaign"),
        ("people_captures", "1 counted list of users"),
    ],
)
def test_what_only_the_store_holds_is_not_deleted_unasked(
    store: Store, store_url: str, tmp_path: Path, lost: str, named: str
) -> None:
    fill_every_table(store)
    with store.writing() as connection:
        row = {"listed": 9, "graded": 9, "summary_graded": 9, "has_intervals": 0, "source": Source.MIMECAST.value}
        connection.execute(people_captures.insert(), [{"account": "default", "taken_at": 1_790_000_000, **row}])
    file = tmp_path / "kept.db"
    write_backup(store, file)
    with closing(sqlite3.connect(file)) as backup:
        backup.execute(f"DELETE FROM {lost}")
        backup.commit()
    before = all_rows(store)
    with pytest.raises(StoreHasNewerData, match=f"holds {named} that the backup does not"):
        restore(store_url, file)
    assert all_rows(store) == before


def test_it_is_decided_for_every_table_whether_a_restore_protects_it() -> None:
    of_imports = {"imports", "imported_snapshots", "removals"}
    of_the_moment = {"runs", "alert_states", "messages", "deliveries", "dismissed_restarts"}
    of_people_captures = {"department_counts", "component_counts", "grade_intervals", "people_keys"}
    protected = {table.name for table in PROTECTED_TABLES}
    assert protected | of_imports | of_the_moment | of_people_captures == {table.name for table in data_tables()}


def test_a_file_that_is_no_sound_backup_changes_nothing(store: Store, store_url: str, tmp_path: Path) -> None:
    fill_every_table(store)
    before = all_rows(store)
    file = tmp_path / "kept.db"
    write_backup(store, file)
    whole = file.read_bytes()

    def refused(content: bytes, message: str) -> None:
        file.write_bytes(content)
        with pytest.raises((BackupUnusable, StoreNewer), match=message):
            restore(store_url, file, RestoreMode.REPLACE)
        assert all_rows(store) == before
        assert file.read_bytes() == content

    with pytest.raises(BackupUnusable, match="does not exist"):
        restore(store_url, tmp_path / "none.db", RestoreMode.REPLACE)
    refused(b"Dear all " * 900, "is damaged, or is not a SQLite database")
    refused(whole[: len(whole) // 2], "is damaged")
    refused(whole[:4096] + b"\xa5" * 300 + whole[4396:], "is damaged")
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE mail (text)").close()
    refused(file.read_bytes(), "is not a backup of this dashboard")
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO schema_version VALUES (99, '2030-01-01T00:00:00Z')").close()
    refused(file.read_bytes(), "has version 99")


def test_a_backup_of_an_older_version_is_brought_up_to_date(store_url: str, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    Store.open(f"sqlite:///{file}").add([snapshot_after(0)])
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "DROP TABLE notes; DROP TABLE targets; DROP TABLE imported_snapshots; DROP TABLE imports;"
            "DROP TABLE leases; DROP TABLE runs; DROP TABLE waits;"
            "DELETE FROM schema_version WHERE version > 1; PRAGMA journal_mode=DELETE"
        ).close()
    before = file.read_bytes()
    assert restore(store_url, file).rows["snapshots"] == 1
    assert list(Store.open(store_url).all_snapshots("default")) == [snapshot_after(0)]
    assert file.read_bytes() == before


def test_what_is_no_store_is_set_aside_by_force_only_and_never_overwritten(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    fill_every_table(store)
    before = all_rows(store)
    write_backup(store, tmp_path / "kept.db")
    damaged, content = sqlite_path(store_url), b"Dear all " * 900
    damaged.write_bytes(content)
    with pytest.raises(StoreDamaged, match="Use --force to set it aside"):
        restore(store_url, tmp_path / "kept.db")
    assert damaged.read_bytes() == content
    aside = restore(store_url, tmp_path / "kept.db", RestoreMode.REPLACE).quarantined
    assert aside == damaged.with_name("snapshots.db.damaged-2026-11-24T125011Z")
    assert aside.read_bytes() == content
    assert all_rows(Store.open(store_url)) == before


@pytest.fixture
def damaged_store(store: Store, store_url: str, tmp_path: Path) -> bytes:
    """Return the content of the store's file, which was damaged after a backup to `kept.db`."""
    fill_every_table(store)
    write_backup(store, tmp_path / "kept.db")
    content = b"SQLite format 3\x00" + b"\xff" * 9000
    sqlite_path(store_url).write_bytes(content)
    return content


def test_a_damaged_store_is_not_replaced_unless_told_to(
    command_line: CommandLine, store_url: str, tmp_path: Path, damaged_store: bytes
) -> None:
    refused = command_line("restore", "kept.db", variables={"SNAPSHOTS_URL": store_url})
    assert_failed(refused, 1, "snapshots.db is damaged", "Use --force to set it aside and restore the backup")
    assert sqlite_path(store_url).read_bytes() == damaged_store
    assert list(sqlite_path(store_url).parent.iterdir()) == [sqlite_path(store_url)]


@pytest.mark.parametrize("option", ["--force", "--merge"])
def test_a_damaged_store_is_set_aside_and_named_when_a_backup_takes_its_place(
    command_line: CommandLine, store_url: str, damaged_store: bytes, option: str
) -> None:
    done = command_line("restore", "kept.db", option, variables={"SNAPSHOTS_URL": store_url})
    assert done.returncode == 0
    (aside,) = sqlite_path(store_url).parent.glob("snapshots.db.damaged-*")
    assert done.stderr == f"The damaged store was set aside as {aside}.\n"
    assert aside.read_bytes() == damaged_store
    assert Store.open(store_url).accounts() == ["default", "fabrikam"]
    quarantined = Store.open(store_url).quarantined
    assert quarantined is not None
    assert "restore FILE --merge" in quarantined.remedy


def test_the_command_that_the_banner_names_keeps_the_days_since_and_brings_the_past_back(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, damaged_store: bytes
) -> None:
    captured = command_line("snapshot", variables=account_variables)
    assert "Restore a backup with python -m mimecast restore FILE --merge" in captured.stderr
    refused = command_line("restore", "kept.db", variables=account_variables)
    assert_failed(refused, 1, "holds 1 snapshot that the backup does not", "Use --merge to keep that data")
    merged = command_line("restore", "kept.db", "--merge", variables=account_variables)
    assert (merged.returncode, merged.stdout) == (0, "4 snapshots and 1 note added from kept.db.\n")
    assert len(list(Store.open(store_url).all_snapshots("default"))) == 4
    assert damaged_store


def test_nothing_stored_is_nothing_to_back_up(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    file.write_text("the good one")
    with pytest.raises(StoreError, match="nothing to back up"):
        write_backup(store, file)
    assert file.read_text() == "the good one"


def test_backup_and_restore_from_the_command_line(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    assert_failed(command_line("backup", "kept.db", variables=account_variables), 1, "Nothing is stored yet")
    assert not sqlite_path(store_url).exists()
    store = Store.open(store_url)
    fill_every_table(store)
    before = all_rows(store)
    done = command_line("backup", "kept.db", variables=account_variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4 snapshots and 1 note written to kept.db.\n", "")
    store.add([snapshot_after(9)])
    done = command_line("restore", "kept.db", variables=account_variables)
    assert_failed(done, 1, "holds 1 snapshot that the backup does not", "Use --merge to keep that data")
    assert len(list(store.all_snapshots("default"))) == 4
    done = command_line("restore", "kept.db", "--force", variables=account_variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4 snapshots and 1 note restored from kept.db.\n", "")
    assert all_rows(store) == before
    assert command_line("restore", "kept.db", "--force", "--merge", variables=account_variables).returncode == 2
    for verb in (["backup"], ["restore", "--force"], ["restore", "--merge"]):
        done = command_line(*verb, os.fspath(sqlite_path(store_url)), variables=account_variables)
        assert_failed(done, 2, "is the store itself")
    assert_failed(
        command_line("backup", "none/kept.db", variables=account_variables), 1, "none/kept.db cannot be written"
    )
    assert_failed(command_line("restore", "none.db", variables=account_variables), 1, "none.db does not exist")
    assert all_rows(store) == before


def test_a_backup_without_room_for_it_is_named_and_the_older_one_is_kept(
    store: Store, store_url: str, project: Path, tmp_path: Path
) -> None:
    store.add(history(3000))
    (tmp_path / "kept.db").write_text("the good one")
    size = sqlite_path(store_url).stat().st_size // 2
    done = subprocess.run(
        [sys.executable, "-m", "mimecast", "backup", "kept.db"],
        capture_output=True,
        text=True,
        env={**os.environ, "SNAPSHOTS_URL": store_url, "PYTHONPATH": str(project)},
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        timeout=60,
        check=False,
    )
    assert_failed(done, 1, "backup.db cannot be read or written. Look for a quota")
    assert (tmp_path / "kept.db").read_text() == "the good one"
    assert list(tmp_path.glob("*.part")) == []


# Merge


@EVERY_DATABASE
def test_a_merge_adds_what_the_store_lacks_and_keeps_what_it_has(store: Store, store_url: str, tmp_path: Path) -> None:
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    fill_every_table(other)
    write_backup(other, tmp_path / "kept.db")
    changed = replace(snapshot_after(0), counts=ScoreCounts(9, 9))
    store.add([changed, snapshot_after(7)])
    write_note(store, "default", TODAY, "Acquired Fabrikam", author="", now=NOW, today=TODAY)
    merged = restore(store_url, tmp_path / "kept.db", RestoreMode.MERGE)
    assert (merged.rows["snapshots"], merged.rows["notes"], merged.different) == (3, 1, 1)
    assert list(store.all_snapshots("default")) == [
        replace(snapshot_after(-5), source=Source.IMPORTED),
        changed,
        snapshot_after(1),
        snapshot_after(7),
    ]
    assert len(load_notes(store, "default")) == 2
    assert load_target(store, "default") is not None
    again = restore(store_url, tmp_path / "kept.db", RestoreMode.MERGE)
    assert (sum(again.rows.values()), again.different) == (0, 1)


@EVERY_DATABASE
def test_undoing_a_merged_import_removes_its_snapshots_and_none_of_the_stores_own(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    both = [snapshot_after(-5), snapshot_after(-6)]
    import_snapshots(other, both, file_name="months.csv", author="", now=NOW)
    write_backup(other, tmp_path / "kept.db")
    store.add(both[:1])
    restore(store_url, tmp_path / "kept.db", RestoreMode.MERGE)
    (entry,) = read_imports(store, "default")
    assert entry.remaining == undo_import(store, entry.id) == 1
    assert list(store.all_snapshots("default")) == both[:1]


@EVERY_DATABASE
@pytest.mark.parametrize("mode", [RestoreMode.REPLACE, RestoreMode.MERGE])
def test_runs_are_recorded_after_those_that_were_restored(
    store: Store, store_url: str, tmp_path: Path, mode: RestoreMode
) -> None:
    """The store numbers them, and both stores began with 1."""
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    fill_every_table(other)
    old, new, newest = (
        Run("default", NOW + timedelta(days=day), NOW + timedelta(days=day), RunOutcome.STORED) for day in (0, 1, 2)
    )
    save_runs(other, old)
    write_backup(other, tmp_path / "kept.db")
    save_runs(store, new)
    restore(store_url, tmp_path / "kept.db", mode)
    save_runs(store, newest)
    merged = [new] if mode is RestoreMode.MERGE else []
    assert newest_runs(store, "default") == [newest, *merged, old]
