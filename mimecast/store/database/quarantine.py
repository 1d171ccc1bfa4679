"""A damaged SQLite file is set aside under a name of its own, and the store goes on with a fresh one: a damaged past
must not cost the days to come, and nothing of it is overwritten.

Looked for whenever a file is opened for writing:

- Damaged is a file that is recognisably a SQLite database and fails SQLite's own check (`PRAGMA quick_check`): one
  that was cut short, has pages that are zero or rubbish, or has lost its first page or its header. It is renamed to
  `snapshots.db.damaged-2026-11-24T120000Z`, its log with it.
- A file that is no database (a letter, a picture, an encrypted file) is somebody else's: it is named and left as it
  is. So is a sound database with other tables, and one that only a newer SQLite can read.
- A damaged write-ahead log is dropped by SQLite without a word, from its first bad frame on. If commits stand behind
  that frame, the log is copied to `snapshots.db-wal.damaged-...` first; the store itself stays in its place.
- What no check can see, a number that turned into another, stays unseen: SQLite keeps no checksums of its pages.

A file that stands aside is named at every opening until somebody moves it away.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from mimecast.formatting import format_datetime
from mimecast.store.database.engine import LOCK_TIMEOUT_SECONDS
from mimecast.store.errors import StoreDamaged, StoreError

HEADER: Final = b"SQLite format 3\x00"
OUR_TABLES: Final = b"CREATE TABLE schema_version"
LOOKED_AT: Final = 1 << 20
BLOCK: Final = 512
"""The smallest page of SQLite, and a sector of a disk."""

ASIDE: Final = ".damaged-"
STAMP: Final = "%Y-%m-%dT%H%M%SZ"
LOG: Final = "-wal"

LOG_HEADER: Final = struct.Struct(">8I")
FRAME_HEADER: Final = struct.Struct(">6I")
LOG_MAGIC: Final = (0x377F0682, 0x377F0683)


class StoreQuarantined(StoreError):
    """What was damaged and is kept beside the store. The store itself works."""

    title = "A damaged store was set aside"
    remedy = "Put a backup back with python -m mimecast import FILE, then move that file away."


class LogQuarantined(StoreQuarantined):
    title = "A part of the store was damaged"
    remedy = "Compare the days before with a backup, then move that file away."


def quarantine_if_corrupt(file: Path, *, now: datetime) -> None:
    """Rename a damaged SQLite file and copy a damaged log, as described above; everything else is left alone.

    Safe to call from several processes at once. Raises StoreDamaged when the file cannot be renamed, StoreError when
    another process is at it for too long.
    """
    if not _is_recognised(file):
        return
    if _is_sound(file):
        _keep_damaged_log(file, now)
        return
    with exclusive_lock(file):
        if _is_recognised(file) and not _is_sound(file):
            _rename(file, now)


def latest_quarantined(file: Path) -> StoreQuarantined | None:
    """The newest of what was set aside from this store and has not been moved away."""
    names = [f"{file.name}{ASIDE}", f"{file.name}{LOG}{ASIDE}"]
    with suppress(OSError):
        found = [one for one in file.parent.iterdir() if one.name.startswith(tuple(names))]
        parts = {one: one.name.rpartition(ASIDE)[2] for one in found if not one.name.endswith(LOG)}
        if parts:
            newest = max(parts, key=lambda one: parts[one])
            return _said(file, newest, parts[newest])
    return None


def _said(file: Path, aside: Path, stamp: str) -> StoreQuarantined:
    try:
        when = f" on {format_datetime(datetime.strptime(stamp[:18], STAMP).replace(tzinfo=UTC), UTC)}"
    except ValueError:
        when = ""
    if aside.name.startswith(f"{file.name}{LOG}"):
        return LogQuarantined(
            f"Snapshots that were just being written to {file} were found damaged{when} and may be missing; "
            f"they are kept in {aside.name} beside it."
        )
    return StoreQuarantined(
        f"{file} was found damaged{when}; it is kept as {aside.name} beside it, and the history began anew."
    )


def _is_recognised(file: Path) -> bool:
    """Whether this is, or has been, a SQLite database: it begins like one, has lost its beginning to zeros, or holds
    our tables' definitions in binary surroundings.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(LOOKED_AT)
            size = opened.seek(0, os.SEEK_END)
    except OSError:
        return False
    if len(start) < BLOCK:
        return start.startswith(HEADER)
    is_blank = not any(start[:BLOCK]) and size % BLOCK == 0
    return start.startswith(HEADER) or is_blank or (OUR_TABLES in start and b"\x00" in start)


def _is_sound(file: Path) -> bool:
    """False when SQLite finds damage. A file that it cannot open for another reason counts as sound: opening it says
    why. Nothing is written, not even what is in the log.
    """
    uri = f"file:{quote(os.fspath(file))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_TIMEOUT_SECONDS)) as connection:
            found: list[tuple[str]] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        is_damage = _primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        return not is_damage or ("malformed database schema" in str(error) and _is_newer_sqlites(file))
    return found == [("ok",)]


