"""Vacuuming a database, so that the bytes of deleted rows are gone from its files."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, Table

from mimecast.store.database.sqlite import SQLITE
from mimecast.store.database.transactions import translate_errors
from mimecast.store.errors import StoreBusy


def vacuum(engine: Engine, tables: Sequence[Table]) -> None:
    """Free the space of deleted rows. A SQLite file and its log are rewritten; PostgreSQL rewrites the tables.

    Raises StoreBusy when another process still reads the deleted rows, StoreError.
    """
    with translate_errors(engine.url), engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        if engine.dialect.name == SQLITE:
            driver = autocommit.connection.driver_connection
            if driver is None:
                return
            driver.rollback()  # SQLAlchemy has begun a transaction, in which SQLite cannot vacuum
            driver.execute("VACUUM").close()
            is_busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if is_busy:
                raise StoreBusy(
                    "The deleted rows are still in the store's log, which another program is reading.",
                    remedy="Run the command again when the dashboard is not in use.",
                )
            return
        for table in tables:
            autocommit.exec_driver_sql(f'VACUUM FULL "{table.name}"')
