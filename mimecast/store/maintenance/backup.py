"""Backup: one SQLite file with everything in the store, whichever database it is in.

It is read in one transaction, so it is consistent while the store is in use.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.engine import URL

from mimecast.files import replace_file
from mimecast.problem import Problem
from mimecast.store.database.files.sqlite_files import is_intact, remove_log
from mimecast.store.database.migrations import migrate, refuse_unknown_additions
from mimecast.store.database.sqlite import SQLITE
from mimecast.store.database.tables import snapshots
from mimecast.store.database.transactions import make_engine, transaction
from mimecast.store.errors import StoreError
from mimecast.store.maintenance.rows import copy_rows
from mimecast.store.store import Store


class BackupFailed(Problem):
    """The backup could not be written. An existing file is unchanged."""

    title = "The backup was not written"
    remedy = "Choose another folder."


def write_backup(store: Store, file: Path) -> dict[str, int]:
    """Write everything in the store into a file, which is replaced only by a complete and sound backup.

    A new file can be read by its owner only; one that is replaced keeps its permissions. Returns the number of rows by
    table. Raises BackupFailed, StoreError.
    """
    with temporary_folder() as folder:
        backup = folder / "backup.db"
        rows = _write(store, backup)
        try:
            with backup.open("rb") as source, replace_file(file, private=True) as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            remedy = "Free some space, or choose another place." if is_full else None
            raise BackupFailed(f"{file} cannot be written: {error.strerror}.", remedy=remedy) from None
    return rows


def backup_bytes(store: Store) -> bytes:
    """Return the content of a backup file. Raises BackupFailed, StoreError."""
    with temporary_folder() as folder:
        backup = folder / "backup.db"
        _write(store, backup)
        try:
            return backup.read_bytes()
        except OSError as error:
            raise BackupFailed(f"The backup cannot be read: {error.strerror}.") from None


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder on a disk of this machine, since SQLite does not work on every network share.

    Raises BackupFailed when that is impossible.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="safe-score-", ignore_cleanup_errors=True)
    except OSError as error:
        raise BackupFailed(
            f"No temporary folder can be created: {error.strerror}.",
            remedy="Free some space, or name another folder in the environment variable TMPDIR.",
        ) from None
    with folder as path:
        yield Path(path)


def sqlite_engine(file: Path) -> Engine:
    """Return an engine for reading and writing a SQLite file."""
    return make_engine(URL.create(SQLITE, database=os.fspath(file)))


def _write(store: Store, file: Path) -> dict[str, int]:
    with transaction(sqlite_engine(file), write=True) as target:
        migrate(target)
        with store.reading(long=True) as source:
            refuse_unknown_additions(source, store.name)
            if not source.execute(select(snapshots.c.account).limit(1)).first():
                raise StoreError("Nothing is stored yet, so there is nothing to back up.", remedy="")
            rows = copy_rows(source, target)
    remove_log(file)
    if not is_intact(file):
        raise BackupFailed("What was written is damaged.", remedy="Check the disk of the temporary folder.")
    return rows
