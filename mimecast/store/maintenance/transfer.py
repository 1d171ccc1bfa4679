"""Copying a store into an empty one, SQLite or PostgreSQL, and comparing the two row by row.

The source is read in one transaction and is therefore of one moment, even while it is in use. The target is written in
one transaction and therefore has everything or nothing. Its rows are read back and compared before the commit. Leases
are not copied, since they are about runs in progress.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from mimecast.store.database.migrations import refuse_unknown_additions
from mimecast.store.database.postgresql import lock_against_writes
from mimecast.store.database.tables import data_tables
from mimecast.store.errors import CopyVerificationFailed, StoreError, TargetNotEmpty
from mimecast.store.maintenance.rows import copy_rows, count_rows, read_batches
from mimecast.store.store import Store

ProgressCallback = Callable[[int, int], None]
"""A function of the steps done and the steps in total. Every row is two steps: it is written, and it is compared."""


def copy_store(
    source: Store, target: Store, show_progress: ProgressCallback = lambda done, total: None
) -> dict[str, int]:
    """Copy every row and compare it; return the number of rows by table. The source is not changed.

    Raises TargetNotEmpty, CopyVerificationFailed or StoreError, and the target is then unchanged.
    """
    tables = data_tables()
    with source.reading(long=True) as reading, target.writing(long=True) as writing:
        for connection, store in ((reading, source), (writing, target)):
            refuse_unknown_additions(connection, store.name)
        lock_against_writes(writing, tables)
        if filled := [table.name for table in tables if count_rows(writing, table)]:
            raise TargetNotEmpty(f"{target.name} holds {filled[0]} already.")
        total = 2 * sum(count_rows(reading, table) for table in tables)
        if not total:
            raise StoreError(f"{source.name} holds nothing to copy.", remedy="Check the first URL.")
        done = 0

        def add_steps(rows: int) -> None:
            nonlocal done
            done += rows
            show_progress(done, total)

        copied = copy_rows(reading, writing, on_rows=add_steps)
        for table in tables:
            with read_batches(reading, table) as originals, read_batches(writing, table) as copies:
                for original, copy in zip_longest(originals, copies, fillvalue=()):
                    if [tuple(row) for row in original] != [tuple(row) for row in copy]:
                        raise CopyVerificationFailed(f"A row of {table.name} reads differently in {target.name}.")
                    add_steps(len(original))
    return copied
