"""Tables of the store, and their migrations.

Each migration runs once, in one transaction with its own row in `schema_version`, so that a store never has half a
version. A migration is never edited once it is released: add another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    inspect,
    select,
)

from mimecast.store.database.postgresql import wait_for_other_migrations

_metadata = MetaData()

versions: Final = Table(
    "schema_version",
    _metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", String(20), nullable=False),
)

_COUNTS: Final = ("a", "b", "c", "d", "f", "other")

snapshots: Final = Table(
    "snapshots",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    *(Column(count, BigInteger, CheckConstraint(f"{count} >= 0"), nullable=False) for count in _COUNTS),
    Column("other_letters", String(40), nullable=False, server_default=""),
    Column("source", String(20), nullable=False),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""Snapshots, one row per account and instant. The key is also the order in which a timeline reads them."""

notes: Final = Table(
    "notes",
    _metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="random, so that it is never used again"),
    Column("account", String(40), nullable=False),
    Column("day", Date, nullable=False, comment="a reporting day"),
    Column("text", String(120), nullable=False),
    Column("author", String(320), nullable=False),
    Column("written_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Index("notes_of_a_day", "account", "day"),
)

targets: Final = Table(
    "targets",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("set_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("author", String(320), nullable=False),
    Column("share", Float, nullable=True, comment="percent of users graded; null where the target was cleared"),
    Column("by_day", Date, nullable=True, comment="a reporting day"),
    Column("share_then", Float, nullable=True, comment="the share when it was set; null where it was not known"),
    PrimaryKeyConstraint("account", "set_at"),
)
"""Targets, with every one that was ever set. The newest of an account counts."""

imports: Final = Table(
    "imports",
    _metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="random, so that it is never used again"),
    Column("imported_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("author", String(320), nullable=False),
    Column("file_name", String(120), nullable=False),
    Column("added", BigInteger, nullable=False, comment="snapshots that were new"),
)

imported_snapshots: Final = Table(
    "imported_snapshots",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("import_id", BigInteger, ForeignKey("imports.id"), nullable=False, index=True),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""The import that added each imported snapshot."""

leases: Final = Table(
    "leases",
    _metadata,
    Column("account", String(40), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until", BigInteger, nullable=False, comment="milliseconds since 1970-01-01 UTC, by the database's clock"),
)
"""Runs that are capturing an account; see `leases.py`."""

runs: Final = Table(
    "runs",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(40), nullable=False),
    Column("started", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("ended", BigInteger, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("sentence", String(1000), nullable=False, server_default=""),
    Index("runs_of_an_account", "account", "id"),
)
"""Results of scheduled captures; see `scheduled_runs.py`."""


def _first(connection: Connection) -> None:
    snapshots.create(connection)


def _unattended(connection: Connection) -> None:
    leases.create(connection)
    runs.create(connection)


def _notes_targets_imports(connection: Connection) -> None:
    for table in (notes, targets, imports, imported_snapshots):
        table.create(connection)


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (_first, _unattended, _notes_targets_imports)


def data_tables() -> list[Table]:
    """Return the tables that a backup contains, each after those it refers to: all but the leases and the versions."""
    return [table for table in _metadata.sorted_tables if table not in (leases, versions)]


def version_of(connection: Connection) -> int:
    """Return the version of a store, 0 when it is empty."""
    if not inspect(connection).has_table(versions.name):
        return 0
    return connection.execute(select(func.max(versions.c.version))).scalar() or 0


def migrate(connection: Connection) -> int:
    """Bring the store to the newest version in the caller's transaction; return the version that it had.

    A store of a newer version is not changed. Several machines may migrate at the same time.
    """
    wait_for_other_migrations(connection)
    had = version_of(connection)
    if had == 0:
        versions.create(connection, checkfirst=True)
    for version, step in enumerate(MIGRATIONS[had:], start=had + 1):
        step(connection)
        applied_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        connection.execute(versions.insert().values(version=version, applied_at=applied_at))
    return had
