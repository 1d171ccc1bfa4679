"""Opening a store's database: created or migrated where needed, for reading only where it cannot be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mimecast.files import create_private_file, path_exists
from mimecast.store.database.database_url import display_url, parse_url
from mimecast.store.database.files.quarantine import quarantine_if_corrupt
from mimecast.store.database.files.upgrade_backup import back_up_before_upgrade
from mimecast.store.database.migrations import MIGRATIONS, SchemaState, migrate, read_state
from mimecast.store.database.postgresql import POSTGRESQL, require_writable
from mimecast.store.database.sqlite import is_writable, make_read_only_engines, sqlite_file
from mimecast.store.database.tables import data_tables
from mimecast.store.database.transactions import make_engine, transaction
from mimecast.store.errors import (
    DatabasePermissionMissing,
    StoreError,
    StoreFull,
    StoreInaccessible,
    StoreNewer,
    StoreReadOnly,
)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    `file` is the SQLite file, None for a store in memory and on PostgreSQL. `read_only` is the reason why the database
    can be read but not written: permissions, or a full disk.
    """

    engine: Engine
    file: Path | None = None
    read_only: StoreError | None = None


def open_database(url: str, *, now: datetime) -> Database:
    """Open a database, and create or migrate it where needed.

    A damaged SQLite file is quarantined and replaced by a new one (`quarantine.py`). Before an older SQLite file is
    migrated, it is backed up (`upgrade_backup.py`). Raises StoreError, StoreInaccessible, StoreReadOnly when there is
    nothing to read either, StoreDamaged, StoreNewer.
    """
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    if file is None:
        return _open_writable(make_engine(parsed), None, now)
    if store_file_exists(file) and not is_writable(file):
        return _open_read_only(file, StoreReadOnly(f"{file} cannot be written."))
    _create_folder(file.parent)
    try:
        quarantine_if_corrupt(file, now=now)
        _create_file(file)
        return _open_writable(make_engine(parsed), file, now)
    except (StoreReadOnly, StoreFull) as reason:
        if not store_file_exists(file):
            raise
        return _open_read_only(file, reason)


def open_existing_database(url: str, *, now: datetime) -> Database:
    """Open a database that has to exist, and migrate it where needed. Nothing is created or quarantined.

    Raises StoreError, also when there is no store at the URL.
    """
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    missing = StoreError(f"There is no store at {file or display_url(parsed)}.", remedy="Check the URL.")
    if file and not store_file_exists(file):
        raise missing
    if file and not is_writable(file):
        return _open_read_only(file, StoreReadOnly(f"{file} cannot be written."))
    return _open_writable(make_engine(parsed), file, now, if_empty=missing)


def store_file_exists(file: Path) -> bool:
    """Return whether a store's SQLite file exists. Raises StoreInaccessible when that is unknown."""
    try:
        return path_exists(file)
    except OSError as error:
        raise StoreInaccessible(f"{file} cannot be accessed: {error.strerror}.") from None


def read_only_reason(engine: Engine) -> StoreReadOnly | None:
    """Return why PostgreSQL would reject writes, which it otherwise reports at the first one; None on SQLite."""
    if engine.dialect.name != POSTGRESQL:
        return None
    try:
        with transaction(engine) as connection:
            require_writable(connection, data_tables())
    except StoreReadOnly as reason:
        return reason
    return None


def _create_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreReadOnly(
            f"The store's folder cannot be created: {error.strerror}.",
            remedy="Create it, or name another place in [connections.snapshots].",
        ) from None


def _create_file(file: Path) -> None:
    """Create an empty SQLite file for its owner only, unless it exists. Its log and index get the same permissions."""
    try:
        create_private_file(file)
    except OSError as error:
        if not store_file_exists(file):
            raise StoreReadOnly(f"{file} cannot be created: {error.strerror}.") from None


def _open_writable(engine: Engine, file: Path | None, now: datetime, *, if_empty: StoreError | None = None) -> Database:
    try:
        read_only = _migrate(engine, file, now, if_empty)
        return Database(engine, file, read_only or read_only_reason(engine))
    except StoreError:
        engine.dispose()
        raise


def _open_read_only(file: Path, reason: StoreError) -> Database:
    problem: StoreError = StoreReadOnly(f"{file} cannot be written, and holds nothing yet.")
    for engine in make_read_only_engines(file):
        try:
            with transaction(engine) as connection:
                state = read_state(connection)
        except StoreError as error:
            problem = error
            continue
        _refuse_incompatible(state)
        if state.version:
            return Database(engine, file, reason)
    raise problem


def _migrate(engine: Engine, file: Path | None, now: datetime, if_empty: StoreError | None) -> StoreError | None:
    """Create or migrate the tables; an empty database raises `if_empty`, if given, instead.

    A SQLite file is written to even without a migration, which raises StoreReadOnly where that is impossible: it is
    better to know before there is a snapshot to lose. A PostgreSQL that may only be read and that no machine has
    migrated yet can be read without a migration: the reason is returned. Raises StoreNewer.
    """
    with transaction(engine) as connection:
        state = read_state(connection)
    if if_empty and not state.version:
        raise if_empty
    _refuse_incompatible(state)
    if state.is_current and engine.dialect.name == POSTGRESQL:
        return None

    def back_up() -> None:
        if file:
            back_up_before_upgrade(file, now)

    try:
        with transaction(engine, write=True, long=True) as connection:
            migrate(connection, before=back_up)
    except (StoreReadOnly, DatabasePermissionMissing) as reason:
        if engine.dialect.name == POSTGRESQL and state.version:
            return reason
        raise
    return None


def _refuse_incompatible(state: SchemaState) -> None:
    if not state.is_compatible:
        raise StoreNewer(
            f"The store has version {state.version}; this dashboard knows versions up to {len(MIGRATIONS)}."
        )
