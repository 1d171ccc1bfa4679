"""Steps that create and change the tables of the store.

Machines that share a PostgreSQL are updated one after the other, and a machine with an older version must not stop
capturing because of that. So there are two kinds of steps:

- An *addition* (`ADDITIONS`) is a new table, index or column that older versions need not know: a column has a default
  or may be null, and the columns that older versions read get no new values, such as another source. The table
  `schema_additions` lists those that were applied, by name. A version that does not know an addition reads and writes
  as before, but refuses to back up, restore, copy or rename, which would leave the addition's rows behind.
- A *version* (`MIGRATIONS`, numbered in the table `schema_version`) is a change that older versions cannot cope with.
  They refuse a store with a number that they do not know. Introduce such a change in two releases: the first adds the
  new form and writes both, the second removes the old one.

Each step runs once, in one transaction with its own row in those tables, so that a store never has half a step. A step
is never edited once it is released: add another. Versions 1 to 3 are from before there were additions.

The tables of a new store have today's columns, so a step that adds a column does nothing where the table already has
it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Table, func, inspect, select

from mimecast.formatting import join_and
from mimecast.store.database.postgresql import wait_for_other_migrations
from mimecast.store.database.tables import (
    additions,
    alert_states,
    campaigns,
    component_counts,
    deliveries,
    department_counts,
    dismissed_restarts,
    grade_intervals,
    implausible_answers,
    imported_snapshots,
    imports,
    leases,
    messages,
    notes,
    people_captures,
    people_keys,
    reference_lines,
    removals,
    restart_notes,
    runs,
    snapshots,
    targets,
    versions,
    waits,
)
from mimecast.store.errors import StoreNewer

Step = Callable[[Connection], None]
"""Creates or changes tables in the caller's transaction."""


def creating(*tables: Table) -> Step:
    """Return the step that creates tables."""

    def create(connection: Connection) -> None:
        for table in tables:
            table.create(connection)

    return create


def create_sandbox_index(connection: Connection) -> None:
    """Create the index that tells whether an account has snapshots from the sandbox, ignored once it has real ones.

    It is written as text: an `Index` with a condition would load SQLAlchemy's dialects of both databases.
    """
    connection.exec_driver_sql(
        "CREATE INDEX IF NOT EXISTS snapshots_of_the_sandbox ON snapshots (account) WHERE source = 'sandbox'"
    )


MIGRATIONS: Final[tuple[Step, ...]] = (
    creating(snapshots),
    creating(leases, runs),
    creating(notes, targets, imports, imported_snapshots),
)
"""Steps that older versions cannot cope with; the first is version 1."""

ADDITIONS: Final[dict[str, Step]] = {
    "removals": creating(removals),
    "waits": creating(waits),
    "sandbox_index": create_sandbox_index,
    "notifications": creating(alert_states, messages, deliveries),
    "implausible_answers": creating(implausible_answers),
    "baseline_restarts": creating(restart_notes, dismissed_restarts),
    "reference_lines": creating(reference_lines),
    "campaigns": creating(campaigns),
    "people": creating(people_captures, department_counts, component_counts, grade_intervals, people_keys),
}
"""Steps that older versions need not know, by name, in the order in which they are applied."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The steps that were applied to a store: `version` is 0 for an empty one."""

    version: int
    additions: frozenset[str]

    @property
    def is_current(self) -> bool:
        """Whether no step is left to apply."""
        return self.version >= len(MIGRATIONS) and self.additions >= set(ADDITIONS)

    @property
    def is_compatible(self) -> bool:
        """Whether this version of the dashboard can read and write the store."""
        return self.version <= len(MIGRATIONS)

    @property
    def unknown_additions(self) -> list[str]:
        """Sorted names of the additions of a newer version of the dashboard."""
        return sorted(self.additions - set(ADDITIONS))


def read_state(connection: Connection) -> SchemaState:
    """Return the steps that were applied to a store."""
    tables = inspect(connection)
    version, names = 0, list[str]()
    if tables.has_table(versions.name):
        version = connection.execute(select(func.max(versions.c.version))).scalar() or 0
    if tables.has_table(additions.name):
        names = list(connection.scalars(select(additions.c.name)))
    return SchemaState(version, frozenset(names))


def migrate(connection: Connection, *, before: Callable[[], None] = lambda: None) -> None:
    """Apply all steps that are missing, in the caller's transaction, which writes.

    `before` is called when there are any and the store is not empty; other machines, which may migrate at the same
    time, then wait for this one.
    """
    wait_for_other_migrations(connection)
    state = read_state(connection)
    if state.is_current:
        return
    if state.version:
        before()
    versions.create(connection, checkfirst=True)
    additions.create(connection, checkfirst=True)
    applied_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for version, step in enumerate(MIGRATIONS[state.version :], start=state.version + 1):
        step(connection)
        connection.execute(versions.insert().values(version=version, applied_at=applied_at))
    for name, step in ADDITIONS.items():
        if name not in state.additions:
            step(connection)
            connection.execute(additions.insert().values(name=name, applied_at=applied_at))


def refuse_unknown_additions(connection: Connection, name: str) -> None:
    """Raise StoreNewer when the database `name` has tables or columns that this version of the dashboard would lose."""
    if unknown := read_state(connection).unknown_additions:
        raise StoreNewer(
            f"A newer version of the dashboard extended {name} with {join_and(unknown)}, which this version would lose."
        )
