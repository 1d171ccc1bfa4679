"""SQLite files as a whole: copied, checked, and freed of their logs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from mimecast.store.database.sqlite import translate_sqlite_error
from mimecast.store.errors import StoreDamaged, StoreError

READ_FAILURES: Final = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)


def copy_sqlite_file(source: Path, target: Path) -> None:
    """Copy a SQLite file and what is in its log into a single file, with SQLite's backup interface.

    The copy is of one moment, even while other processes write. Raises StoreDamaged when the source is not a SQLite
    file or too damaged to copy, StoreError for other failures, which name the file that they concern.
    """
    failure: sqlite3.Error | None = None
    for options in ("mode=ro", "mode=ro&immutable=1"):  # the second for a file in a folder that cannot be written
        try:
            with closing(_connect(source, options)) as original, closing(_connect(target, "mode=rwc")) as copy:
                original.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE").close()
        except sqlite3.Error as error:
            failure = error
        else:
            return
    raise _translate(failure, source, target)


def remove_log(file: Path) -> None:
    """Move the log of a SQLite file into it, so that the file alone can be read anywhere. Raises StoreError."""
    try:
        with closing(_connect(file, "mode=rw")) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.Error as error:
        raise _translate(error, file, file) from None


def is_intact(file: Path) -> bool:
    """Return whether a SQLite file passes SQLite's full check. Raises StoreError when it cannot be read."""
    try:
        with closing(_connect(file, "mode=ro")) as connection:
            return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        problem = _translate(error, file, file)
        if isinstance(problem, StoreDamaged):
            return False
        raise problem from None


def _connect(file: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(os.fspath(file))}?{options}", uri=True)


def _translate(error: sqlite3.Error | None, source: Path, target: Path) -> StoreError:
    """Return what an exception means. A full disk and a failed write concern the target, all else the source."""
    code = getattr(error, "sqlite_errorcode", 0)
    is_of_target = code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) and code not in READ_FAILURES
    where = target if is_of_target else source
    return translate_sqlite_error(error, str(where)) or StoreError(f"{where} cannot be read.")
