"""Retention: for how long the grades of pseudonyms are kept after they have changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from mimecast.store.database.tables import grade_intervals, people_captures
from mimecast.store.store import Store


def apply_retention(store: Store, account: str, oldest_kept: datetime) -> int:
    """Delete the account's intervals that ended before an instant (UTC), and return how many.

    Once the newest list is older than that, all intervals are deleted: no list has confirmed the last grades since.

    Raises:
        StoreError: The store cannot be read or written.
    """
    if not store.has_table(people_captures):
        return 0
    oldest = int(oldest_kept.timestamp())
    columns = people_captures.c
    expired = select(columns.taken_at).where(columns.account == account, columns.taken_at < oldest).limit(1)
    with store.reading() as connection:
        if connection.execute(expired).first() is None:
            return 0  # an interval ends with a list, so none has ended before either
    with store.writing() as connection:
        newest = newest_capture(connection, account)
        deleted = delete_before(connection, account, oldest)
        if newest is not None and newest < oldest:
            deleted += connection.execute(delete(grade_intervals).where(grade_intervals.c.account == account)).rowcount
    return deleted


def delete_before(connection: Connection, account: str, oldest_kept: int) -> int:
    """Delete the account's intervals that ended before an instant, and return how many."""
    ended = grade_intervals.c.ended < oldest_kept
    result = connection.execute(delete(grade_intervals).where(grade_intervals.c.account == account, ended))
    connection.execute(
        delete(people_captures).where(people_captures.c.account == account, people_captures.c.taken_at < oldest_kept)
    )
    return result.rowcount


def newest_capture(connection: Connection, account: str) -> int | None:
    """Return when the account's newest list was taken (seconds since 1970-01-01 UTC), or None without one."""
    query = select(func.max(people_captures.c.taken_at)).where(people_captures.c.account == account)
    newest: int | None = connection.scalar(query)
    return newest
