"""A long history for tests of how much is read: a snapshot every hour for years."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from mimecast.domain.snapshot import Source
from mimecast.store.database.tables import snapshots
from mimecast.store.store import Store


def add_hourly_history(store: Store, account: str, count: int, newest: datetime) -> None:
    """Store `count` snapshots of an account, an hour apart, whose share at risk rises and falls every 200 hours.

    The rows are inserted at once: `Store.add`, which checks each against what is stored, takes ten times as long.
    """
    same_in_all = {
        "account": account,
        "source": Source.MIMECAST.value,
        "a": 500,
        "b": 300,
        "c": 150,
        "f": 50,
        "other": 0,
    }
    rows = [
        {
            **same_in_all,
            "d": 100 + abs(hours % 200 - 100),
            "taken_at": int((newest - timedelta(hours=hours)).timestamp()),
        }
        for hours in range(count)
    ]
    with store.writing() as connection:
        connection.execute(insert(snapshots), rows)
