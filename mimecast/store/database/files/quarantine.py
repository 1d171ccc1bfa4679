"""Quarantine of damaged SQLite files: they are renamed and kept, and the store goes on with a new file.

Damage to the past must not cost the days to come, and nothing damaged is overwritten. Whenever a file is opened for
writing:

- A file that is recognisably a SQLite database and fails SQLite's own check (`PRAGMA quick_check`) is damaged: it was
  cut short, has pages of zeros or noise, or lost its first page or its header. It is renamed to
  `snapshots.db.damaged-2026-11-24T120000Z`, together with its write-ahead log.
- A file that is not a database (a letter, a picture, an encrypted file) belongs to another program. It is reported and
  not touched, and so are a sound database with other tables and one that only a newer SQLite can read.

A quarantined file is reported at every opening until it is moved away.

What cannot be detected: SQLite keeps no checksums of its pages, so a number that turned into another goes unnoticed.
From a damaged write-ahead log SQLite reads everything before the first bad frame and drops the rest without an error,
as it must for a log that ends in a write interrupted by a power failure. The log holds what was written since the last
process closed the store, usually the last seconds; a backup or `export` shows what is missing.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from mimecast.files import create_private_file
from mimecast.formatting import format_datetime
from mimecast.store.database.sqlite import LOCK_TIMEOUT_SECONDS
from mimecast.store.errors import StoreBusy, StoreDamaged, StoreQuarantined

HEADER: Final = b"SQLite format 3\x00"
OUR_TABLES: Final = b"CREATE TABLE schema_version"
MAX_INSPECTED_BYTES: Final = 1 << 20
"""Bytes at the start of a file in which our tables are looked for."""

BLOCK_BYTES: Final = 512
"""The smallest page of SQLite, and a sector of a disk."""

MARK: Final = ".damaged-"
STAMP: Final = "%Y-%m-%dT%H%M%SZ"
LOG: Final = "-wal"

RETRY_SECONDS: Final = 0.05
"""Seconds between two attempts to take the lock of a quarantine."""


def quarantine_if_corrupt(file: Path, *, now: datetime) -> None:
    """Quarantine a damaged SQLite file; leave any other file alone.

    Safe to call from several processes at once. Raises StoreDamaged when the file cannot be renamed, StoreBusy when
    another process holds the lock for too long.
    """
    if not is_corrupt(file):
        return
    with exclusive_lock(file):
        if is_corrupt(file):  # another process may have quarantined it in the meantime
            quarantine(file, now=now)


def is_corrupt(file: Path) -> bool:
    """Return whether a file is recognisably a SQLite database and damaged."""
    return _is_recognised(file) and not _is_sound(file)


def quarantine(file: Path, *, now: datetime) -> Path:
    """Rename a file and its write-ahead log, and create an empty file in its place; return the new path.

    The log goes first: SQLite would empty it, or read it into the new file. SQLite recreates its index. The empty file
    has the permissions of the damaged one. Raises StoreDamaged when a file cannot be renamed.
    """
    log = file.with_name(file.name + LOG)
    try:
        target = _unused_name(file, now)
        mode = stat.S_IMODE(file.stat().st_mode)
        with suppress(FileNotFoundError):
            if log.stat().st_size:
                log.rename(target.with_name(target.name + LOG))
        log.unlink(missing_ok=True)
        file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
        file.rename(target)
        create_private_file(file, mode)
    except OSError as error:
        raise StoreDamaged(
            f"{file} is damaged and cannot be set aside: {error.strerror}.",
            remedy="End the programs that use it, rename it yourself, then try again. Nothing was overwritten.",
        ) from None
    return target


def latest_quarantined(file: Path) -> StoreQuarantined | None:
    """Return the newest quarantined file of a store that has not been moved away, or None."""
    prefix = f"{file.name}{MARK}"
    with suppress(OSError):
        names = [path.name for path in file.parent.iterdir() if path.name.startswith(prefix)]
        newest = max((name for name in names if not name.endswith(LOG)), default=None)
        return _report(file, newest) if newest else None
    return None


def _report(file: Path, name: str) -> StoreQuarantined:
    stamp = name.rpartition(MARK)[2]
    try:
        when = f" on {format_datetime(datetime.strptime(stamp[:18], STAMP).replace(tzinfo=UTC), UTC)}"
    except ValueError:
        when = ""
    return StoreQuarantined(
        f"{file} was found to be damaged{when}. The damaged file is kept as {name} in the same folder, and a new store "
        "was created."
    )


def _is_recognised(file: Path) -> bool:
    """Return whether a file is, or has been, a SQLite database.

    It begins like one, its beginning has turned into zeros, or it holds the definitions of our tables among binary
    data.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(MAX_INSPECTED_BYTES)
            size = opened.seek(0, os.SEEK_END)
    except OSError:
        return False
    if len(start) < BLOCK_BYTES:
        return start.startswith(HEADER)
    is_blank = not any(start[:BLOCK_BYTES]) and size % BLOCK_BYTES == 0
    return start.startswith(HEADER) or is_blank or (OUR_TABLES in start and b"\x00" in start)


def _is_sound(file: Path) -> bool:
    """Return whether SQLite finds no damage, without writing anything, not even what is in the log.

    A file that SQLite cannot open for another reason counts as sound: opening the store reports the reason.
    """
    uri = f"file:{quote(os.fspath(file))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_TIMEOUT_SECONDS)) as connection:
            results: list[tuple[str]] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        is_damage = _primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        return not is_damage or ("malformed database schema" in str(error) and _is_from_newer_sqlite(file))
    return results == [("ok",)]


def _is_from_newer_sqlite(file: Path) -> bool:
    """Return whether a newer SQLite than this one wrote the file last: this one may be unable to read its tables."""
    with file.open("rb") as opened:
        version = int.from_bytes(opened.read(100)[96:])
    major, minor, patch = sqlite3.sqlite_version_info
    return version > major * 1_000_000 + minor * 1_000 + patch


def _primary_code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _unused_name(file: Path, now: datetime) -> Path:
    """Return `snapshots.db.damaged-2026-11-24T120000Z`, followed by a number if that exists already."""
    name = f"{file.name}{MARK}{now.astimezone(UTC).strftime(STAMP)}"
    taken = {path.name.removesuffix(LOG) for path in file.parent.iterdir()}
    candidates = [name, *(f"{name}.{number}" for number in range(2, 1000))]
    return file.with_name(next(candidate for candidate in candidates if candidate not in taken))


@contextmanager
def exclusive_lock(file: Path) -> Iterator[None]:
    """Let one process at a time quarantine a file. Raises StoreBusy when another one holds the lock for too long.

    SQLite's own locks are used, because they work on every system and end with a process that is killed.
    """
    lock = file.with_name(f"{file.name}.lock")
    with closing(_locked(lock, file)):
        yield
    with suppress(OSError):  # another process may be waiting for it
        lock.unlink()


def _locked(lock: Path, file: Path) -> sqlite3.Connection:
    """Return a connection that has the lock."""
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        connection = sqlite3.connect(lock, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:  # also when the holder of the lock has removed its file
            connection.close()
            if time.monotonic() >= deadline:
                raise StoreBusy(f"{file} is damaged and is being set aside by another process.") from None
            time.sleep(RETRY_SECONDS)
        else:
            return connection
