"""Several processes and machines on one PostgreSQL server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mimecast.settings.project import PROJECT
from mimecast.store.annotations.notes import write_note
from mimecast.store.database.migrations import MIGRATIONS
from mimecast.store.database.tables import versions
from mimecast.store.snapshot_rows import insert_snapshots
from mimecast.store.store import Store
from mimecast.ui.cache import PageCache
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.stores.histories import history
from tests.support.stores.postgresql_cluster import Cluster
from tests.support.stores.statements import recorded_statements
from tests.support.waiting import wait_until

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}


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
