"""Captures of one account at the same time: one of them asks Mimecast, and the others take its answer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mimecast.capture.one_account import MAX_WAIT_SECONDS, POLL_SECONDS, CaptureInProgress, capture
from mimecast.domain.scheduled_runs import RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.problem import Problem
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.leases import LEASE_DURATION, Lease
from mimecast.store.scheduled_runs import newest_runs
from mimecast.store.store import Store
from tests.support.sandbox import UnmarkedSandbox
from tests.support.stores.databases import SQLITE_FIRST
from tests.support.stores.leases import shift_leases
from tests.support.waiting import wait_until

pytestmark = SQLITE_FIRST


COUNTS = ScoreCounts(5, 4, 3, 2, 1)


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account("contoso", "Contoso", sandbox.base_url, sandbox.keys)


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


@SQLITE_FIRST
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
    shift_leases(store, timedelta(seconds=0.5) - LEASE_DURATION)
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


def test_a_second_run_waits_as_long_as_the_first_one_works_and_takes_its_answer(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mimecast takes 26 seconds, of which a fake clock counts every look of the second run as one."""
    looks: list[float] = []
    has_waited = threading.Event()

    def monotonic() -> float:
        looks.append(len(looks))
        if len(looks) > 60:
            has_waited.set()
        return looks[-1]

    def counts() -> ScoreCounts:
        assert has_waited.wait(60)
        return COUNTS

    fake_time: Any = SimpleNamespace(monotonic=monotonic, sleep=lambda _: time.sleep(0.01))
    monkeypatch.setattr("mimecast.capture.one_account.time", fake_time)
    with UnmarkedSandbox(counts) as sandbox, ThreadPoolExecutor(2) as pool:
        account = Account("contoso", "Contoso", sandbox.base_url, sandbox.api2.keys)
        first = pool.submit(capture, account, store)
        wait_until(lambda: sandbox.summary_requests == 1)
        second = pool.submit(capture, account, Store.open(store_url))
        assert second.result(timeout=60).by_another
        assert second.result().snapshot == first.result().snapshot
        assert sandbox.summary_requests == 1
    assert len(looks) < MAX_WAIT_SECONDS


def test_a_second_run_takes_over_from_one_that_stopped_renewing_its_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimecast.store.leases.LEASE_DURATION", timedelta(seconds=1))
    assert Lease(store, "contoso").acquire()
    with UnmarkedSandbox(lambda: COUNTS) as sandbox:
        assert not capture(Account("contoso", "Contoso", sandbox.base_url, sandbox.api2.keys), store).by_another
