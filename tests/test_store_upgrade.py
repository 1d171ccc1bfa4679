"""Upgrades of the store: backed up before, refused only where an older version cannot cope with them."""

from __future__ import annotations

import gzip
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mimecast.settings.project import PROJECT
from mimecast.store.database import migrations
from mimecast.store.database import open_database as open_database_module
from mimecast.store.database.files.upgrade_backup import MAX_BACKUPS, upgrade_backups
from mimecast.store.database.migrations import ADDITIONS, MIGRATIONS
from mimecast.store.database.open_database import open_database
from mimecast.store.database.tables import snapshots
from mimecast.store.errors import StoreFull, StoreNewer
from mimecast.store.maintenance.backup import write_backup
from mimecast.store.maintenance.rename import rename_account
from mimecast.store.maintenance.restore import RestoreMode, restore_backup
from mimecast.store.maintenance.transfer import copy_store
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.stores.contents import all_rows, fill_every_table, snapshot_after
from tests.support.stores.databases import EVERY_DATABASE
from tests.support.stores.files import other_files, sqlite_path
from tests.support.stores.histories import history
from tests.support.stores.postgresql_cluster import USER, Cluster

OLD_STORE = Path(__file__).parent / "fixtures" / "upgrade" / "snapshots.db.gz"
"""A store that version 0.1.0 wrote."""

VERSIONS_OF_0_1_0 = [1, 2, 3]
"""The versions of the tables that version 0.1.0 knows; it refuses a store that lists a higher one."""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    file = tmp_path / "store" / "snapshots.db"
    file.parent.mkdir()
    file.write_bytes(gzip.decompress(OLD_STORE.read_bytes()))
    return file


