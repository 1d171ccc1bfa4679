"""Many accounts side by side: as many at a time as chosen and never more, and no one waits for a bad one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mimecast.api.errors import RateLimited
from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.api.retry import RetryPolicy
from mimecast.capture.all_accounts import MAX_CONCURRENT, CaptureResult, capture_all
from mimecast.capture.one_account import CapturedSnapshot
from mimecast.domain.scheduled_runs import RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem
from mimecast.sandbox.server import RATE_LIMIT, RATE_WINDOW_SECONDS, Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.database.tables import leases
from mimecast.store.scheduled_runs import newest_runs
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.stores.databases import SQLITE_FIRST

pytestmark = SQLITE_FIRST

COUNTS = ScoreCounts(5, 4, 3, 2, 1)


def accounts_of(
    sandbox: Sandbox, number: int, name: str = "a", keys: Api1Keys | Api2Keys | None = None, start: int = 0
) -> list[Account]:
    indexes = range(start, start + number)
    return [Account(f"{name}{index}", name, sandbox.base_url, keys or sandbox.keys) for index in indexes]


def flat(batches: Iterator[list[CaptureResult]]) -> list[CaptureResult]:
    return [result for batch in batches for result in batch]


def outcomes(ended: list[CaptureResult]) -> dict[str, str]:
    return {
        result.account.id: result.outcome.title
        if isinstance(result.outcome, Problem)
        else str(result.outcome.snapshot.counts.a)
        for result in ended
    }


def test_so_many_are_asked_at_the_same_time_and_never_more(store: Store) -> None:
    lock, full = threading.Lock(), threading.Event()
    under_way, most = 0, 0

    def counts() -> ScoreCounts:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            if under_way == MAX_CONCURRENT:
                full.set()
        assert full.wait(60), "fewer are asked at a time than could be"
        with lock:
            under_way -= 1
        return COUNTS

    with Sandbox(counts, latency=0.02) as sandbox:
        ended = flat(capture_all(accounts_of(sandbox, 40), store))
        assert len(sandbox.answered_ids) == 40
    assert most == MAX_CONCURRENT
    assert (
        sorted(result.account.id for result in ended) == store.accounts() == sorted(f"a{index}" for index in range(40))
    )
    assert set(outcomes(ended).values()) == {"5"}
    assert all(len(list(store.all_snapshots(account))) == 1 for account in store.accounts())
    with store.reading() as connection:
        assert connection.execute(leases.select()).all() == [], "every lease was given back"


def test_they_stay_within_what_mimecast_grants_an_application_where_an_answer_takes_a_tenth_of_a_second() -> None:
    assert MAX_CONCURRENT * RATE_WINDOW_SECONDS / 0.1 <= RATE_LIMIT


def test_what_is_wrong_with_one_account_is_its_own_affair(store: Store) -> None:
    with Sandbox(lambda: COUNTS) as right, Sandbox(lambda: COUNTS, fault="forbidden") as wrong:
        no_one = Account("no_one", "No_one", "http://127.0.0.1:9", right.keys)
        no_keys = Account("no-keys", "No keys")
        retry_policy = RetryPolicy(30.0, sleep=lambda seconds: None)
        mixed = [no_one, *accounts_of(wrong, 2, "bad"), no_keys, *accounts_of(right, 5)]
        ended = flat(capture_all(mixed, store, retry_policy=retry_policy))
    assert outcomes(ended) == {
        "no_one": "Mimecast cannot be reached",
        "bad0": "Missing permission",
        "bad1": "Missing permission",
        "no-keys": "Invalid settings",
        **{f"a{index}": "5" for index in range(5)},
    }
    assert all(result.started <= result.ended for result in ended)


def test_a_host_that_does_not_answer_takes_no_more_than_its_share(store: Store) -> None:
    """Three hosts, two of them silent, each with more accounts than it can have requests at a time."""
    silence = threading.Event()

    def never() -> ScoreCounts:
        silence.wait(60)
        return COUNTS

    with Sandbox(never) as silent, Sandbox(never) as silent_too, Sandbox(lambda: COUNTS) as sound:
        silent_accounts = [*accounts_of(silent, 12, "silent"), *accounts_of(silent_too, 12, "silent", start=12)]
        batches = capture_all([*silent_accounts, *accounts_of(sound, 12, "sound")], store, max_concurrent=4)
        first: list[CaptureResult] = []
        while len(first) < 12:
            first += next(batches)
        assert {result.account.name for result in first} == {"sound"}, (
            "all of the sound host's, before any of the others'"
        )
        silence.set()
        assert {result.account.name for result in flat(batches)} == {"silent"}


def test_an_application_that_asked_too_often_is_let_alone_and_others_go_on(store: Store) -> None:
    """One account is refused and must wait for long: the rest of its application is not asked at all."""
    with Sandbox(lambda: COUNTS, fault="rate-limited-long") as limited, Sandbox(lambda: COUNTS) as sound:
        both = [*accounts_of(limited, 6, "limited"), *accounts_of(sound, 6, "sound")]
        ended = flat(capture_all(both, store, max_concurrent=2, retry_policy=RetryPolicy(30.0, clock=lambda: NOW)))
        assert limited.summary_requests <= 2, "those that had already sent a request, and none after them"
    refused = [result.outcome for result in ended if result.account.name == "limited"]
    assert all(
        isinstance(outcome, RateLimited) and outcome.not_before and outcome.not_before > NOW for outcome in refused
    )
    assert sum(isinstance(result.outcome, CapturedSnapshot) for result in ended) == 6


def test_a_short_wait_that_mimecast_asks_for_is_one_for_all_accounts_of_the_application(store: Store) -> None:
    calls_in_the_meantime: list[int] = []

    with Sandbox(lambda: COUNTS, fault="rate-limited-once") as limited, Sandbox(lambda: COUNTS) as sound:

        def sleep(seconds: float) -> None:
            time.sleep(seconds / 2)
            calls_in_the_meantime.append(limited.summary_requests)
            time.sleep(seconds / 2)

        both = [*accounts_of(limited, 6, "limited"), *accounts_of(sound, 3, "sound")]
        ended = flat(capture_all(both, store, max_concurrent=2, retry_policy=RetryPolicy(30.0, sleep=sleep)))
    (calls,) = calls_in_the_meantime
    assert calls <= 2, "while one waits, only those that had already sent a request get an answer"
    assert set(outcomes(ended).values()) == {"5"}


def test_while_one_application_waits_another_on_the_same_host_goes_on(store: Store) -> None:
    """The first request must wait a second, and its retry waits until the other application's captures ended."""
    others_ended = threading.Event()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        assert others_ended.wait(60), "the other application had to wait as well"

    with Sandbox(lambda: COUNTS, fault="rate-limited-once") as sandbox:
        waiting = accounts_of(sandbox, 4, "waiting")
        others = accounts_of(sandbox, 4, "other", sandbox.api2.keys)
        results: list[CaptureResult] = []
        for batch in capture_all([*waiting, *others], store, max_concurrent=2, retry_policy=RetryPolicy(30, sleep)):
            results += batch
            if sum(result.account.name == "other" for result in results) == len(others):
                others_ended.set()
    assert set(outcomes(results).values()) == {"5"}


