"""The store on a real PostgreSQL server: one that comes and goes, transactions, locks and limits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import Connection, make_url, select

from mimecast.capture.one_account import capture
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.annotations.notes import load_notes
from mimecast.store.database.postgresql import (
    MAX_CONNECTIONS,
    MAX_READS,
    TimeLimits,
    lock_against_writes,
)
from mimecast.store.database.tables import data_tables, snapshots
from mimecast.store.errors import (
    DatabaseUnreachable,
    StoreBusy,
    StoreError,
)
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from tests.support.stores.histories import history
from tests.support.stores.postgresql_cluster import USER, Cluster
from tests.support.waiting import wait_until


@pytest.fixture
def named_url(postgresql_url: str) -> str:
    """A place of one's own, whose connections the server can tell from those of other tests."""
    return f"{postgresql_url}&application_name={uuid4()}"


def sessions(named_url: str) -> str:
    """Return the end of a query of the sessions that were opened with this URL, not those of an earlier test."""
    return f"FROM pg_stat_activity WHERE application_name = '{make_url(named_url).query['application_name']}'"


# The server comes and goes


def test_a_server_that_was_away_is_used_again_without_a_restart(own_cluster: Cluster) -> None:
    own_cluster.run(f"CREATE SCHEMA AUTHORIZATION {USER}")
    store = Store.open(own_cluster.url("postgres"))
    store.add(history(3))
    own_cluster.stop()
    with pytest.raises(DatabaseUnreachable, match="There is no connection to the database postgres"):
        store.newest("default")
    with pytest.raises(DatabaseUnreachable):
        store.add(history(4))
    own_cluster.start()
    assert list(store.all_snapshots("default")) == history(3)
    assert store.add(history(4)) == AddResult(new=1, already_there=3, different=0)


def test_a_connection_that_was_cut_while_idle_is_replaced_unseen(cluster: Cluster, named_url: str) -> None:
    store = Store.open(named_url)
    store.add(history(3))
    end_connections(cluster, named_url)
    assert store.add(history(4)).new == 1


def test_a_connection_that_is_cut_at_work_costs_that_work_only(cluster: Cluster, named_url: str) -> None:
    store = Store.open(named_url)
    store.add(history(1))

    def cut_half_way() -> None:
        with store.writing() as connection:
            connection.execute(snapshots.delete())
            end_connections(cluster, named_url)
            connection.execute(select(snapshots))

    with pytest.raises(DatabaseUnreachable, match="ended the connection"):
        cut_half_way()
    assert store.add(history(2)) == AddResult(new=1, already_there=1, different=0)


def end_connections(cluster: Cluster, named_url: str) -> None:
    assert cluster.run(f"SELECT pg_terminate_backend(pid) {sessions(named_url)}")
    wait_until(lambda: not states(cluster, named_url))


# Transactions


def test_no_one_keeps_a_transaction_open_while_they_work(cluster: Cluster, named_url: str) -> None:
    store = Store.open(named_url)
    store.add(history(3))
    rows = store.all_snapshots("default")
    assert next(rows) == history(1)[0]
    assert states(cluster, named_url) == {"idle"}
    assert len(list(rows)) == 2


def test_connections_end_with_the_store(cluster: Cluster, named_url: str) -> None:
    store = Store.open(named_url)
    store.add(history(3))
    assert states(cluster, named_url) == {"idle"}
    del store
    wait_until(lambda: not states(cluster, named_url))


def states(cluster: Cluster, named_url: str) -> set[str]:
    return {state for (state,) in cluster.run(f"SELECT state {sessions(named_url)}")}


def test_the_servers_own_isolation_level_does_not_matter(cluster: Cluster, empty_database: str) -> None:
    cluster.run(f"ALTER DATABASE {empty_database} SET default_transaction_isolation = 'serializable'")
    store = Store.open(cluster.url(empty_database))
    with store.writing() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "read committed"
    with store.reading() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"