def versions_in(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [version for (version,) in connection.execute("SELECT version FROM schema_version ORDER BY version")]


# The backup before an upgrade


def test_a_store_is_backed_up_before_it_is_upgraded_and_the_backup_is_named(
    old_file: Path, command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    done = command_line("snapshot", variables=account_variables | {"SNAPSHOTS_URL": f"sqlite:///{old_file}"})
    (backup,) = upgrade_backups(old_file)
    assert done.returncode == 0
    assert done.stderr == f"The store is being upgraded. A backup from before is {backup}.\n"
    assert other_files(old_file) == [backup.name]
    assert versions_in(backup) == VERSIONS_OF_0_1_0
    with closing(sqlite3.connect(backup)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert connection.execute("SELECT count(*) FROM snapshots").fetchone() == (51,)
    assert "schema_additions" not in tables
    assert command_line("export", variables={"SNAPSHOTS_URL": f"sqlite:///{old_file}"}).stderr == ""


def test_the_previous_version_opens_the_backup_and_the_upgraded_store(old_file: Path) -> None:
    """It looks at the highest version in the store, and at its own tables."""
    Store.open(f"sqlite:///{old_file}")
    with newer_version():
        Store.open(f"sqlite:///{old_file}")
    for file in (old_file, *upgrade_backups(old_file)):
        assert versions_in(file) == VERSIONS_OF_0_1_0


def test_a_rollback_to_the_backup_brings_everything_back(old_file: Path) -> None:
    before = old_file.read_bytes()
    store = Store.open(f"sqlite:///{old_file}")
    rows = all_rows(store)
    store.add(history(3))
    (backup,) = upgrade_backups(old_file)
    backup.replace(old_file)
    assert old_file.read_bytes()[100:] == before[100:], "the same pages, after the header with its counters"
    assert all_rows(Store.open(f"sqlite:///{old_file}")) == rows


def test_only_the_newest_backups_are_kept(old_file: Path) -> None:
    content = old_file.read_bytes()
    for day in range(5):
        old_file.write_bytes(content)
        open_database(f"sqlite:///{old_file}", now=NOW + timedelta(days=day))
    days = [path.name.removeprefix("snapshots.db.before-upgrade-")[:10] for path in upgrade_backups(old_file)]
    assert days == ["2026-11-26", "2026-11-27", "2026-11-28"]
    assert len(days) == MAX_BACKUPS


def test_opening_a_store_that_is_up_to_date_makes_no_backup(store: Store, store_url: str) -> None:
    store.add(history(3))
    Store.open(store_url)
    assert other_files(sqlite_path(store_url)) == []


OPENS = """
import sys
from mimecast.store.store import Store
store = Store.open(sys.argv[1])
print(type(store.read_only).__name__, store.read_only, len(list(store.all_snapshots("contoso"))))
"""


def test_without_room_for_the_backup_the_store_is_not_upgraded_but_still_read(old_file: Path) -> None:
    before = old_file.read_bytes()
    opened = subprocess.run(
        [sys.executable, "-c", OPENS, f"sqlite:///{old_file}"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PROJECT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, len(before) // 2)),
        timeout=60,
        check=False,
    )
    assert opened.stderr == ""
    assert opened.stdout.startswith(f"{StoreFull.__name__} There is no room for the backup of {old_file}")
    assert opened.stdout.endswith(" 48\n")
    assert (old_file.read_bytes(), other_files(old_file)) == (before, [])


# Newer and older versions on one store


@contextmanager
def newer_version() -> Iterator[None]:
    """Make this process a newer version, which has an additional table and column."""

    def extend(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE departments (account VARCHAR(40) PRIMARY KEY, users BIGINT)")
        connection.exec_driver_sql("ALTER TABLE snapshots ADD COLUMN is_implausible INTEGER DEFAULT 0 NOT NULL")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "ADDITIONS", {**ADDITIONS, "departments": extend})
        yield


@contextmanager
def incompatible_version() -> Iterator[None]:
    """Make this process a newer version, which has removed a column that this version needs."""

    def contract(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE snapshots DROP COLUMN other_letters")

    with pytest.MonkeyPatch.context() as patch:
        for module in (migrations, open_database_module):
            patch.setattr(module, "MIGRATIONS", (*MIGRATIONS, contract))
        yield


@pytest.fixture
def extended_store(store: Store, store_url: str) -> Store:
    """Return a store that a newer version has extended, as this version opened it before."""
    fill_every_table(store)
    with newer_version():
        Store.open(store_url)
    return store


@EVERY_DATABASE
@pytest.mark.usefixtures("extended_store")
def test_an_older_version_goes_on_reading_and_capturing_after_an_addition(
    store_url: str, command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    captured = command_line("snapshot", variables=account_variables)
    assert captured.returncode == 0
    assert [line for line in captured.stderr.splitlines() if "marked as implausible" not in line] == []
    exported = command_line("export", variables=account_variables)
    assert len(exported.stdout.splitlines()) == 1 + 5
    assert Store.open(store_url).add([snapshot_after(9)]).new == 1


@EVERY_DATABASE
def test_an_older_version_refuses_what_would_lose_an_addition(
    extended_store: Store, store_url: str, tmp_path: Path
) -> None:
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    fill_every_table(other)
    write_backup(other, tmp_path / "kept.db")
    before = all_rows(extended_store)
    for refused in (
        lambda: write_backup(extended_store, tmp_path / "incomplete.db"),
        lambda: copy_store(extended_store, Store.open(f"sqlite:///{tmp_path / 'copy.db'}")),
        lambda: rename_account(extended_store, "default", "contoso"),
        lambda: restore_backup(store_url, tmp_path / "kept.db", mode=RestoreMode.REPLACE, now=NOW),
    ):
        with pytest.raises(
            StoreNewer, match=r"newer version of the dashboard extended .* with departments, .*Update the dashboard"
        ):
            refused()
    assert not (tmp_path / "incomplete.db").exists()
    assert all_rows(extended_store) == before


@pytest.mark.usefixtures("extended_store")
def test_a_backup_of_a_newer_version_is_not_restored(store_url: str, tmp_path: Path) -> None:
    (tmp_path / "newer.db").write_bytes(sqlite_path(store_url).read_bytes())
    with pytest.raises(StoreNewer, match=r"newer\.db has departments"):
        restore_backup(f"sqlite:///{tmp_path / 'mine.db'}", tmp_path / "newer.db", mode=RestoreMode.REPLACE, now=NOW)


@EVERY_DATABASE
def test_an_incompatible_change_is_refused(store: Store, store_url: str) -> None:
    store.add(history(3))
    with incompatible_version():
        Store.open(store_url)
    for opened in (Store.open, Store.open_existing):
        with pytest.raises(StoreNewer, match="has version 4; this dashboard knows versions up to 3"):
            opened(store_url)


@EVERY_DATABASE
def test_a_snapshot_of_a_kind_that_only_a_newer_version_knows_is_no_crash(store: Store) -> None:
    store.add(history(3))
    with store.writing() as connection:
        connection.execute(snapshots.update().values(source="forecast"))
    with pytest.raises(StoreNewer, match="of a kind that this dashboard does not know"):
        store.newest("default")


@EVERY_DATABASE
def test_a_store_from_before_an_addition_gets_it_and_keeps_its_rows(store: Store, store_url: str) -> None:
    fill_every_table(store)
    before = all_rows(store)
    with newer_version():
        upgraded = Store.open(store_url)
    assert all_rows(upgraded) == before
    with upgraded.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM departments").scalar() == 0


def test_a_dashboard_that_may_only_read_works_before_another_machine_has_upgraded_the_database(
    cluster: Cluster,
) -> None:
    database = cluster.create_database()
    Store.open(cluster.url(database)).add(history(3))
    cluster.run(f"ALTER ROLE {USER} IN DATABASE {database} SET default_transaction_read_only = on")
    with newer_version():
        reader = Store.open(cluster.url(database))
    assert list(reader.all_snapshots("default")) == history(3)
    assert reader.read_only is not None
