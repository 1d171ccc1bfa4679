"""What can be wrong with a PostgreSQL server is said plainly, without the password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.database.database_url import parse_url
from mimecast.store.database.files.exposure import optional_tls
from mimecast.store.database.postgresql import (
    translate_error,
)
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
from mimecast.store.store import Store
from tests.support.app import chart_alts, run_page
from tests.support.clock import NOW
from tests.support.networks import Authority
from tests.support.processes import CommandLine
from tests.support.stores.histories import history
from tests.support.stores.postgresql_cluster import USER, Cluster


def refused(url: str) -> StoreError:
    """Return the error of opening the store, and check that it does not contain the password."""
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert caught.value.__suppress_context__
    assert "recognisable" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


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
    assert problem.message == f"The database {database} at 127.0.0.1 does not allow the user {USER} to do this."
    cluster.run(f"GRANT USAGE, CREATE ON SCHEMA public TO {USER}", database=database)
    assert Store.open(cluster.url(database)).add(history(1)).new == 1


def test_without_the_right_to_connect_that_is_said(cluster: Cluster) -> None:
    database = cluster.create_database(owner="postgres")
    cluster.run(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    assert isinstance(refused(cluster.url(database)), DatabasePermissionMissing)


def test_a_user_who_may_only_read_sees_the_reason(cluster: Cluster, empty_database: str) -> None:
    Store.open(cluster.url(empty_database)).add(history(3))
    reader = f"reader_of_{empty_database}"
    cluster.run(f"CREATE ROLE {reader} LOGIN PASSWORD 'recognisable'")
    cluster.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}", database=empty_database)
    is_read(Store.open(cluster.url(empty_database, user=reader, password="recognisable")))


def test_a_server_that_takes_no_writes_is_read(cluster: Cluster, empty_database: str) -> None:
    Store.open(cluster.url(empty_database)).add(history(3))
    cluster.run(f"ALTER DATABASE {empty_database} SET default_transaction_read_only = on")
    is_read(Store.open(cluster.url(empty_database)))


def is_read(store: Store) -> None:
    assert list(store.all_snapshots("default")) == history(3)
    assert isinstance(store.read_only, StoreReadOnly)
    assert "Let the dashboard's database user write" in store.read_only.remedy
    for write in (store.check_writable, lambda: store.add(history(4))):
        with pytest.raises(StoreReadOnly):
            write()


def test_a_right_that_is_taken_away_later_is_said(cluster: Cluster, empty_database: str) -> None:
    store = Store.open(cluster.url(empty_database))
    cluster.run(
        f"ALTER TABLE snapshots OWNER TO postgres; GRANT SELECT ON snapshots TO {USER}", database=empty_database
    )
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


def test_tables_that_are_gone_are_missed(cluster: Cluster, empty_database: str) -> None:
    store = Store.open(cluster.url(empty_database))
    cluster.run("DROP TABLE snapshots", database=empty_database)
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


def test_more_connections_than_the_server_takes_is_a_busy_store(cluster: Cluster, empty_database: str) -> None:
    cluster.run(f"ALTER DATABASE {empty_database} CONNECTION LIMIT 0")
    assert refused(cluster.url(empty_database)).title == "The store is busy"


def test_the_server_is_known_by_its_certificate(own_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    own_cluster.stop()
    own_cluster.start(*own_cluster.certificate(authority))
    url = own_cluster.url("postgres")
    base_url = f"{url}?sslmode=verify-full&sslrootcert="
    problem = refused(f"{base_url}{tmp_path_factory.mktemp('empty') / 'none.pem'}")
    assert isinstance(problem, DatabaseTlsFailed)
    own_cluster.run(f"CREATE SCHEMA safe AUTHORIZATION {USER}")
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
