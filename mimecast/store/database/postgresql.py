"""PostgreSQL as the store: its engine, what is done its own way, and what its errors mean to a person.

Transactions are READ COMMITTED, whatever the server's default: every write is one statement that the key decides
(`ON CONFLICT`), or what follows it in the same transaction has to see what another run committed meanwhile, which no
stricter level shows. Connections are kept for later transactions, looked at before each use, and replaced when the
server went away in between. Statements are not prepared on the server, so that a pooler may stand before it.
"""

from __future__ import annotations

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
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

CONNECT_TIMEOUT_SECONDS: Final = 5
SILENCE_TIMEOUT_SECONDS: Final = 20
"""After which a connection counts as lost: a server that was switched off, or a firewall that forgot it."""

LIBPQ_DEFAULTS: Final = {
    "application_name": "safe-score-dashboard",
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENCE_TIMEOUT_SECONDS * 1000,
}
"""libpq's own settings; each can be set otherwise in the URL."""

POSTGRESQL: Final = "postgresql"

MIGRATION_LOCK: Final = 0x5AFE_5C0E
"""The key of the lock under which one machine at a time makes or changes tables."""

REPLACE_REMEDY: Final = "Put a backup in its place, or name another database in [connections.snapshots]."
WRITE_ACCESS_REMEDY: Final = (
    "Let the dashboard's database user write the dashboard's tables, on a server that takes writes. What is stored is "
    "still shown."
)


def make_engine(url: URL, seconds_to_wait_for_a_lock: int) -> Engine:
    """An engine for reading and writing; nothing is opened yet."""
    settings: dict[str, Any] = {name: value for name, value in LIBPQ_DEFAULTS.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args={**settings, "prepare_threshold": None},
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{seconds_to_wait_for_a_lock}s'")

    return engine


def wait_for_other_migrations(connection: Connection) -> None:
    """Hold the lock on the tables' definitions until the transaction ends. SQLite's writers are alone anyway."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def lock_against_writes(connection: Connection, tables: list[Table]) -> None:
    """Let others only read these tables until the transaction ends, as SQLite does for every writer."""
    if connection.dialect.name == POSTGRESQL:
        names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def advance_sequence(connection: Connection, table: Table) -> None:
    """Let a table that numbers its rows go on after those that came with numbers; SQLite does so by itself."""
    column = table.autoincrement_column
    if connection.dialect.name == POSTGRESQL and column is not None:
        sequence = func.pg_get_serial_sequence(literal(table.name), literal(column.name))
        connection.execute(select(func.setval(sequence, func.max(column))))


def require_writable(connection: Connection, tables: list[Table]) -> None:
    """Raises StoreReadOnly on a standby, and where the user may read the tables but not add to them."""
    is_read_only = func.current_setting("transaction_read_only") == "on"
    names = [func.to_regclass(literal(table.name)) for table in tables]
    rights = [func.has_table_privilege(name, literal("INSERT")) for name in names]
    read_only, *may_insert = connection.execute(select(is_read_only, *rights)).one()
    if read_only or False in may_insert:
        raise StoreReadOnly(
            f"{describe_database(connection.engine.url)} cannot be written.", remedy=WRITE_ACCESS_REMEDY
        )


def describe_database(url: URL) -> str:
    """The database in words, without user and password."""
    host = url.host or url.query.get("host")
    named = f"The database {url.database}" if url.database else "The database"
    return f"{named} at {host}" if isinstance(host, str) else named


def translate_error(error: DBAPIError, url: URL) -> StoreError:
    """What an error of psycopg means. Nothing of its text is shown: it may hold what was to be stored."""
    code = getattr(error.orig, "sqlstate", None)
    return _of_connecting(str(error.orig), url) if code is None else _of_code(code, url)


def _of_code(code: str, url: URL) -> StoreError:
    """By SQLSTATE, the same in every language: https://www.postgresql.org/docs/current/errcodes-appendix.html."""
    where = describe_database(url)
    match code[:2], code:
        case _, "42501" | "3F000":
            return DatabasePermissionMissing(
                f"{where} does not let the user {url.username or 'of this process'} do that."
            )
        case _, "25006":
            return StoreReadOnly(f"{where} takes no writes.", remedy=WRITE_ACCESS_REMEDY)
        case _, "3D000":
            return DatabaseMissing(f"{where} does not exist.")
        case ("28", _):
            return _refuses(url)
        case ("08" | "57", _) if code != "57014":
            return DatabaseUnreachable(f"{where} ended the connection.")
        case _, "53100":
            return StoreFull(f"There is no room left for {_inside(where)}.")
        case ("40" | "53" | "55" | "57", _):
            return StoreError(
                f"{where} has too much to do, or something holds what is needed.",
                title="The store is busy",
                remedy="Try again in a moment.",
            )
        case ("58", _):
            return DiskError(f"{where} cannot be read or written.")
        case ("XX", _):
            return StoreDamaged(f"{where} is damaged.", remedy=f"See the server's log. {REPLACE_REMEDY}")
        case ("22" | "23", _):
            return StoreError(
                f"{where} does not take a value that was to be stored.", remedy="Nothing of it was stored; correct it."
            )
    return StoreDamaged(f"{where} does not hold the tables of this dashboard.", remedy=REPLACE_REMEDY)


def _of_connecting(text: str, url: URL) -> StoreError:
    """An attempt that failed has no code, only text, which a server may write in another language: then less is said.
    libpq's own text is English.
    """
    said = text.lower()
    where = describe_database(url)
    if "permission denied for database" in said:
        return DatabasePermissionMissing(f"{where} does not let the user {url.username or 'of this process'} connect.")
    if 'database "' in said and "does not exist" in said:
        return DatabaseMissing(f"{where} does not exist.")
    if any(words in said for words in ("authentication failed", 'role "', "no password supplied", "no pg_hba.conf")):
        return _refuses(url)
    if "too many" in said or "connection slots" in said:
        return StoreError(
            f"{where} takes no more connections.",
            title="The store is busy",
            remedy="Try again in a moment; if it stays so, raise the server's max_connections.",
        )
    if "invalid" in said and any(word in said for word in ("option", "value", "port")):
        return StoreError(
            "The store's URL holds a setting that PostgreSQL does not know.",
            remedy="Correct its port and what stands after the question mark.",
        )
    if ("certificate" in said or "ssl" in said) and "closed" not in said:
        return DatabaseTlsFailed(f"A secure connection to {_inside(where)} did not come about.")
    return DatabaseUnreachable(f"There is no connection to {_inside(where)}.")


def _refuses(url: URL) -> StoreError:
    return DatabaseLoginFailed(
        f"{describe_database(url)} does not let the user {url.username or 'of this process'} in."
    )


def _inside(where: str) -> str:
    """As it stands inside a sentence."""
    return where[0].lower() + where[1:]
