"""Opening a store's database: created or migrated where needed, for reading only where it cannot be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mimecast.store.database.engine import (
    display_url,
    is_writable,
    make_engine,
    make_read_only_engines,
    parse_url,
    sqlite_file,
    transaction,
)
from mimecast.store.database.postgresql import POSTGRESQL, require_writable
from mimecast.store.database.quarantine import quarantine_if_corrupt
from mimecast.store.database.schema import MIGRATIONS, data_tables, migrate, version_of
from mimecast.store.errors import StoreError, StoreFull, StoreNewer, StoreReadOnly


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

    A damaged SQLite file is quarantined and replaced by a new one (`quarantine.py`). Raises StoreError, StoreReadOnly
    when there is nothing to read either, StoreDamaged, StoreNewer.
    """
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    if file and file.exists() and not is_writable(file):
        return _open_read_only(file, StoreReadOnly(f"{file} cannot be written."))
    try:
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            quarantine_if_corrupt(file, now=now)
        return _open_writable(make_engine(parsed), file)
    except (StoreReadOnly, StoreFull) as reason:
        if file is None or not file.exists():
            raise
        return _open_read_only(file, reason)
    except OSError as error:
        raise StoreError(
            f"The store's folder cannot be created: {error.strerror}.",
            remedy="Create it, or name another place in [connections.snapshots].",
        ) from None


def open_existing_database(url: str) -> Database:
    """Open a database that has to exist, and migrate it where needed. Nothing is created or quarantined.

    Raises StoreError, also when there is no store at the URL.
    """
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    missing = StoreError(f"There is no store at {file or display_url(parsed)}.", remedy="Check the URL.")
    if file and not file.exists():
        raise missing
    if file and not is_writable(file):
        return _open_read_only(file, StoreReadOnly(f"{file} cannot be written."))
    return _open_writable(make_engine(parsed), file, if_empty=missing)


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


def _open_writable(engine: Engine, file: Path | None, *, if_empty: StoreError | None = None) -> Database:
    try:
        _migrate(engine, if_empty)
        return Database(engine, file, read_only_reason(engine))
    except StoreError:
        engine.dispose()
        raise


def _open_read_only(file: Path, reason: StoreError) -> Database:
    problem: StoreError = StoreReadOnly(f"{file} cannot be written, and holds nothing yet.")
    for engine in make_read_only_engines(file):
        try:
            with transaction(engine) as connection:
                version = version_of(connection)
        except StoreError as error:
            problem = error
            continue
        _refuse_newer(version)
        if version:
            return Database(engine, file, reason)
    raise problem


def _migrate(engine: Engine, if_empty: StoreError | None) -> None:
    """Create or migrate the tables; an empty database raises `if_empty`, if given, instead.

    A SQLite file is written to even without a migration, which raises StoreReadOnly where that is impossible: it is
    better to know before there is a snapshot to lose. Raises StoreNewer.
    """
    with transaction(engine) as connection:
        version = version_of(connection)
    if if_empty and not version:
        raise if_empty
    _refuse_newer(version)
    if version < len(MIGRATIONS) or engine.dialect.name != POSTGRESQL:
        with transaction(engine, write=True) as connection:
            migrate(connection)


def _refuse_newer(version: int) -> None:
    if version > len(MIGRATIONS):
        raise StoreNewer(f"The store has version {version}; this dashboard knows up to version {len(MIGRATIONS)}.")
