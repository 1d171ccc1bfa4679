"""A backup: one SQLite file with everything that is kept, whichever database the store is in, and the way back.

Both ways go through the same tables in one transaction. Reading sees one state of the store, so a backup is
consistent while the store is in use; writing is kept whole or not at all, so that a restore that fails or is killed
leaves the store as it was, and whoever has it open needs not be stopped.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.engine import URL

from mimecast.files import replace_file
from mimecast.formatting import join_and, pluralize
from mimecast.problem import Problem
from mimecast.store.database.engine import make_engine, parse_url, sqlite_file, transaction
from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.schema import MIGRATIONS, data_tables, migrate, notes, snapshots, targets, version_of
from mimecast.store.errors import StoreDamaged, StoreError, StoreNewer
from mimecast.store.store import Store

PROTECTED_TABLES: Final = {snapshots: "snapshot", notes: "note", targets: "target"}
"""What a restore may not lose unasked. What other tables hold follows from these, or is about the moment."""


class BackupFailed(Problem):
    """No backup was written; a file that was there already is as it was."""

    title = "The backup was not written"
    remedy = "Choose another place."


class BackupUnusable(Problem):
    """The file cannot be restored. The store was not changed."""

    title = "The backup cannot be used"
    remedy = "Restore a file that backup wrote; the store was not changed."


class StoreHasNewerData(Problem):
    """The store holds what the backup does not. It was not changed."""

    title = "The store is newer than the backup"
    remedy = "Back it up first, then say --force to replace it nevertheless."


def write_backup(store: Store, file: Path) -> dict[str, int]:
    """Write everything the store holds into `file`, which is replaced only by a whole and sound backup.

    Returns the rows written, by table. Raises BackupFailed, StoreError.
    """
    with _workshop() as folder:
        made = folder / "backup.db"
        written = _write(store, made)
        try:
            with made.open("rb") as source, replace_file(file) as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            raise BackupFailed(f"{file} cannot be written: {error.strerror}.") from None
    return written


def backup_bytes(store: Store) -> bytes:
    """The same backup, to be handed to somebody. Raises StoreError."""
    with _workshop() as folder:
        made = folder / "backup.db"
        _write(store, made)
        return made.read_bytes()


def restore_backup(url: str, file: Path, *, force: bool, now: datetime) -> tuple[dict[str, int], Path | None]:
    """Put what a backup holds in place of everything in the store.

    Without `force` nothing is changed when the store holds what the backup does not, or is damaged. With it, a damaged
    SQLite file is set aside, not overwritten. Returns the rows restored by table, and the file set aside, if any.
    Raises BackupUnusable, StoreHasMore, StoreError.
    """
    with _workshop() as folder:
        backup = _opened(file, folder)
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
            aside = _set_aside(damaged, now)
        return _replace(url, backup, force=force), aside


def _write(store: Store, file: Path) -> dict[str, int]:
    engine = _engine(file)
    with transaction(engine, write=True) as target:
        migrate(target)
        with store.reading() as source:
            if not source.execute(select(snapshots.c.account).limit(1)).first():
                raise StoreError("Nothing is stored yet, so there is nothing to back up.", remedy="")
            written = _copy(source, target)
    _finish(file)
    return written


def _replace(url: str, backup: Engine, *, force: bool) -> dict[str, int]:
    store = Store.open(url)
    with transaction(backup) as source, store.writing() as target:
        _keep_others_out(target)
        if target.dialect.name == "sqlite" and target.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
            raise StoreDamaged(f"{target.engine.url.database} is damaged.")
        if not force and (more := _only_in(target, source)):
            has = join_and([pluralize(count, noun) for noun, count in more.items()])
            raise StoreHasNewerData(f"The store holds {has} that the backup does not. Nothing was changed.")
        for table in reversed(data_tables()):
            target.execute(table.delete())
        return _copy(source, target)


def _keep_others_out(connection: Connection) -> None:
    """Nobody else writes until the transaction ends, or what they write would be lost; on SQLite that is so anyway."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in data_tables())
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _copy(source: Connection, target: Connection) -> dict[str, int]:
    """All rows of all tables; a source that cannot be written may be of a version that lacks some."""
    there = inspect(source).get_table_names()
    copied = {}
    for table in data_tables():
        copied[table.name] = 0
        if table.name not in there:
            continue
        rows = source.execute(select(table), execution_options={"yield_per": BATCH_ROWS})
        for some in rows.mappings().partitions():
            target.execute(table.insert(), [dict(row) for row in some])
            copied[table.name] += len(some)
    return copied


def _only_in(store: Connection, backup: Connection) -> dict[str, int]:
    """How many rows the store holds, by what they are, that the backup does not hold just so."""
    more = {}
    for table, noun in PROTECTED_TABLES.items():
        known = {tuple(row) for row in backup.execute(select(table))}
        if count := sum(tuple(row) not in known for row in store.execute(select(table))):
            more[noun] = count
    return more


def _opened(file: Path, folder: Path) -> Engine:
    """A copy of the backup, checked and brought to the newest version; the file itself is not touched."""
    copy = folder / "backup.db"
    if not file.is_file():
        raise BackupUnusable(f"{file} is not there.", remedy="Check its name and place; the store was not changed.")
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
    return make_engine(URL.create("sqlite", database=os.fspath(file)))


def _finish(file: Path) -> None:
    """One file that can be read anywhere, without a log beside it; sound, or an error."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupFailed("What was written is damaged.", remedy="Check the disk of the temporary folder.")


def _set_aside(file: Path, now: datetime) -> Path:
    """Give a damaged file, and the log that belongs to it, another name."""
    aside = file.with_name(f"{file.name}.damaged-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    try:
        for ending in ("", "-wal", "-shm"):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.rename(aside.with_name(aside.name + ending))
    except OSError as error:
        raise StoreError(f"{file} cannot be set aside: {error.strerror}.", remedy="Move it away yourself.") from None
    return aside


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder of our own, on a disk of this machine: SQLite is not at home on every network share."""
    with tempfile.TemporaryDirectory(prefix="safe-score-") as folder:
        yield Path(folder)
