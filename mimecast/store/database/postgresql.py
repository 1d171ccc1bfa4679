"""PostgreSQL: its engine, what it does differently from SQLite, and the translation of its errors.

Transactions are READ COMMITTED, regardless of the server's default: every write is one statement that the key decides
(`ON CONFLICT`), or what follows it in the same transaction has to see what another run has committed since, which no
stricter level shows. Connections are kept for later transactions, tested before each use, and replaced when the server
restarted in between. Statements are not prepared on the server, so that a connection pooler may be in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, literal, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from mimecast.store.errors import (
    DatabaseLoginFailed,
    DatabaseMissing,
    DatabasePermissionMissing,
    DatabaseTlsFailed,
    DatabaseUnreachable,
    DiskError,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

CONNECT_TIMEOUT_SECONDS: Final = 5
SILENCE_TIMEOUT_SECONDS: Final = 20
"""Seconds without an answer after which a connection counts as lost, for example behind a firewall that dropped it."""

LIBPQ_DEFAULTS: Final = {
    "application_name": "safe-score-dashboard",
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENCE_TIMEOUT_SECONDS * 1000,
}
"""Settings of libpq; the URL can override each of them."""

POSTGRESQL: Final = "postgresql"

MIGRATION_LOCK: Final = 0x5AFE_5C0E
"""Key of the advisory lock under which one machine at a time creates or changes tables."""

REPLACE_REMEDY: Final = (
    "Restore the server's own backup, or name an empty database in [connections.snapshots] and put a backup into it "
    "with python -m mimecast restore FILE."
)
WRITE_ACCESS_REMEDY: Final = (
    "Let the dashboard's database user write the dashboard's tables, on a server that accepts writes. What is stored "
    "is still shown."
)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds that a statement may wait for a lock and take altogether."""

    lock: int
    statement: int


READ_LIMITS: Final = TimeLimits(lock=5, statement=30)
"""Limits of what a page reads. A reader waits for it, and each wait takes a connection."""

WRITE_LIMITS: Final = TimeLimits(lock=20, statement=60)
"""Limits of a capture and of what users write. A capture that fails may cost a day."""

LONG_LIMITS: Final = TimeLimits(lock=60, statement=1800)
"""Limits of a copy, a backup, a restore and a migration, each of which may take minutes."""

POOL_SIZE: Final = 5
MAX_CONNECTIONS: Final = 15
"""Connections of one process: those that are kept, and those that are open at most."""

MAX_READS: Final = 10
"""Connections of one process that reads may take. Captures and other writes have the rest."""

CONNECTION_WAIT_SECONDS: Final = 10
"""Seconds to wait for one of this process's connections to become free."""


def make_engine(url: URL) -> Engine:
    """Return an engine for reading and writing, which has not connected yet."""
    settings: dict[str, Any] = {name: value for name, value in LIBPQ_DEFAULTS.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args={**settings, "prepare_threshold": None},
        isolation_level="READ COMMITTED",
        pool_size=POOL_SIZE,
        max_overflow=MAX_CONNECTIONS - POOL_SIZE,
        pool_timeout=CONNECTION_WAIT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return  # limits hold for a transaction, and such a statement has none
        limits = LONG_LIMITS if options.get("long") else WRITE_LIMITS if options.get("write") else READ_LIMITS
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = '{limits.lock}s'; SET LOCAL statement_timeout = '{limits.statement}s'"
        )

    return engine


