"""Change tokens: values that differ after every committed write, whichever process wrote.

SQLite: the inode, size and modification time of the file and its log. PostgreSQL: `pg_current_snapshot()`, the set of
transactions whose effects are visible (https://www.postgresql.org/docs/current/functions-info.html): it is never the
same before and after a commit. It changes with the writes of other databases on the server as well, which only means
that something is read again.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, String, cast, func, select

from mimecast.store.database.transactions import translate_errors

MTIME_GRANULARITY: Final = 1.0
"""Seconds after a write from which the modification time of a file differs from that of the next write."""

MIN_POSTGRESQL: Final = (13,)
"""The first version that has the function."""

_VISIBLE_TRANSACTIONS: Final = select(cast(func.pg_current_snapshot(), String), func.pg_postmaster_start_time())
"""After a crash or a failover the server may use the numbers of lost transactions again; its start time differs."""


def sqlite_token(file: Path) -> Hashable | None:
    """Return the token of a SQLite file; None in the moments after a write, because the times of files are coarse."""
    files: list[tuple[int, int, int]] = []
    for path in (file, file.with_name(f"{file.name}-wal")):
        with suppress(FileNotFoundError):
            status = path.stat()
            if not status.st_size:
                continue  # a log that a reader created, and that disappears with it
            if abs(time.time() - status.st_mtime) < MTIME_GRANULARITY:
                return None
            files.append((status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(files) or None


def postgresql_token(engine: Engine) -> Hashable | None:
    """Return the token of a PostgreSQL, with one query that reads no table; None for an old server.

    Raises StoreError.
    """
    with translate_errors(engine.url), engine.connect() as connection:
        if (engine.dialect.server_version_info or ()) < MIN_POSTGRESQL:
            return None
        return tuple(connection.execution_options(isolation_level="AUTOCOMMIT").execute(_VISIBLE_TRANSACTIONS).one())