def test_a_capture_that_crashes_is_reported_and_the_others_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    crashes: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda crash: crashes.append(str(crash.exc_type.__name__)))

    real = store.add

    def add(new: list[Snapshot], **how: Any) -> AddResult:
        if new[0].account == "a1":
            raise ZeroDivisionError
        return real(new, **how)

    monkeypatch.setattr(store, "add", add)
    with Sandbox(lambda: COUNTS) as sandbox:
        ended = flat(capture_all(accounts_of(sandbox, 3), store, max_concurrent=1))
    assert outcomes(ended) == {"a0": "5", "a1": "Something is wrong", "a2": "5"}
    assert crashes == ["ZeroDivisionError"]


@contextmanager
def command(secrets: str, project: Path, folder: Path, store_url: str) -> Iterator[subprocess.Popen[str]]:
    """`snapshot --json`, started and not yet ended."""
    file = folder / ".streamlit" / "secrets.toml"
    file.parent.mkdir(parents=True)
    file.write_text(secrets)
    variables = {**os.environ, "PYTHONPATH": str(project), "SNAPSHOTS_URL": store_url}
    with subprocess.Popen(
        [sys.executable, "-m", "mimecast", "snapshot", "--json"],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        yield run


def table(account: str, sandbox: Sandbox, *, generation: int) -> str:
    keys = (
        {"client_id": sandbox.api2.keys.client_id, "client_secret": sandbox.api2.keys.client_secret}
        if generation == 2
        else {key: getattr(sandbox.keys, key) for key in ("access_key", "secret_key", "app_id", "app_key")}
    )
    lines = [f"{key} = {json.dumps(value)}" for key, value in {"base_url": sandbox.base_url, **keys}.items()]
    return "\n".join([f"[mimecast.accounts.{account}]", *lines, ""])


def test_both_generations_together_and_each_line_as_soon_as_it_is_known(
    project: Path, tmp_path: Path, store: Store, store_url: str
) -> None:
    """A silent account is first: the lines of the others come while it is still waited for."""
    silence = threading.Event()

    def late() -> ScoreCounts:
        silence.wait(60)
        return ScoreCounts(9)

    with Sandbox(late) as silent, Sandbox(lambda: COUNTS) as sound:
        secrets = "\n".join(
            [
                table("silent", silent, generation=1),
                table("new", sound, generation=2),
                table("old", sound, generation=1),
            ]
        )
        with command(secrets, project, tmp_path / "here", store_url) as run:
            assert run.stdout is not None
            lines = [json.loads(run.stdout.readline()) for _ in range(2)]
            assert {line["account"] for line in lines} == {"new", "old"}
            assert {line["users_graded"] for line in lines} == {15}
            assert store.newest("silent") is None
            silence.set()
            last = json.loads(run.stdout.readline())
            assert (last["account"], last["a"]) == ("silent", 9)
            assert run.wait(60) == 0
    assert Counter(run.outcome for name in ("silent", "new", "old") for run in newest_runs(store, name)) == {
        RunOutcome.STORED: 3
    }
