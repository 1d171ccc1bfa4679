"""Snapshots as rows of the table `snapshots`: conversion, insertion and comparison with what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.tables import snapshots
from mimecast.store.database.transactions import upsert
from mimecast.store.errors import StoreNewer


@dataclass(frozen=True, slots=True)
class AddResult:
    """The result of storing snapshots.

    `new` were stored, `already_there` have an account and instant that were stored before, and `different` of those
    have other counts than the stored ones.
    """

    new: int
    already_there: int
    different: int


def insert_snapshots(connection: Connection, new: Iterable[Snapshot]) -> tuple[AddResult, list[tuple[str, int]]]:
    """Store snapshots in the caller's transaction; also return the keys (account, seconds) of those that are new.

    Two snapshots of one account and instant are one row, the one stored first. Rows are written in the order of the
    key: two transactions that write the same rows in different orders could each wait for the other.
    """
    rows = sorted((to_row(snapshot) for snapshot in new), key=_key)
    added: list[tuple[str, int]] = []
    different = 0
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        added += _insert_new(connection, batch)
        different += _count_different(connection, batch)
    return AddResult(len(added), len(rows) - len(added), different), added


def compare_snapshots(connection: Connection, new: Iterable[Snapshot]) -> AddResult:
    """Return what `insert_snapshots` would, without storing anything."""
    rows = [to_row(snapshot) for snapshot in new]
    known: dict[tuple[str, int], dict[str, int]] = {}
    added = different = 0
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        known |= _stored_counts(connection, batch)
        for row in batch:
            if _key(row) in known:
                different += not known[_key(row)].items() <= row.items()
            else:
                known[_key(row)] = {count: row[count] for count in ScoreCounts().as_mapping()}
                added += 1
    return AddResult(added, len(rows) - added, different)


def to_row(snapshot: Snapshot) -> dict[str, Any]:
    """Return the columns of a snapshot."""
    return {
        "account": snapshot.account,
        "taken_at": to_seconds(snapshot.taken_at),
        **snapshot.counts.as_mapping(),
        "other_letters": snapshot.other_letters,
        "source": snapshot.source.value,
    }


def from_row(row: Row[Any]) -> Snapshot:
    """Return the snapshot of a row that has all columns of the table.

    Raises StoreNewer for a source that only a newer version of the dashboard knows.
    """
    try:
        source = Source(row.source)
    except ValueError:
        raise StoreNewer("The store holds snapshots of a kind that this dashboard does not know.") from None
    return Snapshot(
        row.account,
        datetime.fromtimestamp(row.taken_at, UTC),
        ScoreCounts(row.a, row.b, row.c, row.d, row.f, row.other),
        source,
        row.other_letters,
    )


def to_seconds(instant: datetime) -> int:
    """Return an instant as the column `taken_at` holds it: whole seconds since 1970-01-01 UTC."""
    return int(instant.timestamp())


def _key(row: dict[str, Any]) -> tuple[str, int]:
    return str(row["account"]), row["taken_at"]


def _insert_new(connection: Connection, rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    statement = (
        upsert(snapshots, connection).on_conflict_do_nothing().returning(snapshots.c.account, snapshots.c.taken_at)
    )
    return [(row.account, row.taken_at) for row in connection.execute(statement, rows)]


def _count_different(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Return how many rows have an account and instant that are stored with other counts."""
    stored = _stored_counts(connection, rows)
    return sum(not stored[_key(row)].items() <= row.items() for row in rows)


def _stored_counts(connection: Connection, rows: list[dict[str, Any]]) -> dict[tuple[str, int], dict[str, int]]:
    """Return the stored counts of those accounts and instants of the rows that are stored."""
    stored = {}
    for account in {row["account"] for row in rows}:
        instants = [row["taken_at"] for row in rows if row["account"] == account]
        query = select(snapshots).where(snapshots.c.account == account, snapshots.c.taken_at.in_(instants))
        for row in connection.execute(query):
            stored[account, row.taken_at] = from_row(row).counts.as_mapping()
    return stored
