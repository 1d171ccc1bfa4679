"""Engines and transactions of both databases, and their exceptions as errors of the store.

What differs between the two is in `sqlite.py` and `postgresql.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mimecast.store.database import postgresql, sqlite
from mimecast.store.database.postgresql import POSTGRESQL
from mimecast.store.database.sqlite import SQLITE
from mimecast.store.errors import StoreBusy

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert


def make_engine(url: URL) -> Engine:
    """Return an engine for reading and writing, which has not connected yet."""
    is_postgresql = url.get_backend_name() == POSTGRESQL
    return postgresql.make_engine(url) if is_postgresql else sqlite.make_engine(url)


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
        is_postgresql = url.get_backend_name() == POSTGRESQL
        translate = postgresql.translate_error if is_postgresql else sqlite.translate_error
        raise translate(error, url) from None
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
