"""The store on a real PostgreSQL server: what can be wrong with one is said plainly, and several machines share it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, make_url, select
from sqlalchemy.exc import OperationalError

from mimecast.capture.one_account import capture
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.store.annotations.notes import load_notes, write_note
from mimecast.store.database.engine import parse_url
from mimecast.store.database.files.exposure import optional_tls
from mimecast.store.database.migrations import MIGRATIONS
from mimecast.store.database.postgresql import (
    MAX_CONNECTIONS,
    MAX_READS,
    TimeLimits,
    lock_against_writes,
    translate_error,
)
from mimecast.store.database.tables import data_tables, snapshots, versions
from mimecast.store.errors import (
    DatabaseLoginFailed,
    DatabaseMissing,
    DatabasePermissionMissing,
    DatabaseTlsFailed,
    DatabaseUnreachable,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreReadOnly,
)
from mimecast.store.snapshot_rows import AddResult, insert_snapshots
from mimecast.store.store import Store
from mimecast.ui.cache import PageCache
from tests.support.app import chart_alts, run_page
from tests.support.clock import NOW
from tests.support.networks import Authority
from tests.support.processes import CommandLine
from tests.support.stores.histories import history
from tests.support.stores.postgresql_cluster import USER, Cluster
from tests.support.stores.statements import recorded_statements
from tests.support.waiting import wait_until

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}


@pytest.fixture
def database(cluster: Cluster) -> str:
    """The name of an empty database of one's own."""
    return cluster.create_database()


@pytest.fixture
def server() -> Iterator[Cluster]:
    """Yield a PostgreSQL server for one test, which may stop it."""
    cluster = Cluster.create()
    yield cluster
    cluster.remove()


@pytest.fixture
def named_url(postgresql_url: str) -> str:
    """A place of one's own, whose connections the server can tell from those of other tests."""
    return f"{postgresql_url}&application_name={uuid4()}"


def sessions(named_url: str) -> str:
    """Return the end of a query of the sessions that were opened with this URL, not those of an earlier test."""
    return f"FROM pg_stat_activity WHERE application_name = '{make_url(named_url).query['application_name']}'"


def refused(url: str) -> StoreError:
    """Return the error of opening the store, and check that it does not contain the password."""
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert caught.value.__suppress_context__
    assert "recognisable" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


# What can be wrong


def test_a_wrong_password_or_an_unknown_user_is_refused(cluster: Cluster) -> None:
    for url in (cluster.url("postgres", password="recognisable"), cluster.url("postgres", user="no_one")):
        problem = refused(url)
        assert isinstance(problem, DatabaseLoginFailed)
        assert "rejected the login of the user" in problem.message
        assert "%40" in problem.remedy


def test_a_database_that_does_not_exist_is_named(cluster: Cluster) -> None:
    problem = refused(cluster.url("nowhere"))
    assert isinstance(problem, DatabaseMissing)
    assert problem.message == "The database nowhere at 127.0.0.1 does not exist."


def test_an_unreachable_server_is_reported(cluster: Cluster) -> None:
    for url in (
        "postgresql://dashboard:recognisable@127.0.0.1:9/db",
        "postgresql://dashboard:recognisable@nowhere.invalid/db",
        "postgresql://dashboard:recognisable@/db?host=/nowhere",
    ):
        problem = refused(url)
        assert isinstance(problem, DatabaseUnreachable)
        assert problem.message.startswith("There is no connection to the database db at ")


@pytest.mark.parametrize("setting", ["sslmod=require", "sslmode=recognisable", "application=recognisable"])
def test_a_setting_that_is_none_is_said(cluster: Cluster, setting: str) -> None:
    assert "contains a setting that PostgreSQL does not know" in refused(f"{cluster.url('postgres')}?{setting}").message


def test_without_the_right_to_make_tables_the_remedy_is_to_grant_it(cluster: Cluster) -> None:
    database = cluster.create_database(owner="postgres")
    problem = refused(cluster.url(database))
    assert isinstance(problem, DatabasePermissionMissing)
    assert problem.message == f"The database {database} at 127.0.0.1 does not allow this to the user {USER}."
    cluster.run(f"GRANT USAGE, CREATE ON SCHEMA public TO {USER}", database=database)
    assert Store.open(cluster.url(database)).add(history(1)).new == 1


