"""The store: snapshots in a SQL database, SQLite or PostgreSQL, written once and never changed."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, Row, Table, UnaryExpression, inspect, select

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import RiskLevel, Snapshot, Source
from mimecast.store.database.engine import (
    display_url,
    is_writable,
    make_engine,
    make_read_only_engines,
    parse_url,
    sqlite_file,
    transaction,
    translate_errors,
    upsert,
)
from mimecast.store.database.group_commit import GroupCommit
from mimecast.store.database.postgresql import POSTGRESQL, require_writable
from mimecast.store.database.quarantine import StoreQuarantined, latest_quarantined, quarantine_if_corrupt
from mimecast.store.database.queries import (
    BATCH_ROWS,
    count_covered_query,
    last_in_range_query,
    levels_in_range_query,
    newest_query,
    oldest_query,
)
from mimecast.store.database.schema import MIGRATIONS, data_tables, migrate, snapshots, version_of
from mimecast.store.errors import StoreError, StoreFull, StoreNewer, StoreReadOnly

T = TypeVar("T")

_NO_STATEMENT_CACHE: Final = {"compiled_cache": None}
"""For statements with their ranges written into them: no two are alike, so keeping them would only take memory."""

MTIME_GRANULARITY: Final = 1.0
"""Seconds after a write from which the time of a file tells it from the next write."""


@dataclass(frozen=True, slots=True)
class AddResult:
    """What a write did: rows that are new, rows that were there already, and of those, how many say otherwise."""

    new: int
    already_there: int
    different: int


class Store:
    """Snapshots of any number of accounts. Safe to use from several threads and processes.

    What else is kept beside them (notes, targets, imports, leases, runs) has modules of its own, which use `reading`
    and `writing`. `read_only` holds the reason when the store can be read but not written: permissions, or a full
    disk. Every method raises a StoreError when the database fails.
    """

    def __init__(self, engine: Engine, *, file: Path | None = None, read_only: StoreError | None = None) -> None:
        self._engine = engine
        self._file = file
        self.read_only = read_only
        self._writing = GroupCommit(lambda durable: transaction(engine, write=True, durable=durable))
        weakref.finalize(self, engine.dispose)

    @property
    def quarantined(self) -> StoreQuarantined | None:
        """What was found damaged, and is kept beside the store until somebody moves it away."""
        return latest_quarantined(self._file) if self._file else None

    @property
    def name(self) -> str:
        """The store in words: its file, or its URL without the password."""
        return str(self._file) if self._file else display_url(self._engine.url)

    @property
    def change_token(self) -> Hashable | None:
        """Another one after every write, whichever process wrote; None where it cannot be told, as in the moments after
        a write: the times of files are coarse.
        """
        if self._file is None:
            return None
        found: list[tuple[int, int, int]] = []
        for file in (self._file, self._file.with_name(f"{self._file.name}-wal")):
            with suppress(FileNotFoundError):
                seen = file.stat()
                if not seen.st_size:
                    continue  # a log that a reader made, and that goes with it
                if abs(time.time() - seen.st_mtime) < MTIME_GRANULARITY:
                    return None
                found.append((seen.st_ino, seen.st_size, seen.st_mtime_ns))
        return tuple(found) or None

    @classmethod
    def open(cls, url: str) -> Store:
        """Open, and create or migrate where needed. What cannot be written is opened for reading; a SQLite file that
        is damaged is set aside for a fresh one (`damage.py`).

        Raises StoreError, StoreReadOnly (there is nothing to read either), StoreDamaged, StoreNewer.
        """
        parsed = parse_url(url)
        file = sqlite_file(parsed)
        if file and file.exists() and not is_writable(file):
            return cls(_readable(file), file=file, read_only=StoreReadOnly(f"{file} cannot be written."))
        try:
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
                quarantine_if_corrupt(file, now=datetime.now(UTC))
            return cls._ready(make_engine(parsed), file)
        except (StoreReadOnly, StoreFull) as reason:
            if file is None or not file.exists():
                raise
            return cls(_readable(file), file=file, read_only=reason)
        except OSError as error:
            raise StoreError(
                f"The store's folder cannot be made: {error.strerror}.",
                remedy="Make it, or name another place in [connections.snapshots].",
            ) from None

    @classmethod
    def open_existing(cls, url: str) -> Store:
        """Open a store that has to be there, and migrate it where needed; nothing is created or set aside.

        Raises StoreError, also when there is none.
        """
        parsed = parse_url(url)
        file = sqlite_file(parsed)
        missing = StoreError(f"There is no store at {file or display_url(parsed)}.", remedy="Check the URL.")
        if file and not file.exists():
            raise missing
        if file and not is_writable(file):
            return cls(_readable(file), file=file, read_only=StoreReadOnly(f"{file} cannot be written."))
        return cls._ready(make_engine(parsed), file, if_empty=missing)

    @classmethod
    def _ready(cls, engine: Engine, file: Path | None, *, if_empty: StoreError | None = None) -> Store:
        try:
            _migrate(engine, if_empty)
            return cls(engine, file=file, read_only=_why_not_writable(engine))
        except StoreError:
            engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with transaction(self._engine) as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all. What may be lost in a power cut need not be `durable`.

        Raises StoreReadOnly, StoreError.
        """
        if self.read_only:
            raise self.read_only
        with transaction(self._engine, write=True, durable=durable) as connection:
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
        """For many transactions in a row: while a connection stays open, SQLite need not put its log into the file at
        the end of each. Raises StoreError.
        """
        with translate_errors(self._engine.url), self._engine.connect():
            yield

    def has_table(self, table: Table) -> bool:
        """Whether a table is there: a store that can only be read may be of a version before it."""
        if not self.read_only:
            return True
        with self.reading() as connection:
            return inspect(connection).has_table(table.name)

    def add(self, new: Iterable[Snapshot], *, extra_write: Callable[[Connection], None] | None = None) -> AddResult:
        """Store snapshots in one transaction: all of them, or none when it fails.

        `extra_write` may write to other tables in the same transaction. The same account and instant twice is one row,
        the one stored first. Raises StoreReadOnly, StoreError.
        """
        found = list(new)

        def work(connection: Connection) -> AddResult:
            added = insert_snapshots(connection, found)[0]
            if extra_write:
                extra_write(connection)
            return added

        return self.write(work)

    def compare(self, new: Iterable[Snapshot]) -> AddResult:
        """What `add` would do, without doing it."""
        rows = [_to_row(snapshot) for snapshot in new]
        known: dict[tuple[str, int], dict[str, int]] = {}
        added = different = 0
        with self.reading() as connection:
            for start in range(0, len(rows), BATCH_ROWS):
                batch = rows[start : start + BATCH_ROWS]
                known |= _stored_counts(connection, batch)
                for row in batch:
                    key = (row["account"], row["taken_at"])
                    if key in known:
                        different += not known[key].items() <= row.items()
                    else:
                        known[key] = {count: row[count] for count in ScoreCounts().as_mapping()}
                        added += 1
        return AddResult(added, len(rows) - added, different)

    def replace_sample(self, new: Iterable[Snapshot]) -> None:
        """Replace all sample data in one transaction. A store with any other snapshot in it is refused (StoreError)."""
        with transaction(self._engine, write=True) as connection:
            real = select(snapshots.c.account).where(snapshots.c.source != Source.SAMPLE.value).limit(1)
            if connection.execute(real).first():
                raise StoreError(
                    "Sample data may not replace real snapshots.",
                    remedy="Move that store away from where sample data is kept: data/sample.db.",
                )
            connection.execute(snapshots.delete())
            connection.execute(snapshots.insert(), [_to_row(snapshot) for snapshot in new])

    def check_writable(self) -> None:
        """Take the right to write, and write nothing. Raises StoreError."""
        if self.read_only:
            raise self.read_only
        with transaction(self._engine, write=True) as connection:
            version_of(connection)
        if reason := _why_not_writable(self._engine):
            raise reason

    def accounts(self) -> list[str]:
        """Ids of all accounts with a snapshot, in alphabetical order: Python's, for databases have their own."""
        with transaction(self._engine) as connection:
            return sorted(connection.scalars(select(snapshots.c.account).distinct()))

    def newest(self, account: str, *, within: Connection | None = None) -> Snapshot | None:
        """`within` a transaction that is open already, or in one of its own."""
        return self._first(account, snapshots.c.taken_at.desc(), within)

    def newest_of(self, accounts: Sequence[str]) -> dict[str, Snapshot]:
        """The newest snapshot of each account that has one. One seek in the key for each account."""
        found: dict[str, Snapshot] = {}
        with transaction(self._engine) as connection:
            for start in range(0, len(accounts), BATCH_ROWS):
                for row in connection.execute(newest_query(accounts[start : start + BATCH_ROWS])):
                    found[row.account] = _from_row(row)
        return found

    def oldest_of(self, accounts: Sequence[str]) -> dict[str, Snapshot]:
        """Return the oldest snapshot of each account that has one, with one seek in the key for each account."""
        oldest: dict[str, Snapshot] = {}
        with transaction(self._engine) as connection:
            for start in range(0, len(accounts), BATCH_ROWS):
                for row in connection.execute(oldest_query(accounts[start : start + BATCH_ROWS])):
                    oldest[row.account] = _from_row(row)
        return oldest

    def oldest(self, account: str) -> Snapshot | None:
        """Return the account's oldest snapshot, or None without one."""
        return self._first(account, snapshots.c.taken_at.asc())

    def first_since(self, account: str, instant: datetime) -> Snapshot | None:
        """Return the account's first snapshot at or after an instant, or None without one."""
        later = (snapshots.c.account == account) & (snapshots.c.taken_at >= _seconds(instant))
        with transaction(self._engine) as connection:
            row = connection.execute(select(snapshots).where(later).order_by(snapshots.c.taken_at).limit(1)).first()
            return _from_row(row) if row else None

    def all_snapshots(self, account: str) -> Iterator[Snapshot]:
        """All snapshots of an account, oldest first. No transaction is open while they are worked on."""
        query = select(snapshots).where(snapshots.c.account == account).order_by(snapshots.c.taken_at)
        with transaction(self._engine) as connection:
            rows = connection.execute(query).all()
        yield from map(_from_row, rows)

    def last_in_each(self, account: str, ranges: Sequence[tuple[datetime, datetime]]) -> list[Snapshot | None]:
        """The last snapshot in each half-open range of instants, or None where a range has none.

        One seek in the key for each range, however many snapshots there are.
        """
        found: dict[int, Snapshot] = {}
        bounds = [(index, _seconds(low), _seconds(high)) for index, (low, high) in enumerate(ranges)]
        with transaction(self._engine) as connection:
            for start in range(0, len(bounds), BATCH_ROWS):
                query = last_in_range_query(account, bounds[start : start + BATCH_ROWS])
                for row in connection.execute(query, execution_options=_NO_STATEMENT_CACHE):
                    found[row.range] = _from_row(row)
        return [found.get(index) for index in range(len(ranges))]

    def risk_levels_in_each(
        self, accounts: Sequence[str], ranges: Sequence[tuple[datetime, datetime]]
    ) -> dict[str, list[RiskLevel | None]]:
        """For each account, the level of its last snapshot in each half-open range of instants, or None where a range
        has none. One seek in the key for each account and range.
        """
        found: dict[str, list[RiskLevel | None]] = {account: [None] * len(ranges) for account in accounts}
        bounds = [(index, _seconds(low), _seconds(high)) for index, (low, high) in enumerate(ranges)]
        with transaction(self._engine) as connection:
            for start in range(0, len(accounts), BATCH_ROWS):
                query = levels_in_range_query(accounts[start : start + BATCH_ROWS], bounds)
                for account, index, *level in connection.execute(query):
                    found[account][index] = RiskLevel(*level)
        return found

    def count_covered(self, account: str, ranges: Sequence[tuple[datetime, datetime]]) -> int:
        """How many of the half-open ranges have a snapshot."""
        bounds = [(index, _seconds(low), _seconds(high)) for index, (low, high) in enumerate(ranges)]
        with transaction(self._engine) as connection:
            queries = (
                count_covered_query(account, bounds[start : start + BATCH_ROWS])
                for start in range(0, len(bounds), BATCH_ROWS)
            )
            return sum(
                connection.execute(query, execution_options=_NO_STATEMENT_CACHE).scalar_one() for query in queries
            )

    def _first(self, account: str, order: UnaryExpression[int], within: Connection | None = None) -> Snapshot | None:
        with nullcontext(within) if within else transaction(self._engine) as connection:
            query = select(snapshots).where(snapshots.c.account == account).order_by(order).limit(1)
            row = connection.execute(query).first()
            return _from_row(row) if row else None


