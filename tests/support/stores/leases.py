"""What tests read and change of the leases in a store."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from mimecast.store.database.clock import DatabaseNow
from mimecast.store.database.tables import leases
from mimecast.store.store import Store


def milliseconds_left(store: Store, account: str = "contoso") -> int:
    """Return the milliseconds until the lease ends, by the database's clock."""
    with store.reading() as connection:
        query = select(leases.c.until - DatabaseNow()).where(leases.c.account == account)
        return int(connection.execute(query).scalar_one())


def shift_leases(store: Store, by: timedelta) -> None:
    """Move the end of every lease, as if the clock had gone on the other way."""
    with store.writing() as connection:
        connection.execute(leases.update().values(until=leases.c.until + int(by.total_seconds() * 1000)))