def _is_newer_sqlites(file: Path) -> bool:
    """Whether a newer SQLite than this one wrote it last; its tables may then be none that this one can read."""
    with file.open("rb") as opened:
        version = int.from_bytes(opened.read(100)[96:])
    major, minor, patch = sqlite3.sqlite_version_info
    return version > major * 1_000_000 + minor * 1_000 + patch


def _keep_damaged_log(file: Path, now: datetime) -> None:
    """Copy a log with commits that SQLite is about to drop. The write lock keeps others from changing it meanwhile."""
    log = file.with_name(file.name + LOG)
    with suppress(FileNotFoundError, sqlite3.DatabaseError):  # opening the store says what is wrong
        if log.stat().st_size <= LOG_HEADER.size:
            return
        with closing(_connection(file)) as connection, closing(_connection(file)) as other:
            connection.execute("BEGIN IMMEDIATE")
            _, valid, _ = other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            drops = _drops_commits(log, max(valid, 0))
            if drops:
                shutil.copyfile(log, _unused(log, now))
            connection.execute("ROLLBACK")
            if drops:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _connection(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)


def _primary_code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _drops_commits(log: Path, valid: int) -> bool:
    """Whether a commit that was followed by another write stands in the log behind the `valid` frames SQLite reads.

    The format is SQLite's (https://www.sqlite.org/fileformat2.html#the_write_ahead_log): frames of the present log
    carry its two salts, and a frame that ends a transaction carries the size of the database. What an earlier use of
    the log left has other salts. A last commit that is not whole is one that a kill or a power cut came before: nobody
    was told that it is stored.
    """
    with log.open("rb") as opened:
        header = opened.read(LOG_HEADER.size)
        size = log.stat().st_size
        if size < LOG_HEADER.size + FRAME_HEADER.size:
            return False
        if not _is_log_header(header):
            return True
        _, _, page, _, *salts, _, _ = LOG_HEADER.unpack(header)
        step, is_committed = FRAME_HEADER.size + page, False
        for start in range(LOG_HEADER.size + valid * step, size - step + 1, step):
            opened.seek(start)
            _, pages_after_commit, *its_salts, _, _ = FRAME_HEADER.unpack(opened.read(FRAME_HEADER.size))
            if its_salts != salts:
                continue
            if is_committed:
                return True
            is_committed = pages_after_commit > 0
    return False


def _is_log_header(header: bytes) -> bool:
    """Whether its magic and its checksum, taken over the first 24 bytes as the format says, are right."""
    magic, *_, first, second = LOG_HEADER.unpack(header)
    if magic not in LOG_MAGIC:
        return False
    words = struct.unpack(">6I" if magic & 1 else "<6I", header[:24])
    a = b = 0
    for even, odd in zip(words[::2], words[1::2], strict=True):
        a = (a + even + b) & 0xFFFFFFFF
        b = (b + odd + a) & 0xFFFFFFFF
    return (a, b) == (first, second)


def _rename(file: Path, now: datetime) -> None:
    """The log goes first: SQLite would empty it, or take it for the fresh file's. Its index is made anew from it."""
    aside = _unused(file, now)
    log = file.with_name(file.name + LOG)
    try:
        if log.exists() and log.stat().st_size:
            log.rename(aside.with_name(aside.name + LOG))
        log.unlink(missing_ok=True)
        file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
        file.rename(aside)
    except OSError as error:
        raise StoreDamaged(
            f"{file} is damaged and cannot be set aside: {error.strerror}.",
            remedy="End the programs that use it, rename it yourself, then try again. Nothing of it was overwritten.",
        ) from None


def _unused(file: Path, now: datetime) -> Path:
    """`snapshots.db.damaged-2026-11-24T120000Z`, numbered when there is one already."""
    wanted = f"{file.name}{ASIDE}{now.astimezone(UTC).strftime(STAMP)}"
    taken = {one.name.removesuffix(LOG) for one in file.parent.iterdir()}
    names = [wanted, *(f"{wanted}.{number}" for number in range(2, 1000))]
    return file.with_name(next(name for name in names if name not in taken))


@contextmanager
def exclusive_lock(file: Path) -> Iterator[None]:
    """One process at a time sets a file aside; the lock of a killed one is free. SQLite's own locks serve for it,
    since they work everywhere.
    """
    lock = file.with_name(f"{file.name}.lock")
    with closing(_locked(lock, file)):
        yield
    with suppress(OSError):  # another process may wait for it, which then looks at the file anew
        lock.unlink()


def _locked(lock: Path, file: Path) -> sqlite3.Connection:
    """A connection that has the lock. One whose lock's file was taken away while it waited for it tries anew."""
    until = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        connection = _connection(lock)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            connection.close()
            if time.monotonic() >= until:
                raise StoreError(
                    f"{file} is damaged, and another program is at it.", title="The store is busy", remedy="Try again."
                ) from None
            time.sleep(0.05)
        else:
            return connection