def _migrate(engine: Engine, if_empty: StoreError | None) -> None:
    """Raises `if_empty` instead of making the first tables, StoreNewer, or StoreReadOnly for a SQLite file that cannot
    be written: better known before there is something to lose.
    """
    with transaction(engine) as connection:
        version = version_of(connection)
    if if_empty and not version:
        raise if_empty
    _refuse_newer(version)
    if version < len(MIGRATIONS) or engine.dialect.name != POSTGRESQL:
        with transaction(engine, write=True) as connection:
            migrate(connection)


def _why_not_writable(engine: Engine) -> StoreReadOnly | None:
    """What PostgreSQL would only say at the first write; SQLite's file was looked at before."""
    if engine.dialect.name != POSTGRESQL:
        return None
    try:
        with transaction(engine) as connection:
            require_writable(connection, data_tables())
    except StoreReadOnly as reason:
        return reason
    return None


def _readable(file: Path) -> Engine:
    problem: StoreError = StoreReadOnly(f"{file} cannot be written, and holds nothing yet.")
    for engine in make_read_only_engines(file):
        try:
            with transaction(engine) as connection:
                version = version_of(connection)
        except StoreError as error:
            problem = error
            continue
        _refuse_newer(version)
        if version:
            return engine
    raise problem


def _refuse_newer(version: int) -> None:
    if version > len(MIGRATIONS):
        raise StoreNewer(f"The store has version {version}; this dashboard knows up to version {len(MIGRATIONS)}.")