def test_without_the_right_to_connect_that_is_said(cluster: Cluster) -> None:
    database = cluster.create_database(owner="postgres")
    cluster.run(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    assert isinstance(refused(cluster.url(database)), DatabasePermissionMissing)


def test_a_user_who_may_only_read_sees_the_reason(cluster: Cluster, database: str) -> None:
    Store.open(cluster.url(database)).add(history(3))
    reader = f"reader_of_{database}"
    cluster.run(f"CREATE ROLE {reader} LOGIN PASSWORD 'recognisable'")
    cluster.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}", database=database)
    is_read(Store.open(cluster.url(database, user=reader, password="recognisable")))


def test_a_server_that_takes_no_writes_is_read(cluster: Cluster, database: str) -> None:
    Store.open(cluster.url(database)).add(history(3))
    cluster.run(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    is_read(Store.open(cluster.url(database)))


def is_read(store: Store) -> None:
    assert list(store.all_snapshots("default")) == history(3)
    assert isinstance(store.read_only, StoreReadOnly)
    assert "Let the dashboard's database user write" in store.read_only.remedy
    for write in (store.check_writable, lambda: store.add(history(4))):
        with pytest.raises(StoreReadOnly):
            write()


def test_a_right_that_is_taken_away_later_is_said(cluster: Cluster, database: str) -> None:
    store = Store.open(cluster.url(database))
    cluster.run(f"ALTER TABLE snapshots OWNER TO postgres; GRANT SELECT ON snapshots TO {USER}", database=database)
    with pytest.raises(DatabasePermissionMissing):
        store.add(history(1))
    with pytest.raises(StoreReadOnly):
        store.check_writable()


def test_what_does_not_fit_a_column_is_refused_whole(postgresql_url: str) -> None:
    store = Store.open(postgresql_url)
    with pytest.raises(StoreError, match="rejected a value") as caught:
        store.add([*history(5), Snapshot("recognisable" * 9, NOW, ScoreCounts(1))])
    assert "recognisable" not in str(caught.value)
    assert store.accounts() == []


def test_tables_that_are_gone_are_missed(cluster: Cluster, database: str) -> None:
    store = Store.open(cluster.url(database))
    cluster.run("DROP TABLE snapshots", database=database)
    with pytest.raises(StoreDamaged, match="does not hold the tables"):
        store.newest("default")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("connection failed: FATAL:  sorry, too many clients already", StoreBusy),
        ("FATAL:  remaining connection slots are reserved for roles with SUPERUSER", StoreBusy),
        ("consuming input failed: SSL connection has been closed unexpectedly", DatabaseUnreachable),
        ("FATAL:  the database system is starting up", DatabaseUnreachable),
        (
            'FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", no encryption',
            DatabaseLoginFailed,
        ),
        ("FATAL:  Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen", DatabaseUnreachable),
    ],
)
def test_what_a_server_says_before_it_lets_anybody_in(text: str, kind: type[StoreError]) -> None:
    refusal = OperationalError("", None, psycopg.OperationalError(text))
    problem = translate_error(refusal, parse_url("postgresql://u@h/d"))
    assert type(problem) is kind
    assert "the database d at h" in problem.message.lower()


def test_more_connections_than_the_server_takes_is_a_busy_store(cluster: Cluster, database: str) -> None:
    cluster.run(f"ALTER DATABASE {database} CONNECTION LIMIT 0")
    assert refused(cluster.url(database)).title == "The store is busy"


