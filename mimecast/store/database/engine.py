"""Engines and transactions of both databases, and the translation of their exceptions.

PostgreSQL has a module of its own (`postgresql.py`). SQLite is opened with a write-ahead log and `synchronous=FULL`, so
that an acknowledged snapshot survives a power cut. Every transaction on SQLite opens a connection of its own, so that
no two threads share one and a file that was moved is noticed.
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
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, StaticPool

from mimecast.store.database import postgresql
from mimecast.store.database.postgresql import POSTGRESQL
from mimecast.store.errors import DiskError, StoreBusy, StoreDamaged, StoreError, StoreFull, StoreReadOnly

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert


LOCK_TIMEOUT_SECONDS: Final = 20
"""Seconds to wait for a lock. Nothing holds one for long, but SQLite's locks are not fair: with many writers, one may
have to try often."""

SQLITE: Final = "sqlite"
EXAMPLE_URL: Final = "sqlite:///data/snapshots.db"
URL_REMEDY: Final = f"Write one like {EXAMPLE_URL} or postgresql://USER:PASSWORD@HOST/DATABASE."


def parse_url(url: str) -> URL:
    """Return the parts of a store's URL.

    Raises StoreError when the text is not a URL, or names a database that cannot be used here.
    """
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
            remedy="PostgreSQL needs pip install -r requirements-postgres.txt and a URL that begins with "
            f"postgresql://. Or use {EXAMPLE_URL}.",
        )
    if parsed.get_backend_name() == POSTGRESQL and "@" in f"{parsed.host}{parsed.database}":
        raise StoreError(
            "The store's URL contains more than one @.", remedy="Write an @ in a user name or a password as %40."
        )
    return parsed


def display_url(url: URL) -> str:
    """Return the URL without the password, and without its query, which may contain one too."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()


def is_writable(file: Path) -> bool:
    """Return whether SQLite could write a file and a log beside it. SQLite would only find out at the first write."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def sqlite_file(url: URL) -> Path | None:
    """Return the file behind a SQLite URL, or None for a store in memory and for other databases."""
    if url.get_backend_name() != SQLITE or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database or "")


def make_engine(url: URL) -> Engine:
    """Return an engine for reading and writing, which has not connected yet."""
    if url.get_backend_name() == POSTGRESQL:
        return postgresql.make_engine(url)
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


@contextmanager
def transaction(
    engine: Engine, *, write: bool = False, durable: bool = True, long: bool = False
) -> Iterator[Connection]:
    """Run a transaction that is committed at the end of the block and rolled back by an exception.

    A transaction that only reads sees one state of the database, regardless of concurrent writes. One that is
    not `durable` need not wait for the disk: it survives a kill, but perhaps not a power cut. A `long` one, which
    copies or migrates, has longer time limits on PostgreSQL. Raises StoreError for exceptions of the database.
    """
    with translate_errors(engine.url), engine.connect() as connection:
        connection = connection.execution_options(write=write, durable=durable, long=long)
        if not write and engine.dialect.name == POSTGRESQL:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Raise the database's exceptions as StoreError, without the statement, its values and the password."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(error, url) from None
    except PoolTimeout:
        raise StoreBusy("All connections of this process to the database are in use.") from None


def upsert(table: Table, connection: Connection) -> SqliteInsert | PostgresqlInsert:
    """Return an insert that can decide what happens to a row that exists already: each dialect has its own.

    The other dialect is not imported: PostgreSQL's took a fifth of the time of a snapshot into SQLite.
    """
    if connection.dialect.name == SQLITE:
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table)


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


def _translate(error: DBAPIError, url: URL) -> StoreError:
    if url.get_backend_name() == POSTGRESQL:
        return postgresql.translate_error(error, url)
    where = url.database or "The store"
    if translated := translate_sqlite_error(error.orig, where):
        return translated
    if isinstance(error, DatabaseError):
        return StoreDamaged(f"{where} does not hold the tables of this dashboard.")
    return StoreError(f"{where} cannot be used.", remedy="Check the url in [connections.snapshots].")