def insert_snapshots(connection: Connection, new: Iterable[Snapshot]) -> tuple[AddResult, list[tuple[str, int]]]:
    """Store snapshots in the caller's transaction; also return the keys (account, seconds) of those that are new.

    The same account and instant twice is one row, the one stored first.
    """
    rows = sorted((_to_row(snapshot) for snapshot in new), key=_key)
    added: list[tuple[str, int]] = []
    different = 0
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        added += _insert_new(connection, batch)
        different += _count_different(connection, batch)
    return AddResult(len(added), len(rows) - len(added), different), added


def _insert_new(connection: Connection, rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    statement = (
        upsert(snapshots, connection).on_conflict_do_nothing().returning(snapshots.c.account, snapshots.c.taken_at)
    )
    return [(row.account, row.taken_at) for row in connection.execute(statement, rows)]


def _count_different(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Rows whose account and instant are stored with other counts."""
    stored = _stored_counts(connection, rows)
    return sum(not stored[row["account"], row["taken_at"]].items() <= row.items() for row in rows)


def _stored_counts(connection: Connection, rows: list[dict[str, Any]]) -> dict[tuple[str, int], dict[str, int]]:
    """What is stored for the accounts and instants of the rows."""
    stored = {}
    for account in {row["account"] for row in rows}:
        instants = [row["taken_at"] for row in rows if row["account"] == account]
        query = select(snapshots).where(snapshots.c.account == account, snapshots.c.taken_at.in_(instants))
        for row in connection.execute(query):
            stored[account, row.taken_at] = _from_row(row).counts.as_mapping()
    return stored


def _key(row: dict[str, Any]) -> tuple[str, int]:
    """Rows are written in the key's order by everybody: two who wrote the same ones in another order could each wait
    for the other.
    """
    return str(row["account"]), row["taken_at"]


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _to_row(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "account": snapshot.account,
        "taken_at": _seconds(snapshot.taken_at),
        **snapshot.counts.as_mapping(),
        "other_letters": snapshot.other_letters,
        "source": snapshot.source.value,
    }


def _from_row(row: Row[Any]) -> Snapshot:
    return Snapshot(
        row.account,
        datetime.fromtimestamp(row.taken_at, UTC),
        ScoreCounts(row.a, row.b, row.c, row.d, row.f, row.other),
        Source(row.source),
        row.other_letters,
    )
