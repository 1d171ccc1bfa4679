"""The store on real databases, SQLite and PostgreSQL: nothing acknowledged is lost or changed, and trouble is named."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, create_engine, select
from sqlalchemy.dialects import sqlite as dialect

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.settings.project import PROJECT
from mimecast.store.database.migrations import MIGRATIONS
from mimecast.store.database.queries import (
    PlausibleInstants,
    count_covered_query,
    end_query,
    last_in_range_query,
    misdated_queries,
)
from mimecast.store.database.tables import versions
from mimecast.store.errors import StoreDamaged, StoreError, StoreNewer, StoreReadOnly
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import unprivileged
from tests.support.stores.databases import EVERY_DATABASE, SQLITE_ONLY
from tests.support.stores.files import sqlite_path

pytestmark = EVERY_DATABASE

BOUNDS = [(0, 1, 2), (1, 2, 3)]
PLAUSIBLE = PlausibleInstants(1, 2)
MARKED = replace(PLAUSIBLE, marked=(("contoso", 5), ("contoso", 7)))


def taken(hours: int, account: str = "contoso", counts: ScoreCounts | None = None) -> Snapshot:
    return Snapshot(account, NOW + timedelta(hours=hours), counts or ScoreCounts(hours % 7, 4, 3, 2, 1))


def test_what_is_stored_comes_back_in_order(store: Store) -> None:
    odd = Snapshot("contoso", NOW + timedelta(hours=2), ScoreCounts(1, 2, 3, 4, 5, 6), Source.IMPORTED, "EX")
    assert store.add([odd, taken(1), taken(0)]) == AddResult(new=3, already_there=0, different=0)
    assert list(store.all_snapshots("contoso")) == [taken(0), taken(1), odd]
    assert (store.oldest("contoso"), store.newest("contoso")) == (taken(0), odd)
    assert store.newest("no_one") is None


def test_the_same_account_and_instant_is_one_row_and_the_first_one_stays(store: Store) -> None:
    store.add([taken(0)])
    other = taken(0, counts=ScoreCounts(9, 9, 9, 9, 9))
    assert store.add([taken(0), other, taken(1), taken(1)]) == AddResult(new=1, already_there=3, different=1)
    assert list(store.all_snapshots("contoso")) == [taken(0), taken(1)]


def test_instants_are_kept_in_utc_to_the_second(store: Store) -> None:
    local = datetime(2026, 11, 24, 13, 50, 11, 999_999, tzinfo=UTC).astimezone()
    store.add([Snapshot("contoso", local, ScoreCounts(1))])
    newest = store.newest("contoso")
    assert newest is not None
    assert newest.taken_at == datetime(2026, 11, 24, 13, 50, 11, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        Snapshot("contoso", datetime(2026, 1, 1), ScoreCounts())  # noqa: DTZ001 - what is refused


def test_accounts_come_in_one_order_on_every_database(store: Store) -> None:
    names = ["Zebra", "alpha", "a-b", "ab", "a_c", "B2"]
    store.add([taken(0, name) for name in names])
    assert store.accounts() == sorted(names)


@pytest.fixture
def misdated(store_url: str) -> Store:
    """Return a store with snapshots from yesterday and today, one from tomorrow and one with a misspelt year."""
    store = Store.open(store_url, clock=lambda: NOW)
    store.add([taken(-24), taken(-1), taken(24), Snapshot("contoso", datetime(206, 1, 16, tzinfo=UTC), ScoreCounts(9))])
    return store


def test_a_snapshot_in_the_future_or_before_2010_is_never_newest_or_oldest(misdated: Store) -> None:
    assert (misdated.newest("contoso"), misdated.oldest("contoso")) == (taken(-1), taken(-24))
    assert misdated.newest_of(["contoso"]) == {"contoso": taken(-1)}
    assert misdated.oldest_of(["contoso"]) == {"contoso": taken(-24)}
    assert misdated.first_since("contoso", datetime(2, 1, 1, tzinfo=UTC)) == taken(-24)
    assert misdated.first_since("contoso", NOW) is None
    with misdated.reading() as connection:
        assert misdated.newest("contoso", within=connection) == taken(-1)


def test_a_snapshot_in_the_future_or_before_2010_is_in_no_range(misdated: Store) -> None:
    ranges = [(datetime(2, 1, 1, tzinfo=UTC), NOW - timedelta(days=1)), (NOW, NOW + timedelta(days=30))]
    today = (NOW - timedelta(hours=12), NOW + timedelta(days=30))
    assert misdated.last_in_each("contoso", [*ranges, today]) == [None, None, taken(-1)]
    (*outside, level) = misdated.risk_levels_in_each(["contoso"], [*ranges, today])["contoso"]
    assert outside == [None, None]
    assert level is not None
    assert level.taken_at == int((NOW - timedelta(hours=1)).timestamp())
    assert misdated.count_covered("contoso", ranges) == 0


def test_misdated_snapshots_are_listed_and_exported(misdated: Store) -> None:
    listed = misdated.misdated_snapshots("contoso")
    assert [snapshot.taken_at.year for snapshot in listed] == [206, 2026]
    assert listed[1] == taken(24)
    assert misdated.misdated_snapshots("contoso", limit=1) == listed[:1]
    assert len(list(misdated.all_snapshots("contoso"))) == 4


def test_the_clocks_of_machines_may_differ_by_minutes(store_url: str) -> None:
    store = Store.open(store_url, clock=lambda: NOW)
    ahead = Snapshot("contoso", NOW + timedelta(minutes=4), ScoreCounts(1))
    store.add([ahead])
    assert store.newest("contoso") == ahead
    assert store.misdated_snapshots("contoso") == []


def test_a_snapshot_becomes_the_newest_once_its_time_has_come(store_url: str) -> None:
    now = [NOW]
    store = Store.open(store_url, clock=lambda: now[0])
    store.add([taken(0), taken(24)])
    assert store.newest("contoso") == taken(0)
    now[0] += timedelta(days=2)
    assert store.newest("contoso") == taken(24)


def test_accounts_never_mix(store: Store) -> None:
    store.add([taken(0), taken(5, "fabrikam"), taken(3)])
    assert store.accounts() == ["contoso", "fabrikam"]
    assert [snapshot.account for snapshot in store.all_snapshots("fabrikam")] == ["fabrikam"]
    day = [(NOW - timedelta(days=1), NOW + timedelta(days=1))]
    assert store.last_in_each("fabrikam", day) == [taken(5, "fabrikam")]
    assert store.count_covered("no_one", day) == 0


def test_a_write_is_all_or_nothing(store: Store) -> None:
    def breaks_half_way() -> Iterator[Snapshot]:
        yield from (taken(hour) for hour in range(1500))
        yield replace(taken(0), account=None)  # type: ignore[arg-type]

    with pytest.raises(StoreError):
        store.add(breaks_half_way())
    assert store.accounts() == []


def test_the_last_snapshot_of_each_range_is_found_in_more_ranges_than_one_statement_holds(store: Store) -> None:
    store.add([taken(hour) for hour in range(0, 5000, 2)])
    ranges = [(NOW + timedelta(hours=hour), NOW + timedelta(hours=hour + 1)) for hour in range(-100, 2400)]
    snapshots = store.last_in_each("contoso", ranges)
    assert len(snapshots) == 2500
    assert [snapshot for snapshot in snapshots if snapshot] == [taken(hour) for hour in range(0, 2400, 2)]
    assert store.count_covered("contoso", ranges) == 1200
    assert store.last_in_each("contoso", [(NOW, NOW + timedelta(hours=9))]) == [taken(8)]
    assert store.last_in_each("contoso", []) == []


@SQLITE_ONLY
@pytest.mark.parametrize(
    "query",
    [
        last_in_range_query("contoso", BOUNDS, PLAUSIBLE),
        count_covered_query("contoso", BOUNDS, PLAUSIBLE),
        end_query("contoso", PLAUSIBLE, newest=True),
        end_query("contoso", MARKED, newest=False),
        last_in_range_query("contoso", BOUNDS, MARKED),
        *misdated_queries("contoso", PLAUSIBLE, 5),
    ],
    ids=[
        "last_in_each",
        "count_covered",
        "newest",
        "oldest_unmarked",
        "last_unmarked_in_each",
        "too_old",
        "in_the_future",
    ],
)
def test_every_query_seeks_in_the_key_and_never_scans(store: Store, store_url: str, query: Select[Any]) -> None:
    text = str(query.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True}))
    with sqlite3.connect(sqlite_path(store_url)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")]
    connection.close()
    seeks = [step for step in plan if "PRIMARY KEY" in step]
    assert seeks
    assert all(step.startswith("SEARCH") for step in seeks)
    assert not [step for step in plan if step.startswith("SCAN") and ("snapshots" in step or "inside" in step)]


@SQLITE_ONLY
def test_sqlite_keeps_a_log_and_syncs_every_commit(store: Store) -> None:
    with store.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_writers_at_the_same_time_lose_nothing(store_url: str) -> None:
    Store.open(store_url)
    script = (
        "import sys\nfrom datetime import *\nfrom mimecast.store.store import *\n"
        "from mimecast.domain.scores import ScoreCounts\n"
        "store = Store.open(sys.argv[1]); start = datetime(2026, 1, 1, tzinfo=UTC)\n"
        "for hour in range(40): store.add([Snapshot(sys.argv[2], start + timedelta(hours=hour), ScoreCounts(1))])\n"
    )
    command = [sys.executable, "-c", script, store_url]
    processes = [subprocess.Popen([*command, name], env={"PYTHONPATH": str(PROJECT)}) for name in ("one", "two")]
    mine = Store.open(store_url)
    threads = [
        threading.Thread(target=lambda name=name: [mine.add([taken(hour, name)]) for hour in range(40)])
        for name in ("three", "four")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert {name: len(list(mine.all_snapshots(name))) for name in mine.accounts()} == dict.fromkeys(
        ["one", "two", "three", "four"], 40
    )


def test_the_schema_has_a_version_and_opening_again_changes_nothing(store: Store, store_url: str) -> None:
    store.add([taken(0)])
    again = Store.open(store_url)
    with again.reading() as connection:
        assert connection.scalars(select(versions.c.version)).all() == list(range(1, len(MIGRATIONS) + 1))
    assert list(again.all_snapshots("contoso")) == [taken(0)]


def test_a_store_of_a_newer_version_is_refused_and_left_unchanged(store: Store, store_url: str) -> None:
    store.add([taken(0)])
    with store.writing() as connection:
        connection.execute(versions.insert().values(version=99, applied_at="2030-01-01T00:00:00Z"))
    with pytest.raises(StoreNewer, match="version 99"):
        Store.open(store_url)
    assert list(store.all_snapshots("contoso")) == [taken(0)]


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"\xff" * 4096])
def test_a_file_that_is_no_database_is_named_and_left_unchanged(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"letter\.db"):
        Store.open(f"sqlite:///{file}")
    assert file.read_bytes() == content


@SQLITE_ONLY
def test_a_store_that_vanishes_is_an_error_and_not_silence(store: Store, store_url: str) -> None:
    store.add([taken(0)])
    sqlite_path(store_url).unlink()
    with pytest.raises(StoreError):
        store.add([taken(1)])
    with pytest.raises(StoreError):
        store.newest("contoso")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:/nonsense", "cannot be read"),
        ("mongodb://somewhere/db", "kind of database that is not installed here: mongodb"),
        ("mssql+pyodbc://user:recognisable@host/db", "not installed here"),
        ("mysql://user:recognisable@host/db", "not installed here"),
        ("postgres://user:recognisable@host/db", r"not installed here: postgres\..* begins with postgresql://"),
        ("postgresql+psycopg2://user:recognisable@host/db", "not installed here.*requirements-postgres.txt"),
        ("postgresql://user:secret@recognisable@host/db", "more than one @.*%40"),
        ("postgresql://user:secret@recognisable/word@host/db", "more than one @.*%40"),
        ("postgresql://user:secret@recognisable:word@host/db", "cannot be read"),
        ("postgresql://user:recognisable@db..example.com/db", "cannot be read"),
        ("sqlite:////proc/nowhere/s.db", "folder cannot be created"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, message: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert re.search(message, str(caught.value))
    assert "recognisable" not in str(caught.value)


@SQLITE_ONLY
def test_what_the_database_says_is_not_shown(store: Store, store_url: str) -> None:
    sqlite_path(store_url).unlink()
    with pytest.raises(StoreError) as caught:
        store.newest("contoso")
    assert caught.value.__suppress_context__
    assert "SELECT" not in str(caught.value)


def test_a_store_in_memory_works_across_threads() -> None:
    store = Store.open("sqlite://")
    thread = threading.Thread(target=lambda: store.add([taken(0)]))
    thread.start()
    thread.join()
    assert list(store.all_snapshots("contoso")) == [taken(0)]


AS_NO_ONE = """
import json, sys
from mimecast.store.errors import StoreError
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from datetime import datetime, UTC
try:
    store = Store.open(sys.argv[1])
    result = {"rows": len(list(store.all_snapshots("contoso"))), "read_only": str(store.read_only)}
    store.add([Snapshot("contoso", datetime.now(UTC), ScoreCounts(1))])
