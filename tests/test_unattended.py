"""Scheduled captures: one at a time for an account, on any number of machines, each of them recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from mimecast.capture.one_account import MAX_WAIT_SECONDS, POLL_SECONDS, CaptureInProgress, capture
from mimecast.domain.scheduled_runs import Run, RunOutcome, run_from_outcome, usual_interval
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.problem import Problem
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store import leases as module
from mimecast.store.database.clock import DatabaseNow
from mimecast.store.database.tables import data_tables, leases, runs
from mimecast.store.leases import LEASE_DURATION, RENEW_INTERVAL, Lease
from mimecast.store.scheduled_runs import MAX_RUNS_KEPT, load_schedule_status, newest_runs, save_runs
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.stores.databases import EVERY_DATABASE
from tests.support.waiting import wait_until

pytestmark = EVERY_DATABASE


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account("contoso", "Contoso", sandbox.base_url, sandbox.keys)


def ends_in(store: Store, account: str = "contoso") -> int:
    """Milliseconds until the lease ends, by the database's clock."""
    with store.reading() as connection:
        query = select(leases.c.until - DatabaseNow()).where(leases.c.account == account)
        return int(connection.execute(query).scalar_one())


def shift(store: Store, by: timedelta) -> None:
    """Move the end of every lease, as if the clock had gone on the other way."""
    with store.writing() as connection:
        connection.execute(leases.update().values(until=leases.c.until + int(by.total_seconds() * 1000)))


def test_one_at_a_time_has_the_lease_of_an_account(store: Store, store_url: str) -> None:
    lease, other_lease = Lease(store, "contoso"), Lease(Store.open(store_url), "contoso")
    assert lease.acquire()
    assert not other_lease.acquire()
    assert Lease(store, "fabrikam").acquire()
    assert lease.acquire(), "who has it renews it"
    other_lease.release()
    assert not other_lease.acquire(), "a lease is released only by its holder"
    lease.release()
    assert other_lease.acquire()
    assert not lease.acquire()


def test_a_lease_that_is_never_released_blocks_for_20_seconds_at_most(store: Store, store_url: str) -> None:
    killed, waiting = Lease(store, "contoso"), Lease(Store.open(store_url), "contoso")
    assert killed.acquire()
    assert 0 < ends_in(store) <= LEASE_DURATION.total_seconds() * 1000 <= 20_000
    assert RENEW_INTERVAL * 2 < LEASE_DURATION
    shift(store, timedelta(milliseconds=100) - LEASE_DURATION)
    wait_until(waiting.acquire)
    assert not killed.acquire()


def test_a_clock_that_was_set_back_does_not_make_a_lease_longer(store: Store, store_url: str) -> None:
    assert Lease(store, "contoso").acquire()
    shift(store, timedelta(hours=1))
    assert Lease(Store.open(store_url), "contoso").acquire()
    assert ends_in(store) <= LEASE_DURATION.total_seconds() * 1000


