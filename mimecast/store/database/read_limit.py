"""Limit on the connections that reads may take, so that captures always find one.

While a table of PostgreSQL is locked, every page that reads it waits with a connection. Without a limit, a few viewers
would take all of them, and a capture would fail that does not even need the table.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from mimecast.store.database.postgresql import CONNECTION_WAIT_SECONDS, MAX_READS, POSTGRESQL
from mimecast.store.errors import StoreBusy


class ReadLimit:
    """Counts the reads of one process. SQLite, whose readers block nothing, has no limit."""

    def __init__(self, engine: Engine) -> None:
        """Limit the reads of an engine."""
        self._permits = threading.BoundedSemaphore(MAX_READS) if engine.dialect.name == POSTGRESQL else None

    @contextmanager
    def permit(self) -> Iterator[None]:
        """Wait until there is a connection for another read. Raises StoreBusy when that takes too long."""
        if self._permits is None:
            yield
            return
        if not self._permits.acquire(timeout=CONNECTION_WAIT_SECONDS):
            raise StoreBusy("All connections that this process may use for reading are in use.")
        try:
            yield
        finally:
            self._permits.release()
