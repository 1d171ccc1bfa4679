"""Merging a backup into a store: what the store holds is kept, and what only the backup holds is added."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, select

from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.tables import (
    PEOPLE_TABLES,
    data_tables,
    imported_snapshots,
    people_captures,
    removals,
    snapshots,
)
from mimecast.store.maintenance.rows import insert_rows, read_batches

Key = tuple[object, ...]


def merge_rows(backup: Connection, store: Connection) -> tuple[dict[str, int], int]:
    """Add the rows of a backup that a store lacks; return how many by table, and how many were left out as different.

    Rows with the same key are the same thing, of which the store's version is kept. Snapshots that were removed from
    the store stay removed. An account's people data is added only where the store has none of it, since intervals of
    two histories cannot be joined. Both databases have all tables, and no other process may write to the store. Raises
    StoreError.
    """
    removed = _keys(store, removals)
    accounts_with_people = set(store.scalars(select(people_captures.c.account).distinct()))
    added, different = {}, 0
    new_snapshots: set[Key] = set()
    for table in data_tables():
        if table.autoincrement_column is not None:
            added[table.name] = _merge_numbered(backup, store, table)
            continue
        known = {_key(table, row): tuple(row) for row in store.execute(select(table))}
        added[table.name] = 0
        with read_batches(backup, table) as batches:
            for batch in batches:
                different += sum(known.get(_key(table, row), tuple(row)) != tuple(row) for row in batch)
                new = [row for row in batch if _key(table, row) not in known]
                if table in PEOPLE_TABLES:
                    new = [row for row in new if row.account not in accounts_with_people]
                elif table is snapshots:
                    new = [row for row in new if _key(table, row) not in removed]
                    new_snapshots |= {_key(table, row) for row in new}
                elif table is imported_snapshots:  # undoing an import must not remove a snapshot of the store's own
                    new = [row for row in new if _key(table, row) in new_snapshots]
                if new:
                    insert_rows(store, table, new)
                added[table.name] += len(new)
    return added, different


def _merge_numbered(backup: Connection, store: Connection, table: Table) -> int:
    """Merge a table whose rows are numbered by the database in the order in which they were written.

    The numbers of both databases mean different rows. Rows are the same when everything else is; all of them are
    numbered again, those of the backup first, because they are older. Returns how many are new.
    """
    columns = [column for column in table.c if column is not table.autoincrement_column]
    query = select(*columns).order_by(table.autoincrement_column)
    stored = [tuple(row) for row in store.execute(query)]
    older = [tuple(row) for row in backup.execute(query)]
    known = set(older)
    merged = [*older, *(row for row in stored if row not in known)]
    store.execute(table.delete())
    names = [column.name for column in columns]
    for start in range(0, len(merged), BATCH_ROWS):
        batch = [dict(zip(names, row, strict=True)) for row in merged[start : start + BATCH_ROWS]]
        store.execute(table.insert(), batch)
    return len(merged) - len(stored)


def _keys(connection: Connection, table: Table) -> set[Key]:
    return {tuple(row) for row in connection.execute(select(*table.primary_key))}


def _key(table: Table, row: Row[Any]) -> Key:
    return tuple(row._mapping[column.name] for column in table.primary_key)