def test_importing_the_same_file_at_once_in_any_order_stores_it_once(postgresql_url: str) -> None:
    """All transactions write rows in the same order, so no two of them wait for each other."""
    stores = [Store.open(postgresql_url) for _ in range(4)]
    rows = history(3000)
    together = threading.Barrier(len(stores))

    def add(number: int) -> AddResult:
        together.wait()
        return stores[number].add(rows if number % 2 else reversed(rows))

    with ThreadPoolExecutor(len(stores)) as pool:
        added = list(pool.map(add, range(len(stores))))
    assert sum(result.new for result in added) == 3000
    assert sum(result.already_there for result in added) == 9000
    assert not any(result.different for result in added)
    assert list(stores[0].all_snapshots("default")) == rows


def test_waiting_too_long_for_a_lock_reports_that_the_store_is_busy(
    cluster: Cluster, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimecast.store.database.postgresql.WRITE_LIMITS", TimeLimits(lock=1, statement=60))
    store, other = Store.open(postgresql_url), Store.open(postgresql_url)
    with store.writing() as connection:
        lock_against_writes(connection, data_tables())
        assert other.newest("default") is None
        with pytest.raises(StoreError) as caught:
            other.add(history(1))
    assert caught.value.title == "The store is busy"
    assert other.add(history(1)).new == 1


@contextmanager
def locked(cluster: Cluster, url: str, table: str) -> Iterator[None]:
    """Lock a table against reads and writes, as an administrator's ALTER TABLE or VACUUM FULL does."""
    schema = url.rpartition("%3D")[2].partition("&")[0]
    with closing(cluster.connect("postgres")) as connection:
        connection.autocommit = False
        connection.execute(f"LOCK TABLE {schema}.{table} IN ACCESS EXCLUSIVE MODE".encode())
        yield
        connection.rollback()


def limit_reads(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    limits = TimeLimits(lock=seconds, statement=30)
    monkeypatch.setattr("mimecast.store.database.postgresql.READ_LIMITS", limits)


def test_a_page_does_not_wait_for_ever_behind_a_lock(
    cluster: Cluster, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(postgresql_url)
    limit_reads(monkeypatch, 1)
    with locked(cluster, postgresql_url, "notes"), pytest.raises(StoreBusy, match="a table is locked"):
        load_notes(store, "default")
    assert load_notes(store, "default") == []


def test_a_statement_that_takes_too_long_is_ended(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(postgresql_url)
    monkeypatch.setattr("mimecast.store.database.postgresql.READ_LIMITS", TimeLimits(lock=1, statement=1))
    with pytest.raises(StoreBusy), store.reading() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(60)")


def test_copies_and_migrations_have_limits_of_their_own(postgresql_url: str) -> None:
    store = Store.open(postgresql_url)

    def limits(connection: Connection) -> tuple[str, str]:
        names = ("lock_timeout", "statement_timeout")
        lock, statement = (connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names)
        return lock, statement

    with store.reading() as page, store.writing() as capture, store.reading(long=True) as copy:
        assert [limits(connection) for connection in (page, capture, copy)] == [
            ("5s", "30s"),
            ("20s", "1min"),
            ("1min", "30min"),
        ]


def test_readers_behind_a_lock_leave_connections_for_captures(
    cluster: Cluster, named_url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More viewers wait for the notes than the process has connections; the snapshots are not locked."""
    store = Store.open(named_url)
    limit_reads(monkeypatch, 30)
    account = Account("contoso", "Contoso", sandbox.base_url, sandbox.keys)
    viewers = MAX_CONNECTIONS + 5
    with ThreadPoolExecutor(viewers) as pool:
        with locked(cluster, named_url, "notes"):
            pages = [pool.submit(load_notes, store, "contoso") for _ in range(viewers)]
            waiting = f"SELECT count(*) {sessions(named_url)} AND wait_event_type = 'Lock'"
            wait_until(lambda: cluster.run(waiting) == [(MAX_READS,)])
            captured = capture(account, store)
            assert cluster.run(waiting) == [(MAX_READS,)]
        assert [page.result(timeout=60) for page in pages] == [[]] * viewers
    assert store.newest("contoso") == captured.snapshot
