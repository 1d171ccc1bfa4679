"""Leases: one capture of an account at a time, however many processes and machines run.

A lease is a row that says who captures an account and until when. It is short and renewed while the work goes on, so
that a run that was killed blocks nobody for longer than `LENGTH`. Time is the database's own: the machines that share
a store need not agree about it. Should that clock be set back, a lease that ends later than any lease can is taken for
one that has ended.

A lease keeps two runs from asking together; it guards no row, and one that is lost in a power cut is no loss. A process
that was suspended for longer than its lease still stores its answer, which is true and has an instant of its own.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from mimecast.store.database.engine import upsert
from mimecast.store.database.schema import leases
from mimecast.store.errors import StoreError
from mimecast.store.store import Store

LEASE_DURATION: Final = timedelta(seconds=15)
RENEW_INTERVAL: Final = timedelta(seconds=5)


class Lease:
    """The right to capture one account of a store. Every method raises a StoreError when the database fails."""

    def __init__(self, store: Store, account: str) -> None:
        self.account = account
        self.holder = uuid.uuid4().hex
        self._store = store
        self._is_released = False

    def acquire(self) -> bool:
        """Take the lease, or renew it; False while somebody else has it."""
        with self._store.writing(durable=False) as connection:
            return self.acquire_in(connection)

    def acquire_in(self, connection: Connection) -> bool:
        """The same, in a transaction that writes."""
        length = int(LEASE_DURATION.total_seconds() * 1000)
        mine = {"holder": self.holder, "until": _Now() + length}
        statement = upsert(leases, connection).values(account=self.account, **mine)
        is_free = or_(leases.c.holder == self.holder, leases.c.until <= _Now(), leases.c.until > _Now() + length)
        statement = statement.on_conflict_do_update(index_elements=[leases.c.account], set_=mine, where=is_free)
        return connection.execute(statement.returning(leases.c.account)).first() is not None

    def release(self) -> None:
        """Give the lease back; one that somebody else has by now is left to them."""
        with self._store.writing(durable=False) as connection:
            self.release_in(connection)

    def release_in(self, connection: Connection) -> None:
        """The same, in a transaction that writes: what was captured and the lease's end are then one step."""
        connection.execute(leases.delete().where(leases.c.account == self.account, leases.c.holder == self.holder))
        self._is_released = True

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep a lease that was taken, by renewing it in the background, and release it at the end, unless that was
        done.
        """
        is_over = threading.Event()
        thread = threading.Thread(target=self._renew, args=(is_over,), name=f"lease of {self.account}", daemon=True)
        thread.start()
        try:
            yield
        except BaseException:
            self._is_released = False  # whatever it was released in has been rolled back
            raise
        finally:
            is_over.set()
            thread.join()
            if not self._is_released:
                with suppress(StoreError):  # it ends by itself, and must not hide what the work gave
                    self.release()

    def _renew(self, is_over: threading.Event) -> None:
        while not is_over.wait(RENEW_INTERVAL.total_seconds()):
            try:
                self._prolong()
            except StoreError as problem:
                logging.getLogger(__name__).warning("The lease of %s was not renewed: %s", self.account, problem)

    def _prolong(self) -> None:
        """Renew it where it is still there: one that was released meanwhile must not come back."""
        mine = leases.c.account == self.account, leases.c.holder == self.holder
        until = _Now() + int(LEASE_DURATION.total_seconds() * 1000)
        with self._store.writing(durable=False) as connection:
            connection.execute(leases.update().where(*mine).values(until=until))


class _Now(FunctionElement[int]):
    """The database's clock, in milliseconds since 1970-01-01 UTC; read when the statement runs."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Now, "sqlite")
def _sqlite_now(element: _Now, compiler: Any, **options: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(_Now, "postgresql")
def _postgresql_now(element: _Now, compiler: Any, **options: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