def test_a_lease_is_renewed_while_the_work_goes_on_and_given_back_at_the_end(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_INTERVAL", timedelta(seconds=0.05))
    lease, other = Lease(store, "contoso"), Lease(Store.open(store_url), "contoso")
    assert lease.acquire()
    with suppress(ZeroDivisionError), lease.hold():
        shift(store, -LEASE_DURATION / 2)
        wait_until(lambda: ends_in(store) > LEASE_DURATION.total_seconds() * 900)
        assert not other.acquire()
        raise ZeroDivisionError
    assert other.acquire()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease of")]


def test_the_lease_uses_the_databases_clock_and_not_by_the_machines(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.reading() as connection:
        now = connection.execute(select(DatabaseNow())).scalar_one()
    assert abs(now - time.time() * 1000) < 60_000
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert Lease(store, "contoso").acquire()
    assert 0 < ends_in(store) <= LEASE_DURATION.total_seconds() * 1000


def test_of_many_captures_at_once_one_asks_and_all_have_the_answer(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [Store.open(store_url) for _ in range(6)]
    waiting: set[int] = set()
    all_wait = threading.Event()

    def sleep(seconds: float) -> None:
        waiting.add(threading.get_ident())
        if len(waiting) == len(stores) - 1:
            all_wait.set()
        time.sleep(seconds)

    def counts() -> ScoreCounts:
        assert all_wait.wait(60)
        return ScoreCounts(5, 4, 3, 2, 1)

    monkeypatch.setattr("mimecast.capture.one_account.time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    with Sandbox(counts) as sandbox, ThreadPoolExecutor(len(stores)) as pool:
        account = Account("contoso", "Contoso", sandbox.base_url, sandbox.keys)
        results = list(pool.map(lambda store: capture(account, store), stores))
        assert len(sandbox.answered_ids) == 1
    assert sorted(result.by_another for result in results) == [False, True, True, True, True, True]
    assert {result.snapshot for result in results} == set(stores[0].all_snapshots("contoso"))


def test_schedulers_at_the_same_time_never_ask_together(
    project: Path, account_variables: dict[str, str], store_url: str
) -> None:
    """Five processes, as from five crontabs: one line each, one request at a time, and shared answers."""
    lock = threading.Lock()
    together = []

    def counts() -> ScoreCounts:
        together.append(lock.acquire(blocking=False))
        if together[-1]:
            time.sleep(3)
            lock.release()
        return ScoreCounts(5, 4, 3, 2, 1)

    with Sandbox(counts) as slow:
        variables = account_variables | {"MIMECAST_BASE_URL": slow.base_url}
        environment = {**os.environ, **variables, "PYTHONPATH": str(project)}
        command = [sys.executable, "-m", "mimecast", "snapshot"]
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
            for _ in range(5)
        ]
        ended = [process.communicate(timeout=100) for process in running]
    assert [process.returncode for process in running] == [0] * 5
    assert [errors for _, errors in ended] == [""] * 5
    assert all(together), "two asked at the same time"
    lines = [line for output, _ in ended for line in output.splitlines()]
    request_lines = [line for line in lines if "by another run" not in line]
    store = Store.open(store_url)
    assert len(lines) == 5
    assert 1 <= len(request_lines) == len(slow.answered_ids) == len(list(store.all_snapshots("default"))) < 5
    assert [run.outcome for run in newest_runs(store, "default")].count(RunOutcome.STORED) == len(request_lines)


def test_when_the_other_run_was_killed_this_one_asks(account: Account, store: Store) -> None:
    assert Lease(store, "contoso").acquire()
    shift(store, timedelta(seconds=0.5) - LEASE_DURATION)
    assert not capture(account, store).by_another


def test_when_the_other_run_takes_too_long_that_is_said(account: Account, sandbox: Sandbox, store: Store) -> None:
    assert MAX_WAIT_SECONDS > LEASE_DURATION.total_seconds() > POLL_SECONDS
    assert Lease(store, "contoso").acquire()
    with pytest.raises(CaptureInProgress, match="capturing contoso for more than 0 seconds"):
        capture(account, store, max_wait=0)
    assert sandbox.answered_ids == []
    assert store.newest("contoso") is None


def test_an_import_at_the_same_time_is_not_taken_for_the_other_runs_answer(
    account: Account, sandbox: Sandbox, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Lease(store, "contoso")
    assert other.acquire()

    def in_the_meantime(seconds: float) -> None:
        store.add([Snapshot("contoso", datetime.now(UTC) - timedelta(days=9), ScoreCounts(1), Source.IMPORTED)])
        other.release()

    monkeypatch.setattr(time, "sleep", in_the_meantime)
    assert not capture(account, store).by_another
    assert len(sandbox.answered_ids) == 1


def test_a_capture_that_fails_leaves_no_lease(account: Account, store: Store) -> None:
    wrong = Account("contoso", "Contoso", "http://127.0.0.1:9", account.keys)
    with pytest.raises(Problem, match="There is no connection"):
        capture(wrong, store)
    assert not capture(account, store).by_another


def run_at(started: datetime, outcome: RunOutcome = RunOutcome.STORED, account: str = "contoso") -> Run:
    return Run(account, started, started + timedelta(seconds=2), outcome)


def test_each_run_is_recorded_with_what_came_of_it(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert command_line("snapshot", "--quiet", variables=account_variables).returncode == 0
    wrong = account_variables | {"MIMECAST_SECRET_KEY": "cmVjb2duaXNhYmxl"}
    assert command_line("snapshot", variables=wrong).returncode == 1
    failed, stored = newest_runs(Store.open(store_url), "default")
    assert (stored.outcome, stored.title, stored.message) == (RunOutcome.STORED, "", "")
    assert before <= stored.started <= stored.ended <= failed.started <= failed.ended <= datetime.now(UTC)
    assert (failed.outcome, failed.title) == (RunOutcome.FAILED, "Mimecast rejected the credentials")
    assert failed.message.startswith("Mimecast answered with status 401")
    with Store.open(store_url).reading() as connection:
        content = str([row for table in data_tables() for row in connection.execute(select(table))])
    assert "status 401" in content
    assert "cmVjb2duaXNhYmxl" not in content


def test_a_run_that_cannot_be_recorded_changes_nothing_of_the_capture(
    command_line: CommandLine, account_variables: dict[str, str], store: Store, store_url: str
) -> None:
    with store.writing() as connection:
        runs.drop(connection)
    done = command_line("snapshot", "--json", variables=account_variables)
    assert done.returncode == 0
    assert json.loads(done.stdout)["users_graded"] == 1204
    assert done.stderr.startswith("default: this run was not recorded: ")
    assert len(list(Store.open(store_url).all_snapshots("default"))) == 1


def test_the_newest_hundred_runs_of_an_account_are_kept(store: Store) -> None:
    save_runs(store, run_at(NOW, account="fabrikam"))
    for hour in range(MAX_RUNS_KEPT + 7):
        save_runs(store, run_at(NOW + timedelta(hours=hour)))
    stored_runs = newest_runs(store, "contoso", limit=1000)
    assert [run.started for run in stored_runs] == [
        NOW + timedelta(hours=hour) for hour in range(MAX_RUNS_KEPT + 6, 6, -1)
    ]
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(runs)).scalar_one() == MAX_RUNS_KEPT + 1


def test_a_problem_of_any_length_can_be_recorded(store: Store) -> None:
    save_runs(store, run_from_outcome("contoso", NOW, NOW, Problem("x" * 5000, title="y" * 500)))
    (run,) = newest_runs(store, "contoso")
    assert (run.title, run.message) == ("y" * 200, "x" * 1000)


def test_the_next_run_is_expected_after_the_usual_interval(store: Store) -> None:
    assert load_schedule_status(store, "contoso").last is None
    for day in range(5):
        save_runs(store, run_at(NOW + timedelta(days=day), RunOutcome.FAILED if day == 4 else RunOutcome.STORED))
        known = load_schedule_status(store, "contoso")
        assert known.last is not None
        assert known.last.started == NOW + timedelta(days=day)
        assert (known.interval is None) == (day < 3)
    assert known.last == run_at(NOW + timedelta(days=4), RunOutcome.FAILED)
    assert known.interval == timedelta(days=1)
    assert known.next_expected == NOW + timedelta(days=5)


@pytest.mark.parametrize(
    ("hours", "usual"),
    [
        ([0, 24, 48, 73, 97], 24),
        ([0, 0.001, 24, 24.002, 48, 48.001, 72], 24),
        ([0, 24, 48, 53.3, 72, 96, 120], 24),
        ([0, 24, 72, 96, 120, 144], 24),
        ([0, 1, 30, 100, 101], None),
        ([0, 24, 48], None),
        ([*range(0, 400, 24), *range(400, 500, 6)], 6),
    ],
    ids=["clocks change", "two machines", "once by hand", "a day missed", "by hand only", "too few", "changed"],
)
def test_the_usual_interval_is_what_most_runs_keep_to(hours: list[float], usual: float | None) -> None:
    interval = usual_interval([NOW + timedelta(hours=hour) for hour in reversed(hours)])
    assert interval == (None if usual is None else timedelta(hours=usual))
