"""SQLite: engines, settings of a connection, and the meaning of its exceptions.

It is opened with a write-ahead log and `synchronous=FULL`, so that an acknowledged snapshot survives a power cut. Every
transaction opens a connection of its own, so that no two threads share one and a file that was moved is noticed.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import NullPool, StaticPool

from mimecast.store.errors import DiskError, StoreBusy, StoreDamaged, StoreError, StoreFull, StoreReadOnly

SQLITE: Final = "sqlite"

LOCK_TIMEOUT_SECONDS: Final = 20
"""Seconds to wait for a lock. Nothing holds one for long, but SQLite's locks are not fair: with many writers, one may
have to try often."""


def sqlite_file(url: URL) -> Path | None:
    """Return the file behind a SQLite URL, or None for a store in memory and for other databases."""
    if url.get_backend_name() != SQLITE or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database or "")


def make_engine(url: URL) -> Engine:
    """Return an engine for reading and writing a file or a database in memory, which has not connected yet."""
    if sqlite_file(url) is None:
        return _configured(create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}))
    return _configured(create_engine(url, poolclass=NullPool))


def make_read_only_engines(file: Path) -> list[Engine]:
    """Return engines that read a SQLite file which cannot be written, to be tried in turn.

    In a folder that cannot be written, SQLite reads a file with a write-ahead log only where log and index are beside
    it already. Otherwise it must be told that no process changes the file (`immutable=1`), and then it reads no log.
    """
    uris = [f"file:{quote(os.fspath(file))}?{options}" for options in ("mode=ro", "mode=ro&immutable=1")]
    return [
        create_engine("sqlite://", creator=lambda uri=uri: sqlite3.connect(uri, uri=True), poolclass=NullPool)
        for uri in uris
    ]


def is_writable(file: Path) -> bool:
    """Return whether SQLite could write a file and a log beside it. SQLite would only find out at the first write."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def translate_sqlite_error(error: BaseException | None, where: str) -> StoreError | None:
    """Return what an exception of the module `sqlite3` means for the file `where`, or None without an error code."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    match code & 0xFF:
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return StoreReadOnly(f"{where} cannot be written.")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return StoreDamaged(f"{where} is damaged, or is not a SQLite database.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(f"{where} is in use by another program.")
        case sqlite3.SQLITE_FULL:
            return StoreFull(f"There is no room left for {where}.")
        case sqlite3.SQLITE_IOERR if code == sqlite3.SQLITE_IOERR_SHMSIZE:
            return StoreFull(f"There is no room left for {where}.")
        case sqlite3.SQLITE_IOERR:
            return DiskError(f"{where} cannot be read or written.")
    return None


def translate_error(error: DBAPIError, url: URL) -> StoreError:
    """Return what an exception of SQLAlchemy means for the database of this URL."""
    where = url.database or "The store"
    if translated := translate_sqlite_error(error.orig, where):
        return translated
    if isinstance(error, DatabaseError):
        return StoreDamaged(f"{where} does not hold the tables of this dashboard.")
    return StoreError(f"{where} cannot be used.", remedy="Check the url in [connections.snapshots].")


def _configured(engine: Engine) -> Engine:
    """Give SQLite a write-ahead log, and begin transactions explicitly: writers take the lock first, not half-way."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={LOCK_TIMEOUT_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # some builds of SQLite leave deleted rows in the file
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("durable", True):
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")  # for this connection, which is used once
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")

    return engine
