"""Restore: the contents of a backup in place of what is stored, or in addition to it.

It is written in one transaction, so one that fails or is killed changes nothing, and other processes may go on using
the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, select

from mimecast.files import path_exists
from mimecast.formatting import join_and, pluralize
from mimecast.problem import Problem
from mimecast.store.database.database_url import parse_url
from mimecast.store.database.files.quarantine import exclusive_lock, quarantine
from mimecast.store.database.files.sqlite_files import copy_sqlite_file, is_intact
from mimecast.store.database.migrations import MIGRATIONS, migrate, read_state, refuse_unknown_additions
from mimecast.store.database.open_database import store_file_exists
from mimecast.store.database.postgresql import lock_against_writes
from mimecast.store.database.sqlite import sqlite_file
from mimecast.store.database.tables import (
    campaigns,
    data_tables,
    implausible_answers,
    notes,
    people_captures,
    reference_lines,
    restart_notes,
    snapshots,
    targets,
)
from mimecast.store.database.transactions import transaction
from mimecast.store.errors import StoreDamaged, StoreNewer
from mimecast.store.maintenance.backup import sqlite_engine, temporary_folder
from mimecast.store.maintenance.merge import merge_rows
from mimecast.store.maintenance.rows import copy_rows
from mimecast.store.store import Store

PROTECTED_TABLES: Final = {
    snapshots: ("snapshot", "snapshots"),
    notes: ("note", "notes"),
    restart_notes: ("baseline restart", "baseline restarts"),
    targets: ("target", "targets"),
    reference_lines: ("reference line", "reference lines"),
    implausible_answers: ("mark of an implausible answer", "marks of implausible answers"),
    campaigns: ("record of a campaign", "records of campaigns"),
    people_captures: ("counted list of users", "counted lists of users"),
}
"""Tables whose rows a restore may not lose without being told to, and what one row is called, and several.

The rows of other tables follow from these, or are about the moment.
"""


class RestoreMode(StrEnum):
    """What happens to data in the store that the backup lacks."""

    REFUSE = "refuse"
    MERGE = "merge"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore.

    `rows` are the rows written, by table. `different` rows of the backup were left out, because the store has other
    values for the same thing. `quarantined` is the damaged store that was set aside, if any.
    """

    rows: dict[str, int]
    different: int = 0
    quarantined: Path | None = None


class BackupUnusable(Problem):
    """The file is missing, damaged, or not a backup of this dashboard. The store was not changed."""

    title = "The backup cannot be used"
    remedy = "Restore a file that `python -m mimecast backup` wrote. The store was not changed."


class StoreHasNewerData(Problem):
    """The store has data that the backup does not have. The store was not changed."""

    title = "The store is newer than the backup"
    remedy = "Use --merge to keep that data and add what the backup holds, or --force to delete it."


def restore_backup(url: str, file: Path, *, mode: RestoreMode, now: datetime) -> Restored:
    """Restore a backup into the store at a URL.

    With `RestoreMode.REFUSE` nothing is changed when the store holds what the backup does not, or is damaged. Otherwise
    a damaged SQLite file is quarantined first. `MERGE` adds what the backup holds and the store does not, except for
    removed snapshots; `REPLACE` deletes what the store holds. Raises BackupUnusable, BackupFailed, StoreHasNewerData,
    StoreError.
    """
    with temporary_folder() as folder:
        backup = _open_backup(file, folder)
        store, quarantined = _open_target(url, mode, now)
        with transaction(backup) as source, store.writing(long=True) as target:
            refuse_unknown_additions(target, store.name)
            lock_against_writes(target, data_tables())
            if mode is RestoreMode.MERGE:
                rows, different = merge_rows(source, target)
                return Restored(rows, different, quarantined)
            if mode is RestoreMode.REFUSE and (newer := _count_missing(target, source)):
                data = join_and([pluralize(count, *nouns) for nouns, count in newer.items()])
                raise StoreHasNewerData(f"The store holds {data} that the backup does not. Nothing was changed.")
            for table in reversed(data_tables()):
                target.execute(table.delete())
            return Restored(copy_rows(source, target), 0, quarantined)


def _open_target(url: str, mode: RestoreMode, now: datetime) -> tuple[Store, Path | None]:
    """Open the store; quarantine it first where it is damaged and the mode allows that, and return its new path."""
    file = sqlite_file(parse_url(url))
    if file is None:
        return Store.open(url), None
    try:
        _require_intact(file)
        return Store.open(url), None
    except StoreDamaged as problem:
        if mode is RestoreMode.REFUSE:
            raise StoreDamaged(
                problem.message, remedy="Use --force to set it aside and restore the backup in its place."
            ) from None
    with exclusive_lock(file):
        quarantined = quarantine(file, now=now)
    return Store.open(url), quarantined


def _require_intact(file: Path) -> None:
    """Raise StoreDamaged when the store's file exists and is not a sound SQLite database."""
    if store_file_exists(file) and not is_intact(file):
        raise StoreDamaged(f"{file} is damaged, or is not a SQLite database.")


def _count_missing(store: Connection, backup: Connection) -> dict[tuple[str, str], int]:
    """Return how many rows of the protected tables are in the store but not in the backup, by what they are called."""
    missing = {}
    for table, nouns in PROTECTED_TABLES.items():
        known = {tuple(row) for row in backup.execute(select(table))}
        if count := sum(tuple(row) not in known for row in store.execute(select(table))):
            missing[nouns] = count
    return missing


def _open_backup(file: Path, folder: Path) -> Engine:
    """Return a checked copy of a backup in `folder`, brought to the newest version. The file itself is not changed."""
    copy = folder / "backup.db"
    try:
        if not path_exists(file):
            raise BackupUnusable(
                f"{file} does not exist.", remedy="Check its name and folder; the store was not changed."
            )
        with file.open("rb"):
            pass  # SQLite would not say why it cannot open it
    except OSError as error:
        raise BackupUnusable(f"{file} cannot be read: {error.strerror}.") from None
    try:
        copy_sqlite_file(file, copy)
    except StoreDamaged:
        raise BackupUnusable(f"{file} is damaged, or is not a SQLite database.") from None
    if not is_intact(copy):
        raise BackupUnusable(f"{file} is damaged.")
    engine = sqlite_engine(copy)
    with transaction(engine, write=True) as connection:
        state = read_state(connection)
        if not state.is_compatible or state.unknown_additions:
            steps = f"version {state.version}" if not state.is_compatible else join_and(state.unknown_additions)
            raise StoreNewer(
                f"{file} has {steps}; this dashboard knows versions up to {len(MIGRATIONS)}.",
                title="The backup is newer than this dashboard",
            )
        if not state.version:
            raise BackupUnusable(f"{file} is not a backup of this dashboard.")
        migrate(connection)
    return engine