except StoreError as error:
    result = {**globals().get("result", {}), "error": type(error).__name__}
print(json.dumps(result))
"""


def as_no_one(url: str) -> dict[str, str | int]:
    """Return what a process without write permission finds."""
    command = unprivileged([sys.executable, "-c", AS_NO_ONE, url])
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(PROJECT)}, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, str | int] = json.loads(done.stdout)
    return result


@SQLITE_ONLY
@pytest.mark.parametrize(("folder", "file"), [(0o555, 0o444), (0o555, 0o644), (0o755, 0o444)])
def test_a_store_that_cannot_be_written_is_still_read(store: Store, store_url: str, folder: int, file: int) -> None:
    store.add([taken(hour) for hour in range(3)])
    path = sqlite_path(store_url)
    before = path.read_bytes()
    path.chmod(file)
    path.parent.chmod(folder)
    try:
        result = as_no_one(store_url)
    finally:
        path.parent.chmod(0o755)
    assert result["rows"] == 3
    assert result["error"] == "StoreReadOnly"
    assert "cannot be written" in str(result["read_only"])
    assert path.read_bytes() == before


@SQLITE_ONLY
def test_a_store_being_written_by_someone_else_is_read_with_its_log(store: Store, store_url: str) -> None:
    path = sqlite_path(store_url)
    with store.hold_connection():  # keeps the log in place
        store.add([taken(hour) for hour in range(3)])
        path.parent.chmod(0o555)
        try:
            result = as_no_one(store_url)
        finally:
            path.parent.chmod(0o755)
    assert result["rows"] == 3


def test_nothing_stored_and_nowhere_to_store_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        result = as_no_one(f"sqlite:///{folder / 's.db'}")
    finally:
        folder.chmod(0o755)
    assert result == {"error": "StoreReadOnly"}


def test_sample_data_never_replaces_real_snapshots(store: Store) -> None:
    sample = replace(taken(0), source=Source.SAMPLE)
    store.replace_sample([sample])
    store.replace_sample([replace(sample, account="sample")])
    assert store.accounts() == ["sample"]
    store.add([taken(1)])
    with pytest.raises(StoreError, match="may not replace real snapshots"):
        store.replace_sample([sample])
    assert store.accounts() == ["contoso", "sample"]


def test_a_database_with_other_tables_is_not_harmed(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    with create_engine(f"sqlite:///{file}").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mail (text)")
        connection.exec_driver_sql("INSERT INTO mail VALUES ('Dear all')")
    Store.open(f"sqlite:///{file}").add([taken(0)])
    with create_engine(f"sqlite:///{file}").begin() as connection:
        assert connection.exec_driver_sql("SELECT text FROM mail").scalar() == "Dear all"


def test_read_only_is_a_kind_of_store_error() -> None:
    assert issubclass(StoreReadOnly, StoreError)