def test_the_server_is_known_by_its_certificate(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    server.stop()
    server.start(*server.certificate(authority))
    url = server.url("postgres")
    base_url = f"{url}?sslmode=verify-full&sslrootcert="
    problem = refused(f"{base_url}{tmp_path_factory.mktemp('empty') / 'none.pem'}")
    assert isinstance(problem, DatabaseTlsFailed)
    server.run(f"CREATE SCHEMA safe AUTHORIZATION {USER}")
    store = Store.open(f"{base_url}{authority.file}&options=-csearch_path%3Dsafe")
    with store.reading() as connection:
        encrypted = connection.exec_driver_sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert encrypted.scalar_one() is True


@pytest.mark.parametrize(
    ("url", "environ", "is_named"),
    [
        ("postgresql://u@db.example.com/d", {}, True),
        ("postgresql://u@db.example.com/d?sslmode=prefer", {}, True),
        ("postgresql://u@db.example.com/d?sslmode=disable", {"PGSSLMODE": "require"}, True),
        ("postgresql://u@10.0.0.9/d", {}, True),
        ("postgresql://u@/d?host=db.example.com", {}, True),
        ("postgresql://u@/d?host=localhost&host=db.example.com", {}, True),
        ("postgresql://u@/d", {"PGHOST": "db.example.com"}, True),
        ("postgresql://u@db.example.com/d?sslmode=require", {}, False),
        ("postgresql://u@db.example.com/d?sslmode=verify-full", {}, False),
        ("postgresql://u@db.example.com/d", {"PGSSLMODE": "verify-full"}, False),
        ("postgresql://u@127.0.0.1/d", {}, False),
        ("postgresql://u@[::1]/d", {}, False),
        ("postgresql://u@localhost/d", {}, False),
        ("postgresql://u@/d?host=/var/run/postgresql", {}, False),
        ("postgresql://u@/d", {}, False),
        ("sqlite:///data/snapshots.db", {}, False),
    ],
)
def test_a_connection_to_another_computer_without_tls_is_named(
    url: str, environ: dict[str, str], is_named: bool
) -> None:
    problem = optional_tls(parse_url(url), environ)
    assert (problem is not None) == is_named
    if problem:
        assert "sslmode=verify-full" in problem.remedy
        assert problem.message.startswith("The connection to the database d")


@pytest.mark.usefixtures("isolated_pages")
def test_the_warning_about_tls_is_shown_by_commands_and_pages_and_stops_nothing(
    command_line: CommandLine,
    account_variables: dict[str, str],
    account_secrets: dict[str, Any],
    postgresql_url: str,
    project: Path,
) -> None:
    """127.1 is this computer to the network, and not written like one of its addresses."""
    url = postgresql_url.replace("127.0.0.1", "127.1")
    warning = "The connection to the database postgres at 127.1 may be unencrypted. Add sslmode=verify-full"
    for verb in ("snapshot", "check", "export"):
        done = command_line(verb, variables=account_variables | {"SNAPSHOTS_URL": url})
        assert done.returncode == 0
        assert warning in done.stderr
    app = run_page(project, "Overview", account_secrets | {"connections": {"snapshots": {"url": url}}})
    assert any("may be unencrypted" in shown.value for shown in app.warning)
    assert chart_alts(app)


def test_no_verb_shows_the_password_of_the_store(
    command_line: CommandLine, account_variables: dict[str, str], cluster: Cluster, postgresql_url: str
) -> None:
    wrong = cluster.url("postgres", password="recognisable-too")
    for url, status in ((postgresql_url, 0), (wrong, 1)):
        for verb in (["snapshot", "--json"], ["check"], ["export"]):
            done = command_line(*verb, variables=account_variables | {"SNAPSHOTS_URL": url})
            assert done.returncode == status, (verb, done.stderr)
            assert "recognisable" not in done.stdout + done.stderr
            assert "Traceback" not in done.stderr


# The server comes and goes


def test_a_server_that_was_away_is_used_again_without_a_restart(server: Cluster) -> None:
    server.run(f"CREATE SCHEMA AUTHORIZATION {USER}")
    store = Store.open(server.url("postgres"))
    store.add(history(3))
    server.stop()
    with pytest.raises(DatabaseUnreachable, match="There is no connection to the database postgres"):
        store.newest("default")
    with pytest.raises(DatabaseUnreachable):
        store.add(history(4))
    server.start()
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


def test_the_servers_own_isolation_level_does_not_matter(cluster: Cluster, database: str) -> None:
    cluster.run(f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'")
    store = Store.open(cluster.url(database))
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


# Changes by others


def test_the_change_token_differs_after_every_write_by_any_process(postgresql_url: str) -> None:
    store, other = Store.open(postgresql_url), Store.open(postgresql_url)
    tokens = [store.change_token]
    for write in (
        lambda: other.add(history(1)),
        lambda: store.add(history(2)),
        lambda: write_note(other, "default", NOW.date(), "Note", author="", now=NOW, today=NOW.date()),
        lambda: write_note(other, "default", NOW.date(), "Note", author="", now=NOW, today=NOW.date()),
    ):
        write()
        tokens.append(store.change_token)
        store.newest("default")
        assert store.change_token == tokens[-1], "reading changes nothing"
    assert len(set(tokens)) == len(tokens)
    assert None not in tokens


def test_a_write_that_is_not_committed_yet_does_not_count(postgresql_url: str) -> None:
    """A page that loads before the commit must load again after it."""
    store, other = Store.open(postgresql_url), Store.open(postgresql_url)
    with other.writing() as connection:
        insert_snapshots(connection, history(1))
        during = store.change_token
        assert store.newest("default") is None
        store.add(history(1, "fabrikam"))
        assert store.change_token != during
        during = store.change_token
    assert store.change_token != during
    assert store.newest("default") is not None


def test_the_change_token_takes_one_query_that_reads_no_table(postgresql_url: str) -> None:
    store = Store.open(postgresql_url)
    with recorded_statements() as statements:
        assert store.change_token is not None
    (statement,) = statements
    assert "FROM" not in statement


def test_what_pages_load_is_cached_until_another_machine_writes(postgresql_url: str) -> None:
    store, other, cache, loads = Store.open(postgresql_url), Store.open(postgresql_url), PageCache(), list[int]()

    def users() -> int:
        def load() -> int:
            loads.append(1)
            newest = store.newest("default")
            return newest.counts.users_graded if newest else 0

        return cache.get(store, "users", load)

    assert [users(), users()] == [0, 0]
    other.add(history(3))
    assert [users(), users()] == [12, 12]
    assert len(loads) == 2


# Several machines


OPENS = """
import sys
from mimecast.store.store import Store
print("ready", flush=True)
sys.stdin.readline()
Store.open(sys.argv[1]).check_writable()
"""


def test_machines_that_find_an_empty_database_together_make_its_tables_once(postgresql_url: str) -> None:
    command = [sys.executable, "-c", OPENS, postgresql_url]
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen(command, env=ENVIRONMENT, text=True, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(4)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=60) for process in running]
    assert [(process.returncode, errors) for process, (_, errors) in zip(running, ended, strict=True)] == [(0, "")] * 4
    with Store.open(postgresql_url).reading() as connection:
        assert connection.scalars(select(versions.c.version)).all() == list(range(1, len(MIGRATIONS) + 1))


def test_a_migration_waits_for_the_one_that_goes_on(
    cluster: Cluster, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held up on purpose between its first table and its commit, while another one arrives."""
    arrived, go_on = threading.Event(), threading.Event()

    def slow(connection: Any) -> None:
        arrived.set()
        assert go_on.wait(60)

    monkeypatch.setattr("mimecast.store.database.migrations.MIGRATIONS", (*MIGRATIONS, slow))
    monkeypatch.setattr("mimecast.store.database.open_database.MIGRATIONS", (*MIGRATIONS, slow))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(Store.open, postgresql_url)
        assert arrived.wait(60)
        second = pool.submit(Store.open, postgresql_url)
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(lambda: bool(cluster.run(waiting)))
        go_on.set()
        stores = [first.result(20), second.result(20)]
    with stores[1].reading() as connection:
        assert len(connection.scalars(select(versions.c.version)).all()) == len(MIGRATIONS) + 1


TAKES_TURNS = """
import sys, time
from datetime import timedelta
from mimecast.store import leases
from mimecast.store.leases import Lease
from mimecast.store.store import Store
leases.RENEW_INTERVAL = timedelta(seconds=0.02)
store = Store.open(sys.argv[1])
for turn in range(8):
    lease = Lease(store, "contoso")
    while not lease.acquire():
        time.sleep(0.005)
    with lease.hold():
        began = time.monotonic_ns()
        time.sleep(0.05)
        print(began, time.monotonic_ns(), flush=True)
"""


def test_processes_have_a_lease_one_after_the_other(postgresql_url: str) -> None:
    Store.open(postgresql_url)
    command = [sys.executable, "-c", TAKES_TURNS, postgresql_url]
    running = [
        subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ended = [process.communicate(timeout=100) for process in running]
    assert [(process.returncode, errors) for process, (_, errors) in zip(running, ended, strict=True)] == [(0, "")] * 4
    turns = sorted(tuple(map(int, line.split())) for output, _ in ended for line in output.splitlines())
    assert len(turns) == 32
    assert all(end < begin for (_, end), (begin, _) in pairwise(turns)), "two had it together"


def test_several_schedulers_on_one_server_ask_once_and_share(
    command_line: CommandLine, account_variables: dict[str, str], postgresql_url: str, tmp_path: Path
) -> None:
    """What one machine stores, another one exports; its dashboards see it as well."""
    variables = account_variables | {"SNAPSHOTS_URL": postgresql_url}
    began = datetime.now(UTC) - timedelta(seconds=1)

    def snapshot(_: int) -> subprocess.CompletedProcess[str]:
        return command_line("snapshot", "--json", variables=variables, output_encoding="utf-8")

    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(snapshot, range(3)))
    assert [(run.returncode, run.stderr) for run in ended] == [(0, "")] * 3
    stored = list(Store.open(postgresql_url).all_snapshots("default"))
    assert {json.loads(run.stdout)["taken_at"] for run in ended} == {
        snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ") for snapshot in stored
    }
    assert all(snapshot.taken_at >= began for snapshot in stored)
    exported = command_line("export", variables=variables)
    assert len(exported.stdout.splitlines()) == len(stored) + 1
