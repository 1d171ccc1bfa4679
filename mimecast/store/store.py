"""The store: snapshots in a SQL database, SQLite or PostgreSQL, written once and never changed."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, Table, inspect, select

from mimecast.domain.reporting_days import EARLIEST_DAY
from mimecast.domain.snapshot import MAX_CLOCK_SKEW, RiskLevel, Snapshot, Source
from mimecast.store.database.change_token import postgresql_token, sqlite_token
from mimecast.store.database.database_url import display_url
from mimecast.store.database.files.exposure import optional_tls, writable_by_others
from mimecast.store.database.files.quarantine import latest_quarantined
from mimecast.store.database.group_commit import GroupCommit
from mimecast.store.database.migrations import read_state
from mimecast.store.database.open_database import Database, open_database, open_existing_database, read_only_reason
from mimecast.store.database.postgresql import POSTGRESQL
from mimecast.store.database.queries import (
    BATCH_ROWS,
    PlausibleInstants,
    count_covered_query,
    end_query,
    ends_query,
    ignored_query,
    last_in_range_query,
    levels_in_range_query,
    misdated_queries,
    real_query,
)
from mimecast.store.database.read_limit import ReadLimit
from mimecast.store.database.tables import data_tables, implausible_answers, snapshots
from mimecast.store.database.transactions import transaction, translate_errors
from mimecast.store.database.vacuum import vacuum
from mimecast.store.errors import StoreError, StoreQuarantined
from mimecast.store.snapshot_rows import (
    AddResult,
    compare_snapshots,
    from_row,
    insert_snapshots,
    to_row,
    to_seconds,
)

T = TypeVar("T")

_NO_STATEMENT_CACHE: Final = {"compiled_cache": None}
"""For statements that contain their ranges: no two are alike, so caching them would only take memory."""

MAX_MISDATED: Final = 20
"""Misdated snapshots that are listed at a time."""


Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Snapshots of any number of accounts. Safe to use from several threads and processes.

    What else is stored (notes, targets, imports, leases, runs) has modules of its own, which use `reading` and
    `writing`. Every method raises a StoreError when the database fails.

    A snapshot in the future, taken by a computer whose clock was ahead, would be the newest until that time comes, and
    one from before 2010 is a typing mistake in an import. No method returns either, except `misdated_snapshots`, and
    `all_snapshots`, which is for exports. The same is true of snapshots whose counts are marked as implausible, which
    `newest` and `newest_of` return on request.

    Attributes:
        read_only: The reason why the store can be read but not written: permissions, or a full disk. None otherwise.
    """

    def __init__(self, database: Database, clock: Clock = _utc_now) -> None:
        """Use an open database; `clock` returns the current time (UTC)."""
        self._clock = clock
        self._engine = engine = database.engine
        self._file = database.file
        self.read_only = database.read_only
        self._read_limit = ReadLimit(engine)
        self._writing = GroupCommit(lambda durable: transaction(engine, write=True, durable=durable))
        weakref.finalize(self, engine.dispose)

    @classmethod
    def open(cls, url: str, *, clock: Clock = _utc_now) -> Store:
        """Open a store, and create or migrate it where needed.

        A store that cannot be written is opened for reading. A damaged SQLite file is quarantined and replaced by a new
        one. Raises StoreError, StoreReadOnly when there is nothing to read either, StoreDamaged, StoreNewer.
        """
        return cls(open_database(url, now=clock()), clock)

    @classmethod
    def open_existing(cls, url: str, *, clock: Clock = _utc_now) -> Store:
        """Open a store that has to exist, and migrate it where needed. Nothing is created or quarantined.

        Raises StoreError, also when there is no store at the URL.
        """
        return cls(open_existing_database(url, now=clock()), clock)

    @property
    def quarantined(self) -> StoreQuarantined | None:
        """The report of a damaged file that is kept beside the store, until it is moved away."""
        return latest_quarantined(self._file) if self._file else None

    @property
    def warnings(self) -> list[StoreError]:
        """The problems that do not keep the store from working: a quarantined file, a connection without TLS."""
        return [problem for problem in (self.quarantined, optional_tls(self._engine.url)) if problem]

    @property
    def writable_by_others(self) -> StoreError | None:
        """The problem that other users of the computer can change the store's file, if they can."""
        return writable_by_others(self._file) if self._file else None

    @property
    def name(self) -> str:
        """The store's file, or its URL without the password."""
        return str(self._file) if self._file else display_url(self._engine.url)

    @property
    def change_token(self) -> Hashable | None:
        """A value that differs after every committed write by any process (`change_token.py`).

        None where it is unknown: in the moments after a write to a file, and for a store in memory. Raises StoreError.
        """
        if self._file:
            return sqlite_token(self._file)
        if self._engine.dialect.name != POSTGRESQL:
            return None
        with self._read_limit.permit():
            return postgresql_token(self._engine)

    @contextmanager
    def reading(self, *, long: bool = False, reserved: bool = False) -> Iterator[Connection]:
        """Run a transaction that sees one state of the store.

        A `long` one has the time limits of a copy; a `reserved` one, for a capture, takes a connection that other reads
        may not have. Raises StoreBusy, StoreError.
        """
        with (
            nullcontext() if reserved else self._read_limit.permit(),
            transaction(self._engine, long=long) as connection,
        ):
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True, long: bool = False) -> Iterator[Connection]:
        """Run a transaction whose writes are stored all or not at all.

        One that is not `durable` may be lost in a power cut; a `long` one has the time limits of a copy. Raises
        StoreReadOnly, StoreError.
        """
        if self.read_only:
            raise self.read_only
        with transaction(self._engine, write=True, durable=durable, long=long) as connection:
            yield connection

    def write(self, work: Callable[[Connection], T], *, durable: bool = True) -> T:
        """Do the work in a transaction and return its result; concurrent writes share one (`group_commit.py`).

        Raises StoreReadOnly, StoreError, and what the work raises.
        """
        if self.read_only:
            raise self.read_only
        return self._writing.submit(work, durable=durable)

    @contextmanager
    def hold_connection(self) -> Iterator[None]:
        """Keep a connection open during many transactions: SQLite then moves its log into the file only at the end.

        Raises StoreError.
        """
        with translate_errors(self._engine.url), self._engine.connect():
            yield

    def has_table(self, table: Table) -> bool:
        """Return whether a table exists. A store that can only be read may be of a version before it."""
        if not self.read_only:
            return True
        with self.reading() as connection:
            return inspect(connection).has_table(table.name)

    def check_writable(self) -> None:
        """Take the right to write, and write nothing. Raises StoreError."""
        with self.writing() as connection:
            read_state(connection)
        if reason := read_only_reason(self._engine):
            raise reason

    def vacuum(self) -> None:
        """Rewrite the database, so that the bytes of deleted rows are gone. Raises StoreBusy, StoreError."""
        vacuum(self._engine, data_tables())

    def add(self, new: Iterable[Snapshot], *, extra_write: Callable[[Connection], None] | None = None) -> AddResult:
        """Store snapshots in one transaction: all of them, or none when it fails.

        `extra_write` may write to other tables in the same transaction. Two snapshots of one account and instant are
        one row, the one stored first. Raises StoreReadOnly, StoreError.
        """
        rows = list(new)

        def work(connection: Connection) -> AddResult:
            added = insert_snapshots(connection, rows)[0]
            if extra_write:
                extra_write(connection)
            return added

        return self.write(work)

    def compare(self, new: Iterable[Snapshot]) -> AddResult:
        """Return what `add` would, without storing anything."""
        with self.reading() as connection:
            return compare_snapshots(connection, new)

    def replace_sample(self, new: Iterable[Snapshot]) -> None:
        """Replace all sample data in one transaction. Raises StoreError when the store has any other snapshot."""
        with self.writing() as connection:
            real = select(snapshots.c.account).where(snapshots.c.source != Source.SAMPLE.value).limit(1)
            if connection.execute(real).first():
                raise StoreError(
                    "Sample data may not replace real snapshots.",
                    remedy="data/sample.db is for sample data: move the store with real snapshots elsewhere.",
                )
            connection.execute(snapshots.delete())
            connection.execute(snapshots.insert(), [to_row(snapshot) for snapshot in new])

    def accounts(self) -> list[str]:
        """Return the ids of all accounts with a snapshot, sorted by Python: databases have orders of their own."""
        with self.reading() as connection:
            return sorted(connection.scalars(select(snapshots.c.account).distinct()))

    def newest(
        self,
        account: str,
        *,
        before: datetime | None = None,
        within: Connection | None = None,
        include_marked: bool = False,
    ) -> Snapshot | None:
        """Return the account's newest snapshot, or None without one; in the transaction `within` if there is one.

        It is the newest one `before` an instant if given. With `include_marked` it may be one whose counts are
        implausible: for the age of the newest answer.
        """
        until = to_seconds(before) - 1 if before else None
        return self._end(account, newest=True, until=until, within=within, include_marked=include_marked)

    def newest_of(self, accounts: Sequence[str], *, include_marked: bool = False) -> dict[str, Snapshot]:
        """Return the newest snapshot of each account that has one, with one seek in the key for each account."""
        return self._end_of_each(accounts, newest=True, include_marked=include_marked)

    def oldest_of(self, accounts: Sequence[str]) -> dict[str, Snapshot]:
        """Return the oldest snapshot of each account that has one, with one seek in the key for each account."""
        return self._end_of_each(accounts, newest=False)

    def oldest(self, account: str) -> Snapshot | None:
        """Return the account's oldest snapshot, or None without one."""
        return self._end(account, newest=False)

    def first_since(self, account: str, instant: datetime) -> Snapshot | None:
        """Return the account's first snapshot at or after an instant, or None without one."""
        return self._end(account, newest=False, since=to_seconds(instant))

    def misdated_snapshots(self, account: str, limit: int = MAX_MISDATED) -> list[Snapshot]:
        """Return the account's snapshots in the future or before `EARLIEST_DAY`, oldest first, at most `limit`."""
        with self.reading() as connection:
            queries = misdated_queries(account, self._plausible_instants(), limit)
            return [from_row(row) for query in queries for row in connection.execute(query)][:limit]

    def all_snapshots(self, account: str) -> Iterator[Snapshot]:
        """Yield all snapshots of an account, also misdated ones, oldest first.

        Those from the sandbox are left out where there are others. No transaction is open while the caller uses them.
        """
        with self.reading() as connection:
            is_selected = PlausibleInstants(0, 0, real=_load_real(connection)).unmarked(snapshots)
            query = select(snapshots).where(snapshots.c.account == account, is_selected)
            rows = connection.execute(query.order_by(snapshots.c.taken_at)).all()
        yield from map(from_row, rows)

    def last_in_each(self, account: str, ranges: Sequence[tuple[datetime, datetime]]) -> list[Snapshot | None]:
        """Return the last snapshot in each half-open range of instants, None for a range without one.

        It takes one seek in the key for each range, however many snapshots there are.
        """
        last: dict[int, Snapshot] = {}
        bounds = _bounds(ranges)
        with self.reading() as connection:
            plausible = self._plausible(connection, [account])
            for start in range(0, len(bounds), BATCH_ROWS):
                query = last_in_range_query(account, bounds[start : start + BATCH_ROWS], plausible)
                for row in connection.execute(query, execution_options=_NO_STATEMENT_CACHE):
                    last[row.range] = from_row(row)
        return [last.get(index) for index in range(len(ranges))]

    def risk_levels_in_each(
        self, accounts: Sequence[str], ranges: Sequence[tuple[datetime, datetime]]
    ) -> dict[str, list[RiskLevel | None]]:
        """Return, by account, the level of the last snapshot in each half-open range, None for a range without one.

        It takes one seek in the key for each account and range.
        """
        levels: dict[str, list[RiskLevel | None]] = {account: [None] * len(ranges) for account in accounts}
        bounds = _bounds(ranges)
        with self.reading() as connection:
            for start in range(0, len(accounts), BATCH_ROWS):
                batch = accounts[start : start + BATCH_ROWS]
                query = levels_in_range_query(batch, bounds, self._plausible(connection, batch))
                for account, index, *level in connection.execute(query, execution_options=_NO_STATEMENT_CACHE):
                    levels[account][index] = RiskLevel(*level)
        return levels

    def count_covered(self, account: str, ranges: Sequence[tuple[datetime, datetime]]) -> int:
        """Return how many of the half-open ranges of instants have a snapshot."""
        bounds = _bounds(ranges)
        covered = 0
        with self.reading() as connection:
            plausible = self._plausible(connection, [account])
            for start in range(0, len(bounds), BATCH_ROWS):
                query = count_covered_query(account, bounds[start : start + BATCH_ROWS], plausible)
                covered += connection.execute(query, execution_options=_NO_STATEMENT_CACHE).scalar_one()
        return covered

    def _plausible_instants(self) -> PlausibleInstants:
        first = datetime.combine(EARLIEST_DAY, datetime.min.time(), UTC)
        return PlausibleInstants(to_seconds(first), to_seconds(self._clock() + MAX_CLOCK_SKEW))

    def _plausible(
        self, connection: Connection, accounts: Sequence[str], *, include_marked: bool = False
    ) -> PlausibleInstants:
        """Return what may be selected of these accounts, at most `BATCH_ROWS` of them."""
        plausible = self._plausible_instants()
        if include_marked or (self.read_only and not inspect(connection).has_table(implausible_answers.name)):
            return replace(plausible, real=_load_real(connection))
        ignored = connection.execute(ignored_query(accounts)).all()
        return replace(
            plausible,
            marked=tuple((row.account, row.taken_at) for row in ignored if row.taken_at is not None),
            real=tuple(row.account for row in ignored if row.taken_at is None),
        )

    def _end(
        self,
        account: str,
        *,
        newest: bool,
        since: int | None = None,
        until: int | None = None,
        within: Connection | None = None,
        include_marked: bool = False,
    ) -> Snapshot | None:
        with nullcontext(within) if within else self.reading() as connection:
            plausible = self._plausible(connection, [account], include_marked=include_marked)
            within_bounds = replace(
                plausible,
                first=plausible.first if since is None else max(since, plausible.first),
                last=plausible.last if until is None else min(until, plausible.last),
            )
            row = connection.execute(end_query(account, within_bounds, newest=newest)).first()
            return from_row(row) if row else None

    def _end_of_each(
        self, accounts: Sequence[str], *, newest: bool, include_marked: bool = False
    ) -> dict[str, Snapshot]:
        ends: dict[str, Snapshot] = {}
        with self.reading() as connection:
            for start in range(0, len(accounts), BATCH_ROWS):
                batch = accounts[start : start + BATCH_ROWS]
                plausible = self._plausible(connection, batch, include_marked=include_marked)
                query = ends_query(batch, plausible, newest=newest)
                ends |= {row.account: from_row(row) for row in connection.execute(query)}
        return ends


def _bounds(ranges: Sequence[tuple[datetime, datetime]]) -> list[tuple[int, int, int]]:
    """Return (index, low, high) in seconds for each range of instants."""
    return [(index, to_seconds(low), to_seconds(high)) for index, (low, high) in enumerate(ranges)]


def _load_real(connection: Connection) -> tuple[str, ...]:
    """Return the accounts whose snapshots from the sandbox are ignored, since they have others."""
    return tuple(connection.scalars(real_query()))
