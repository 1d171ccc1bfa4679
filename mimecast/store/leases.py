"""Leases: one capture of an account at a time, on however many processes and machines.

A lease is a row that says which run captures an account and until when. It is short and is renewed during the work, so
that a run that was killed blocks no other for longer than `LEASE_DURATION`. Time is the database's own: the clocks of
the machines that share a store need not agree. If that clock is set back, a lease that ends later than any lease can
counts as ended.

A lease keeps two runs from requesting at the same time. It protects no row, and losing one in a power cut does no harm.
A process that was suspended for longer than its lease still stores its answer, which is true and has its own instant.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, or_

from mimecast.store.database.clock import DatabaseNow as _Now
from mimecast.store.database.tables import leases
from mimecast.store.database.transactions import upsert
from mimecast.store.errors import StoreError
from mimecast.store.store import Store

LEASE_DURATION: Final = timedelta(seconds=15)
"""Time from the last renewal of a lease to its end."""

RENEW_INTERVAL: Final = timedelta(seconds=5)
"""Time between two renewals."""


class Lease:
    """The right to capture one account of a store. Every method raises a StoreError when the database fails."""

    def __init__(self, store: Store, account: str) -> None:
        self.account = account
        self.holder = uuid.uuid4().hex
        self._store = store
        self._is_released = False

    def acquire(self) -> bool:
        """Take or renew the lease, and return whether this run has it now."""
        with self._store.writing(durable=False) as connection:
            return self.acquire_in(connection)

    def acquire_in(self, connection: Connection) -> bool:
        """Take or renew the lease in the caller's transaction, and return whether this run has it."""
        length = int(LEASE_DURATION.total_seconds() * 1000)
        values = {"holder": self.holder, "until": _Now() + length}
        statement = upsert(leases, connection).values(account=self.account, **values)
        is_free = or_(leases.c.holder == self.holder, leases.c.until <= _Now(), leases.c.until > _Now() + length)
        statement = statement.on_conflict_do_update(index_elements=[leases.c.account], set_=values, where=is_free)
        return connection.execute(statement.returning(leases.c.account)).first() is not None

    def release(self) -> None:
        """End the lease, unless another run has taken it in the meantime."""
        with self._store.writing(durable=False) as connection:
            self.release_in(connection)

    def release_in(self, connection: Connection) -> None:
        """End the lease in the caller's transaction, so that the snapshot and the end of the lease are one step."""
        connection.execute(leases.delete().where(leases.c.account == self.account, leases.c.holder == self.holder))
        self._is_released = True

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Renew a lease in the background during the block, and end it afterwards unless the block has done so."""
        is_over = threading.Event()
        thread = threading.Thread(target=self._renew, args=(is_over,), name=f"lease of {self.account}", daemon=True)
        thread.start()
        try:
            yield
        except BaseException:
            self._is_released = False  # the transaction that released it was rolled back
            raise
        finally:
            is_over.set()
            thread.join()
            if not self._is_released:
                with suppress(StoreError):  # it ends without our help, and must not hide the result of the work
                    self.release()

    def _renew(self, is_over: threading.Event) -> None:
        while not is_over.wait(RENEW_INTERVAL.total_seconds()):
            try:
                self._prolong()
            except StoreError as problem:
                logging.getLogger(__name__).warning("The lease of %s was not renewed: %s", self.account, problem)

    def _prolong(self) -> None:
        """Renew the lease if this run still has it: one that was released in the meantime must not come back."""
        is_own = leases.c.account == self.account, leases.c.holder == self.holder
        until = _Now() + int(LEASE_DURATION.total_seconds() * 1000)
        with self._store.writing(durable=False) as connection:
            connection.execute(leases.update().where(*is_own).values(until=until))
