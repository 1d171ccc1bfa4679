"""Moving a store: every row of every table into an empty one, SQLite or PostgreSQL, and compared afterwards.

The source is read in one transaction, so that it is of one moment whoever writes meanwhile; the target is written in
one, so that it holds everything or nothing. Rows are read back and compared before that transaction is committed.
Leases are not copied: they are about runs of now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, String, Table, func, select

from mimecast.store.database.engine import translate_errors
from mimecast.store.database.postgresql import advance_sequence, lock_against_writes
from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.schema import data_tables
from mimecast.store.errors import CopyVerificationFailed, StoreError, TargetNotEmpty
from mimecast.store.store import Store

ProgressCallback = Callable[[int, int], None]
"""Is told how many steps of how many are done; every row is two: written, and compared."""


def copy_store(source: Store, target: Store, progress: ProgressCallback = lambda done, of: None) -> dict[str, int]:
    """Copy every row and compare; rows by the name of their table. The source is left as it is.

    Raises TargetNotEmpty, CopyDiffers, StoreError; the target is then as it was.
    """
    tables = data_tables()
    with source.reading() as reading, target.writing() as writing:
        lock_against_writes(writing, tables)
        _refuse_unless_empty(writing, tables, target.name)
        rows = {table.name: _count(reading, table) for table in tables}
        if not any(rows.values()):
            raise StoreError(f"{source.name} holds nothing to copy.", remedy="Check the first URL.")
        done, steps = 0, 2 * sum(rows.values())
        for table in tables:
            with _batches(reading, table) as originals:
                for batch in originals:
                    writing.execute(table.insert(), [dict(row._mapping) for row in batch])
                    done += len(batch)
                    progress(done, steps)
            advance_sequence(writing, table)
        for table in tables:
            with _batches(reading, table) as originals, _batches(writing, table) as copies:
                for mine, theirs in zip_longest(originals, copies, fillvalue=()):
                    if [tuple(row) for row in mine] != [tuple(row) for row in theirs]:
                        raise CopyVerificationFailed(f"A row of {table.name} reads differently in {target.name}.")
                    done += len(mine)
                    progress(done, steps)
    return rows


def _refuse_unless_empty(connection: Connection, tables: list[Table], name: str) -> None:
    if held := [table.name for table in tables if _count(connection, table)]:
        raise TargetNotEmpty(f"{name} holds {held[0]} already.")


def _count(connection: Connection, table: Table) -> int:
    with translate_errors(connection.engine.url):
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@contextmanager
def _batches(connection: Connection, table: Table) -> Iterator[Iterator[Sequence[Row[Any]]]]:
    """All rows in the order of the key, texts by their bytes: each database has an alphabet of its own."""
    bytewise = "BINARY" if connection.dialect.name == "sqlite" else "C"
    key = [one.collate(bytewise) if isinstance(one.type, String) else one for one in table.primary_key]
    query = select(table).order_by(*key)
    with translate_errors(connection.engine.url):
        found = connection.execute(query, execution_options={"yield_per": BATCH_ROWS})
    with closing(found):
        yield _read(connection, found)


def _read(connection: Connection, found: CursorResult[Any]) -> Iterator[Sequence[Row[Any]]]:
    with translate_errors(connection.engine.url):
        yield from found.partitions()