def wait_for_other_migrations(connection: Connection) -> None:
    """Hold the lock on the tables' definitions until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def lock_against_writes(connection: Connection, tables: list[Table]) -> None:
    """Let others only read these tables until the transaction ends, as SQLite does during every write."""
    if connection.dialect.name == POSTGRESQL:
        names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def advance_sequence(connection: Connection, table: Table) -> None:
    """Continue the numbering of a table after rows that were inserted with their numbers, as SQLite always does."""
    column = table.autoincrement_column
    if connection.dialect.name == POSTGRESQL and column is not None:
        sequence = func.pg_get_serial_sequence(literal(table.name), literal(column.name))
        connection.execute(select(func.setval(sequence, func.max(column))))


def require_writable(connection: Connection, tables: list[Table]) -> None:
    """Raise StoreReadOnly on a standby server, and where the user may read the tables but not add rows."""
    is_read_only = func.current_setting("transaction_read_only") == "on"
    names = [func.to_regclass(literal(table.name)) for table in tables]
    privileges = [func.has_table_privilege(name, literal("INSERT")) for name in names]
    read_only, *may_insert = connection.execute(select(is_read_only, *privileges)).one()
    if read_only or False in may_insert:
        raise StoreReadOnly(
            f"{describe_database(connection.engine.url)} cannot be written.", remedy=WRITE_ACCESS_REMEDY
        )


def describe_database(url: URL, *, lower: bool = False) -> str:
    """Return `The database scores at db.example.com`, without user and password; `lower` for inside a sentence."""
    host = url.host or url.query.get("host")
    name = f"{'the' if lower else 'The'} database{f' {url.database}' if url.database else ''}"
    return f"{name} at {host}" if isinstance(host, str) else name


def translate_error(error: DBAPIError, url: URL) -> StoreError:
    """Return what an error of psycopg means, without its text, which may contain a value that was to be stored."""
    code = getattr(error.orig, "sqlstate", None)
    return _connection_error(str(error.orig), url) if code is None else _error_of_code(code, url)


def _error_of_code(code: str, url: URL) -> StoreError:
    """Return the error for a SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
    where = describe_database(url)
    match code[:2], code:
        case _, "42501" | "3F000":
            return DatabasePermissionMissing(f"{where} does not allow {_user(url)} to do this.")
        case _, "25006":
            return StoreReadOnly(f"{where} accepts no writes.", remedy=WRITE_ACCESS_REMEDY)
        case _, "3D000":
            return DatabaseMissing(f"{where} does not exist.")
        case ("28", _):
            return _login_failed(url)
        case ("08" | "57", _) if code != "57014":
            return DatabaseUnreachable(f"{where} ended the connection.")
        case _, "53100":
            return StoreFull(f"There is no room left for {describe_database(url, lower=True)}.")
        case ("40" | "53" | "55" | "57", _):
            return StoreBusy(f"{where} is overloaded, or a table is locked.")
        case ("58", _):
            return DiskError(f"{where} cannot be read or written.")
        case ("XX", _):
            return StoreDamaged(f"{where} is damaged.", remedy=f"See the server's log. {REPLACE_REMEDY}")
        case ("22" | "23", _):
            return StoreError(
                f"{where} rejected a value that was to be stored.", remedy="Nothing was stored; correct the value."
            )
    return StoreDamaged(f"{where} does not hold the tables of this dashboard.", remedy=REPLACE_REMEDY)


def _connection_error(text: str, url: URL) -> StoreError:
    """Return the error for a failed attempt to connect, which has no code.

    Its text is libpq's, which is English, or the server's, which may be in another language and is then not recognised.
    """
    text = text.lower()
    where = describe_database(url)
    if "permission denied for database" in text:
        return DatabasePermissionMissing(f"{where} does not allow {_user(url)} to connect.")
    if 'database "' in text and "does not exist" in text:
        return DatabaseMissing(f"{where} does not exist.")
    if any(words in text for words in ("authentication failed", 'role "', "no password supplied", "no pg_hba.conf")):
        return _login_failed(url)
    if "too many" in text or "connection slots" in text:
        return StoreBusy(
            f"{where} accepts no more connections.",
            remedy="Try again in a moment; if the problem persists, raise the server's max_connections.",
        )
    if "invalid" in text and any(word in text for word in ("option", "value", "port")):
        return StoreError(
            "The store's URL contains a setting that PostgreSQL does not know.",
            remedy="Check the port and what follows the question mark.",
        )
    if ("certificate" in text or "ssl" in text) and "closed" not in text:
        return DatabaseTlsFailed(f"Could not establish a TLS connection to {describe_database(url, lower=True)}.")
    return DatabaseUnreachable(f"There is no connection to {describe_database(url, lower=True)}.")


def _login_failed(url: URL) -> StoreError:
    return DatabaseLoginFailed(f"{describe_database(url)} rejected the login of {_user(url)}.")


def _user(url: URL) -> str:
    return f"the user {url.username}" if url.username else "the user of this process"
