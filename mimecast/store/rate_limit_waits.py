"""Waits that Mimecast asked for, shared by all processes and machines of a store.

Mimecast counts requests by application, so a wait holds for an application, not for an account. Its end is a time of
the database's clock: the clocks of the machines need not agree. A wait that ends later than any wait can counts as
ended, since that clock has then been set back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, select

from mimecast.store.database.clock import DatabaseNow
from mimecast.store.database.tables import waits
from mimecast.store.database.transactions import upsert
from mimecast.store.store import Store

MAX_WAIT: Final = timedelta(hours=24)
"""The longest wait that counts."""


def save_wait(store: Store, application: Sequence[str], wait: timedelta) -> None:
    """Store that an application must not be requested for a time from now; the latest end counts.

    Raises:
        StoreError: The store cannot be written.
    """
    length = int(min(wait, MAX_WAIT).total_seconds() * 1000)

    def write(connection: Connection) -> None:
        connection.execute(waits.delete().where(waits.c.until <= DatabaseNow()))
        key, until = _digest(application), DatabaseNow() + length
        statement = upsert(waits, connection).values(application=key, until=until)
        is_later = (waits.c.until < until) | (waits.c.until > DatabaseNow() + _milliseconds(MAX_WAIT))
        connection.execute(
            statement.on_conflict_do_update(index_elements=[waits.c.application], set_={"until": until}, where=is_later)
        )

    store.write(write, durable=False)


def remaining_wait(connection: Connection, application: Sequence[str]) -> timedelta | None:
    """Return how long an application must not be requested, or None when it may be, in the caller's transaction."""
    query = select(waits.c.until - DatabaseNow()).where(waits.c.application == _digest(application))
    remaining = connection.execute(query).scalar()
    if remaining is None or not 0 < remaining <= _milliseconds(MAX_WAIT):
        return None
    return timedelta(milliseconds=remaining)


def load_wait(store: Store, application: Sequence[str]) -> timedelta | None:
    """Return how long an application must not be requested, or None when it may be.

    Raises:
        StoreError: The store cannot be read.
    """
    if not store.has_table(waits):
        return None
    with store.reading() as connection:
        return remaining_wait(connection, application)


def _digest(application: Sequence[str]) -> str:
    """Return the key of an application, which tells nothing about its credentials."""
    return sha256("\0".join(application).encode()).hexdigest()


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
