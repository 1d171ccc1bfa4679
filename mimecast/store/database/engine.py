"""Opening a database: its engine, its transactions, and what its exceptions mean to a person.

PostgreSQL has a module of its own (`postgresql.py`). SQLite is opened with a write-ahead log and `synchronous=FULL`, so
that an acknowledged snapshot survives a power cut, and every transaction opens its own connection, so that no thread
shares one and a file that was moved is noticed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.pool import NullPool, StaticPool

from mimecast.store.database import postgresql
from mimecast.store.database.postgresql import POSTGRESQL
from mimecast.store.errors import DiskError as DiskFailing
from mimecast.store.errors import StoreDamaged, StoreError, StoreFull, StoreReadOnly

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as InsertWithPostgresql
    from sqlalchemy.dialects.sqlite import Insert as InsertWithSqlite


LOCK_TIMEOUT_SECONDS: Final = 20
"""Nobody holds it for long, but SQLite is not fair: with many writers one may have to try often."""

SQLITE: Final = "sqlite"
EXAMPLE_URL: Final = "sqlite:///data/snapshots.db"
URL_REMEDY: Final = f"Write one like {EXAMPLE_URL} or postgresql://USER:PASSWORD@HOST/DATABASE."


def parse_url(url: str) -> URL:
    """Raises StoreError when the text is no URL or names a database that cannot be used here."""
    try:
        parsed = make_url(url)
        is_known = parsed.get_backend_name() in (SQLITE, POSTGRESQL)
        if is_known:
            parsed.get_dialect().import_dbapi()
        (parsed.host or "").encode("idna")
    except (NoSuchModuleError, ImportError):
        is_known = False
    except (ArgumentError, ValueError):
        raise StoreError("The store's URL cannot be read.", remedy=URL_REMEDY) from None
    if not is_known:
        raise StoreError(
            f"The store's URL names a kind of database that is not installed here: {parsed.drivername}.",
            remedy="PostgreSQL takes pip install -r requirements-postgres.txt and a URL that begins with "
            f"postgresql://. Or use {EXAMPLE_URL}.",
        )
    if parsed.get_backend_name() == POSTGRESQL and "@" in f"{parsed.host}{parsed.database}":
        raise StoreError(
            "The store's URL holds more than one @.", remedy="Write an @ in a user name or a password as %40."
        )
    return parsed


def display_url(url: URL) -> str:
    """The URL as it may be shown: without the password, and without settings, which may hold one too."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()


def is_writable(file: Path) -> bool:
    """Whether SQLite could write this file and a log beside it; SQLite itself notices at the first write only."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def sqlite_file(url: URL) -> Path | None:
    """The file behind a SQLite URL; None for a store in memory and for other databases."""
    if url.get_backend_name() != SQLITE or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database or "")


def make_engine(url: URL) -> Engine:
    """An engine for reading and writing; nothing is opened yet."""
    if url.get_backend_name() == POSTGRESQL:
        return postgresql.make_engine(url, LOCK_TIMEOUT_SECONDS)
    if sqlite_file(url) is None:
        return _prepared(create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}))
    return _prepared(create_engine(url, poolclass=NullPool))


def make_read_only_engines(file: Path) -> list[Engine]:
    """Ways to read a SQLite file that cannot be written, to be tried in turn.

    In a folder that cannot be written, SQLite reads a file with a write-ahead log only where log and index lie beside
    it already; else it has to be told that nobody changes the file (`immutable=1`), and then it reads no log.
    """
    uris = [f"file:{quote(os.fspath(file))}?{options}" for options in ("mode=ro", "mode=ro&immutable=1")]
    return [
        create_engine("sqlite://", creator=lambda uri=uri: sqlite3.connect(uri, uri=True), poolclass=NullPool)
        for uri in uris
    ]


@contextmanager
def transaction(engine: Engine, *, write: bool = False, durable: bool = True) -> Iterator[Connection]:
    """One transaction, committed at the end, rolled back by an exception. Raises StoreError for the database's own.

    Unless it writes it sees one state of the database, whatever others write meanwhile. One that is not `durable`
    survives a kill but perhaps no power cut, and need not wait for the disk.
    """
    with translate_errors(engine.url), engine.connect() as connection:
        if write:
            connection = connection.execution_options(write=True, durable=durable)
        elif engine.dialect.name == POSTGRESQL:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Turn the database's exceptions into ours, which carry no statement, no value and no password."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(error, url) from None
    except NoConnectionLeft:
        raise StoreError(
            "All connections of this process to the database are in use.",
            title="The store is busy",
            remedy="Try again in a moment.",
        ) from None


def upsert(table: Table, connection: Connection) -> InsertWithSqlite | InsertWithPostgresql:
    """An insert that says what to do about a row that is there already: each dialect has its own.

    The one that is not used is not loaded: PostgreSQL's took a fifth of the time of a snapshot into SQLite.
    """
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects.postgresql import insert as insert_with_postgresql

    return insert_with_postgresql(table)


def _prepared(engine: Engine) -> Engine:
    """SQLite with a write-ahead log, and transactions begun by us: writers take the lock at once, not half-way."""

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={LOCK_TIMEOUT_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("durable", True):
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")  # of this connection, which is used once
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")

    return engine


def _explain(error: DBAPIError, url: URL) -> StoreError:
    if url.get_backend_name() == POSTGRESQL:
        return postgresql.translate_error(error, url)
    where = url.database or "The store"
    code = getattr(error.orig, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return StoreReadOnly(f"{where} cannot be written.")
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreDamaged(f"{where} is damaged, or is not a SQLite database.")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"{where} is in use by another program.", title="The store is busy", remedy="Try again in a moment."
        )
    if primary == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StoreFull(f"There is no room left for {where}.")
    if primary == sqlite3.SQLITE_IOERR:
        return DiskFailing(f"{where} cannot be read or written.")
    if isinstance(error, DatabaseError):
        return StoreDamaged(f"{where} does not hold the tables of this dashboard.")
    return StoreError(f"{where} cannot be used.", remedy="Check the url in [connections.snapshots].")
