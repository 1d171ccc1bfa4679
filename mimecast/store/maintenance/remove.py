"""Removes one snapshot, for example one that was taken while a computer's clock was wrong."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_iso_utc
from mimecast.problem import Problem
from mimecast.store.database.tables import implausible_answers, imported_snapshots, removals, snapshots
from mimecast.store.database.transactions import upsert
from mimecast.store.snapshot_rows import from_row, to_seconds
from mimecast.store.store import Store


class SnapshotMissing(Problem):
    """No snapshot was taken at this time. Nothing was changed."""

    title = "No such snapshot"
    remedy = "The first two columns of python -m mimecast export list the accounts and times."


def snapshots_at(store: Store, taken_at: datetime, account: str | None = None) -> list[Snapshot]:
    """Return the snapshots of all accounts, or of one, that were taken at an instant, by account. Raises StoreError."""
    query = select(snapshots).where(snapshots.c.taken_at == to_seconds(taken_at)).order_by(snapshots.c.account)
    if account is not None:
        query = query.where(snapshots.c.account == account)
    with store.reading() as connection:
        return [from_row(row) for row in connection.execute(query)]


def remove_snapshot(store: Store, snapshot: Snapshot, *, now: datetime) -> None:
    """Delete a snapshot, and record in the store and in the log that this was done.

    Raises SnapshotMissing when it is not stored any more, StoreError.
    """
    key = {"account": snapshot.account, "taken_at": to_seconds(snapshot.taken_at)}
    name = f"{format_iso_utc(snapshot.taken_at)} of {snapshot.account}"
    with store.writing() as connection:
        for table in (snapshots, imported_snapshots, implausible_answers):
            is_removed = [table.c[column] == value for column, value in key.items()]
            rows = connection.execute(table.delete().where(*is_removed)).rowcount
            if table is snapshots and not rows:
                raise SnapshotMissing(f"The snapshot {name} is no longer stored.")
        removed_at = {"removed_at": to_seconds(now)}
        record = upsert(removals, connection).values(key | removed_at)
        connection.execute(record.on_conflict_do_update(index_elements=list(key), set_=removed_at))
    logging.getLogger(__name__).info("The snapshot %s was removed.", name)
