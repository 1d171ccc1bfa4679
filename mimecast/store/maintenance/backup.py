"""Backup: one SQLite file with everything in the store, whichever database it is in; and restoring it.

A backup is read in one transaction, so it is consistent while the store is in use. A restore is written in one
transaction, so one that fails or is killed changes nothing, and other processes may go on using the store.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, select
from sqlalchemy.engine import URL

from mimecast.files import replace_file
from mimecast.formatting import join_and, pluralize
from mimecast.problem import Problem
from mimecast.store.database.engine import SQLITE, make_engine, parse_url, sqlite_file, transaction
from mimecast.store.database.postgresql import lock_against_writes
from mimecast.store.database.quarantine import exclusive_lock, quarantine
from mimecast.store.database.schema import MIGRATIONS, data_tables, migrate, notes, snapshots, targets, version_of
from mimecast.store.errors import StoreDamaged, StoreError, StoreNewer
from mimecast.store.maintenance.rows import copy_rows
from mimecast.store.store import Store

PROTECTED_TABLES: Final = {snapshots: "snapshot", notes: "note", targets: "target"}
"""Tables whose rows a restore may not lose without being told to, and what a row is called.

The rows of other tables follow from these, or are about the moment.
"""


class BackupFailed(Problem):
    """The backup could not be written. A file that already had this name is unchanged."""

    title = "The backup was not written"
    remedy = "Choose another place."


class BackupUnusable(Problem):
    """The file cannot be restored. The store was not changed."""

    title = "The backup cannot be used"
    remedy = "Restore a file that backup wrote; the store was not changed."


class StoreHasNewerData(Problem):
    """The store holds rows that the backup does not. It was not changed."""

    title = "The store is newer than the backup"
    remedy = "Back it up first, then say --force to replace it nevertheless."


def write_backup(store: Store, file: Path) -> dict[str, int]:
    """Write everything in the store into a file, which is replaced only by a complete and sound backup.

    Returns the number of rows by table. Raises BackupFailed, StoreError.
    """
    with _temporary_folder() as folder:
        backup = folder / "backup.db"
        rows = _write(store, backup)
        try:
            with backup.open("rb") as source, replace_file(file) as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            raise BackupFailed(f"{file} cannot be written: {error.strerror}.") from None
    return rows


def backup_bytes(store: Store) -> bytes:
    """Return the content of a backup file. Raises BackupFailed, StoreError."""
    with _temporary_folder() as folder:
        backup = folder / "backup.db"
        _write(store, backup)
        return backup.read_bytes()


def restore_backup(url: str, file: Path, *, force: bool, now: datetime) -> tuple[dict[str, int], Path | None]:
    """Replace everything in the store with the contents of a backup.

    Without `force` nothing is changed when the store holds what the backup does not, or is damaged. With it, a damaged
    SQLite file is quarantined, not overwritten. Returns the restored rows by table, and the quarantined file, if any.
    Raises BackupUnusable, StoreHasNewerData, StoreError.
    """
    with _temporary_folder() as folder:
        backup = _open_backup(file, folder)
        try:
            return _replace(url, backup, force=force), None
        except StoreDamaged as problem:
            damaged = sqlite_file(parse_url(url))
            if damaged is None:
                raise
            if not force:
                raise StoreDamaged(
                    problem.message, remedy="Say --force to set it aside and restore the backup in its place."
                ) from None
        with exclusive_lock(damaged):
            quarantined = quarantine(damaged, now=now)
        return _replace(url, backup, force=force), quarantined


def _write(store: Store, file: Path) -> dict[str, int]:
    with transaction(_engine(file), write=True) as target:
        migrate(target)
        with store.reading() as source:
            if not source.execute(select(snapshots.c.account).limit(1)).first():
                raise StoreError("Nothing is stored yet, so there is nothing to back up.", remedy="")
            rows = copy_rows(source, target)
    _finish(file)
    return rows


def _replace(url: str, backup: Engine, *, force: bool) -> dict[str, int]:
    store = Store.open(url)
    with transaction(backup) as source, store.writing() as target:
        lock_against_writes(target, data_tables())
        if target.dialect.name == SQLITE and target.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
            raise StoreDamaged(f"{store.name} is damaged.")
        if not force and (newer := _count_missing(target, source)):
            data = join_and([pluralize(count, noun) for noun, count in newer.items()])
            raise StoreHasNewerData(f"The store holds {data} that the backup does not. Nothing was changed.")
        for table in reversed(data_tables()):
            target.execute(table.delete())
        return copy_rows(source, target)


def _count_missing(store: Connection, backup: Connection) -> dict[str, int]:
    """Return how many rows of the protected tables are in the store but not in the backup, by what they are called."""
    missing = {}
    for table, noun in PROTECTED_TABLES.items():
        known = {tuple(row) for row in backup.execute(select(table))}
        if count := sum(tuple(row) not in known for row in store.execute(select(table))):
            missing[noun] = count
    return missing


def _open_backup(file: Path, folder: Path) -> Engine:
    """Return a checked copy of a backup in `folder`, brought to the newest version. The file itself is not changed."""
    copy = folder / "backup.db"
    if not file.is_file():
        raise BackupUnusable(f"{file} does not exist.", remedy="Check its name and place; the store was not changed.")
    reason = ""
    for options in ("mode=ro", "mode=ro&immutable=1"):
        try:
            with (
                closing(sqlite3.connect(f"file:{quote(os.fspath(file))}?{options}", uri=True)) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
                checked = target.execute("PRAGMA integrity_check").fetchone()
            reason = "" if checked == ("ok",) else "is damaged"
            break
        except sqlite3.Error:
            reason = "is damaged, or is not a SQLite database"
    if reason:
        raise BackupUnusable(f"{file} {reason}.")
    engine = _engine(copy)
    with transaction(engine, write=True) as connection:
        version = version_of(connection)
        if version > len(MIGRATIONS):
            raise StoreNewer(
                f"{file} has version {version}; this dashboard knows up to version {len(MIGRATIONS)}.",
                title="The backup is newer than this dashboard",
            )
        if not version:
            raise BackupUnusable(f"{file} is not a backup of this dashboard.")
        migrate(connection)
    return engine


def _engine(file: Path) -> Engine:
    return make_engine(URL.create(SQLITE, database=os.fspath(file)))


def _finish(file: Path) -> None:
    """Make a SQLite file readable anywhere, without a log beside it. Raises BackupFailed when it is not sound."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupFailed("What was written is damaged.", remedy="Check the disk of the temporary folder.")


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Create a folder on a disk of this machine: SQLite does not work on every network share."""
    with tempfile.TemporaryDirectory(prefix="safe-score-") as folder:
        yield Path(folder)
