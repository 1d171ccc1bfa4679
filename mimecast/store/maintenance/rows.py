"""Copies all rows of a store's tables into another database, for `copy`, `backup` and `restore`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, String, Table, func, inspect, select

from mimecast.store.database.postgresql import advance_sequence
from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.sqlite import SQLITE
from mimecast.store.database.tables import data_tables
from mimecast.store.database.transactions import translate_errors


def copy_rows(
    source: Connection, target: Connection, *, on_rows: Callable[[int], None] = lambda rows: None
) -> dict[str, int]:
    """Copy every row of every table into empty tables; return the number of rows by table.

    `on_rows` is called with the number of rows of each batch. Tables that the source lacks, because it is of an older
    version and cannot be written, stay empty. Raises StoreError.
    """
    present = set(inspect(source).get_table_names())
    copied = {}
    for table in data_tables():
        copied[table.name] = 0
        if table.name not in present:
            continue
        with read_batches(source, table) as batches:
            for batch in batches:
                insert_rows(target, table, batch)
                copied[table.name] += len(batch)
                on_rows(len(batch))
        with translate_errors(target.engine.url):
            advance_sequence(target, table)
    return copied


def insert_rows(target: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Insert rows that were read with `read_batches` from the same table of another database. Raises StoreError."""
    with translate_errors(target.engine.url):
        target.execute(table.insert(), [dict(row._mapping) for row in rows])


@contextmanager
def read_batches(connection: Connection, table: Table) -> Iterator[Iterator[Sequence[Row[Any]]]]:
    """Read all rows of a table in batches, in the order of the key. Raises StoreError.

    Texts are ordered by their bytes: each database has an alphabetical order of its own.
    """
    collation = "BINARY" if connection.dialect.name == SQLITE else "C"
    key = [column.collate(collation) if isinstance(column.type, String) else column for column in table.primary_key]
    with translate_errors(connection.engine.url):
        result = connection.execute(select(table).order_by(*key), execution_options={"yield_per": BATCH_ROWS})
    with closing(result):
        yield _batches(connection, result)


def count_rows(connection: Connection, table: Table) -> int:
    """Return the number of rows of a table. Raises StoreError."""
    with translate_errors(connection.engine.url):
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _batches(connection: Connection, result: CursorResult[Any]) -> Iterator[Sequence[Row[Any]]]:
    with translate_errors(connection.engine.url):
        yield from result.partitions()
