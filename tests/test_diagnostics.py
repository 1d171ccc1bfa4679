"""The connection's checks: each fault fails at the step that it belongs to, and says what to do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from mimecast.api.retry import RetryPolicy
from mimecast.capture.diagnostics import (
    ANSWER,
    CLOCK,
    CONNECTION,
    DAILY,
    DATA,
    HOST,
    NEWEST,
    REFRESH,
    REQUEST_STEPS,
    SETTINGS,
    STORE,
    STORE_STEPS,
    Step,
    StepStatus,
    check_ready,
    diagnose,
    support_text,
)
from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.api1 import TOY_KEYS, Api1
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.faults import FAULTS
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.leases import Lease
from mimecast.store.scheduled_runs import save_runs
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY
from tests.support.exhaustive import every_nth
from tests.support.faults import API_2_FAULTS, EXPECTED_ERRORS, FEW_USERS_FAULTS
from tests.support.processes import CommandLine
from tests.support.sandbox import UnmarkedSandbox
from tests.support.waiting import wait_until

AT_ONCE = RetryPolicy(1000.0, sleep=lambda _: None)
NAMES = [SETTINGS, HOST, *REQUEST_STEPS, *STORE_STEPS]


def account_of(sandbox: Sandbox, generation: int) -> Account:
    keys = sandbox.keys if generation == 1 else sandbox.api2.keys
    return Account("contoso", "Contoso", sandbox.base_url, keys)


def checked(account: Account, store: Store | None, *, now: datetime | None = None) -> dict[str, Step]:
    clock = {"clock": lambda: now} if now else {}
    steps = list(diagnose(account, store, DashboardSettings(), retry_policy=AT_ONCE, **clock))  # type: ignore[arg-type]
    assert [step.name for step in steps] == NAMES
    return {step.name: step for step in steps}


def keep_up_to_date(store: Store, account: str, now: datetime) -> None:
    """Store a snapshot of each of the last days, and the scheduled runs that took them; the last one ended just now."""
    for day in reversed(range(5)):
        taken_at = now - timedelta(days=day)
        store.add([Snapshot(account, taken_at, ScoreCounts(a=1204))])
        save_runs(store, Run(account, taken_at - timedelta(seconds=2), taken_at, RunOutcome.STORED))


@pytest.fixture
def kept_up(store: Store) -> Store:
    """A store to which a daily schedule adds snapshots of the account."""
    keep_up_to_date(store, "contoso", datetime.now(UTC))
    return store


def test_every_fault_has_its_expectation() -> None:
    assert set(EXPECTED_ERRORS) == set(FAULTS)


@pytest.mark.parametrize("generation", [1, 2])
def test_when_all_is_well_every_step_is_in_order(sandbox: Sandbox, kept_up: Store, generation: int) -> None:
    before = list(kept_up.all_snapshots("contoso"))
    steps = checked(account_of(sandbox, generation), kept_up)
    assert {step.status for step in steps.values()} == {StepStatus.DONE}
    assert steps[SETTINGS].detail.startswith(f"Keys of API {generation}.0")
    assert steps[DATA].detail == "1,204 users graded."
    assert steps[DATA].request_id == sandbox.answered_ids[-1]
    assert list(kept_up.all_snapshots("contoso")) == before


@pytest.mark.parametrize("fault", every_nth([fault for fault in EXPECTED_ERRORS if fault != "silent"], 3))
def test_a_fault_fails_at_its_step_and_says_what_to_do(sandbox: Sandbox, kept_up: Store, fault: str) -> None:
    sandbox.set_fault(fault)
    steps = checked(account_of(sandbox, 2 if fault in API_2_FAULTS else 1), kept_up)
    expected = EXPECTED_ERRORS[fault]
    if expected is None:  # of an answer with few users, a warning says that it is implausible
        assert {step.status for name, step in steps.items() if name != DATA} == {StepStatus.DONE}
        assert steps[DATA].status is (StepStatus.WARNING if fault in FEW_USERS_FAULTS else StepStatus.DONE)
        return
    kind, name = expected
    failed = [step for step in steps.values() if step.status is StepStatus.FAILED]
    assert [step.name for step in failed] == [name]
    assert type(failed[0].problem) is kind
    assert failed[0].problem.remedy
    after = REQUEST_STEPS[REQUEST_STEPS.index(name) + 1 :]
    assert {steps[step].status for step in after} <= {StepStatus.NOT_REACHED}
    assert steps[STORE].status is StepStatus.DONE


def test_a_host_that_is_not_known_ends_the_questions(store: Store) -> None:
    account = Account("contoso", "Contoso", "https://no-such-host.invalid", TOY_KEYS)
    steps = checked(account, store)
    assert steps[HOST].status is StepStatus.FAILED
    assert {steps[name].status for name in REQUEST_STEPS} == {StepStatus.NOT_REACHED}


def test_with_a_proxy_the_host_name_is_left_to_it_and_its_password_is_not_shown(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:recognisable@127.0.0.1:{port}")
    account = Account("contoso", "Contoso", "https://no-such-host.invalid", TOY_KEYS)
    steps = checked(account, store)
    assert steps[HOST].detail == "Resolved by the proxy at 127.0.0.1."
    assert steps[CONNECTION].status is StepStatus.FAILED
    assert "recognisable" not in support_text(list(steps.values()), account, NOW)
    assert "recognisable" not in repr(steps)


@pytest.fixture
def late_sandbox(company: DemoCompany) -> Iterator[Sandbox]:
    """It tolerates a clock that is off by hours."""
    with Sandbox(lambda: company.counts_on(TODAY), api1=Api1(max_skew=timedelta(days=10_000))) as server:
        yield server


def test_a_wrong_clock_is_reported_before_it_matters(late_sandbox: Sandbox, store: Store) -> None:
    ahead = datetime.now().astimezone() + timedelta(minutes=12)
    steps = checked(account_of(late_sandbox, 1), store, now=ahead)
    assert steps[CLOCK].status is StepStatus.WARNING
    assert steps[CLOCK].detail.startswith("It is 12 minutes ahead of Mimecast's.")
    assert steps[CLOCK].problem is not None
    assert "Set the clock" in steps[CLOCK].problem.remedy


def test_the_newest_snapshot_and_the_next_refresh_are_reported(sandbox: Sandbox, store: Store) -> None:
    store.add([Snapshot("contoso", NOW - timedelta(hours=2), ScoreCounts(a=1204))])
    steps = checked(account_of(sandbox, 2), store, now=NOW)
    assert steps[NEWEST].detail == "Taken 2 hours ago (24 Nov 2026, 10:50 UTC)."
    assert steps[REFRESH].detail == (
        "When a page is open after 24 Nov 2026, 16:50 UTC; pages replace a snapshot that is 6 hours old."
    )


DAILY_RUNS = [
    Run("contoso", NOW - timedelta(days=day), NOW - timedelta(days=day), RunOutcome.STORED) for day in (4, 3, 2, 1)
]


@pytest.mark.parametrize(
    ("runs", "status", "detail"),
    [
        ([], StepStatus.WARNING, "No scheduled snapshot has been recorded yet."),
        (
            DAILY_RUNS,
            StepStatus.DONE,
            "The last run ended on 23 Nov 2026, 12:50 UTC. The next one is expected on 24 Nov 2026, 12",
        ),
        (DAILY_RUNS[:-1], StepStatus.FAILED, "The last run ended 2 days ago (22 Nov 2026, 12:50 UTC)."),
        (
            [
                Run("contoso", run.started - timedelta(days=1), run.ended - timedelta(days=1), run.outcome)
                for run in DAILY_RUNS
            ],
            StepStatus.FAILED,
            "The last run ended 2 days ago (22 Nov 2026, 12:50 UTC); the next one was expected on 23 Nov 2026, "
            "12:50 UTC.",
        ),
        (DAILY_RUNS[-1:], StepStatus.DONE, "There are too few runs to predict the next one."),
        (
            [*DAILY_RUNS[:-1], Run("contoso", NOW, NOW, RunOutcome.FAILED, "Title", "A message.")],
            StepStatus.WARNING,
            "The last run, on 24 Nov 2026, 12:50 UTC, failed. Title: A message.",
        ),
    ],
    ids=["not set up", "in order", "few and old", "overdue", "few", "failed"],
)
def test_the_schedule_is_part_of_the_check(
    sandbox: Sandbox, store: Store, runs: list[Run], status: StepStatus, detail: str
) -> None:
    if runs:
        save_runs(store, *runs)
    step = checked(account_of(sandbox, 2), store, now=NOW)[DAILY]
    assert step.status is status
    assert detail in step.detail
    assert bool(step.problem) is (status is not StepStatus.DONE)


def test_a_snapshot_that_is_too_old_or_in_the_future_is_named(sandbox: Sandbox, store: Store) -> None:
    account = account_of(sandbox, 2)
    store.add([Snapshot("contoso", NOW - timedelta(hours=37), ScoreCounts(a=1204))])
    step = checked(account, store, now=NOW)[NEWEST]
    assert (step.status, step.detail) == (StepStatus.WARNING, "Taken 1 day ago (22 Nov 2026, 23:50 UTC).")
    store.add([Snapshot("contoso", NOW + timedelta(days=2), ScoreCounts(a=1204))])
    step = checked(account, store, now=NOW)[NEWEST]
    assert (step.status, step.detail) == (
        StepStatus.WARNING,
        "Its date, 26 Nov 2026, 12:50 UTC, is in the future.",
    )


def test_of_five_checks_at_once_one_requests_and_all_have_its_answer(store: Store) -> None:
    """The sandbox answers the first check once the four others are about to make their requests."""
    checks = 5
    others = threading.Semaphore(0)

    def counts() -> ScoreCounts:
        for _ in range(checks - 1):
            assert others.acquire(timeout=60)
        return ScoreCounts(5, 4, 3, 2, 1)

    def check(clock: Callable[[], datetime]) -> str:
        steps = diagnose(account, store, DashboardSettings(), retry_policy=AT_ONCE, clock=clock)
        return next(step.detail for step in steps if step.name == DATA)

    def clock_of_another() -> datetime:
        others.release()
        return datetime.now(UTC)

    with UnmarkedSandbox(counts) as sandbox, ThreadPoolExecutor(checks) as pool:
        account = account_of(sandbox, 1)
        results = [pool.submit(check, lambda: datetime.now(UTC))]
        wait_until(lambda: sandbox.summary_requests == 1)
        results += [pool.submit(check, clock_of_another) for _ in range(checks - 1)]
        assert [result.result(timeout=60) for result in results] == ["15 users graded."] * checks
        assert sandbox.summary_requests == 1


def test_a_check_waits_for_a_capture_and_uses_its_snapshot(
    sandbox: Sandbox, store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_waiting = threading.Event()

    def sleep(seconds: float) -> None:
        is_waiting.set()
        time.sleep(seconds)

    monkeypatch.setattr("mimecast.capture.one_account.time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    lease = Lease(Store.open(store_url), "contoso")
    assert lease.acquire()
    with ThreadPoolExecutor(1) as pool, lease.hold():
        result = pool.submit(checked, account_of(sandbox, 1), store)
        assert is_waiting.wait(60)
        store.add([Snapshot("contoso", datetime.now(UTC), ScoreCounts(5, 4, 3, 2, 1))])
        steps = result.result(timeout=60)
    assert steps[DATA].detail == "15 users graded. Another run has just stored this snapshot."
    assert sandbox.summary_requests == 0


def test_a_wait_that_mimecast_asked_for_is_reported_and_nothing_is_requested(sandbox: Sandbox, store: Store) -> None:
    account = account_of(sandbox, 1)
    sandbox.set_fault("rate-limited-date")
    assert checked(account, store)[ANSWER].status is StepStatus.FAILED
    sandbox.set_fault(None)
    step = checked(account, store)[ANSWER]
    assert step.problem is not None
    assert step.problem.title == "Mimecast requested a wait"
    end = datetime.now(UTC) + timedelta(hours=24)
    assert f"{end.day} {end:%b %Y}" in step.problem.remedy
    assert sandbox.summary_requests == 1


def ready(account: Account, store: Store | None, now: datetime) -> dict[str, StepStatus]:
    return {step.name: step.status for step in check_ready(account, store, DashboardSettings(), clock=lambda: now)}


def test_readiness_is_a_store_that_works_and_a_fresh_snapshot(sandbox: Sandbox, store: Store) -> None:
    account = account_of(sandbox, 1)
    assert ready(account, None, NOW) == {STORE: StepStatus.FAILED, NEWEST: StepStatus.FAILED}
    assert ready(account, store, NOW) == {STORE: StepStatus.DONE, NEWEST: StepStatus.FAILED}
    store.add([Snapshot("contoso", NOW, ScoreCounts(a=1204))])
    assert set(ready(account, store, NOW).values()) == {StepStatus.DONE}
    assert ready(account, store, NOW + timedelta(hours=36))[NEWEST] is StepStatus.FAILED
    assert ready(account, store, NOW - timedelta(days=2))[NEWEST] is StepStatus.FAILED
    weekly = [Run("contoso", NOW - timedelta(days=day), NOW, RunOutcome.STORED) for day in (21, 14, 7, 0)]
    save_runs(store, *weekly)
    assert ready(account, store, NOW + timedelta(days=8))[NEWEST] is StepStatus.DONE
    assert sandbox.summary_requests == 0


def test_check_ready_ends_with_1_unless_the_newest_snapshot_is_fresh(
    command_line: CommandLine, account_variables: dict[str, str], store: Store, sandbox: Sandbox
) -> None:
    done = command_line("check", "--ready", "--quiet", variables=account_variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("default: No snapshot is stored yet.")
    store.add([Snapshot("default", datetime.now(UTC), ScoreCounts(a=1204))])
    done = command_line("check", "--ready", variables=account_variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("✓ Store: It can be read and written.\n✓ Newest snapshot: Taken ")
    assert sandbox.summary_requests == 0
    broken = account_variables | {"SNAPSHOTS_URL": "sqlite:////proc/none/snapshots.db"}
    assert command_line("check", "--ready", variables=broken).returncode == 1


def test_without_a_store_the_rest_is_still_reported(sandbox: Sandbox) -> None:
    steps = checked(account_of(sandbox, 1), None)
    assert steps[DATA].status is StepStatus.DONE
    assert steps[STORE].status is StepStatus.NOT_REACHED


def test_the_text_for_support_has_the_id_and_the_time_and_no_key(sandbox: Sandbox, store: Store) -> None:
    sandbox.set_fault("forbidden")
    account = account_of(sandbox, 1)
    steps = list(checked(account, store).values())
    text = support_text(steps, account, NOW)
    request_step = next(step for step in steps if step.requested_at)
    assert request_step.request_id
    assert f"Request id: {request_step.request_id}" in text
    assert f"Time of the request: {request_step.requested_at:%Y-%m-%d %H:%M:%S} UTC" in text
    assert "HTTP status: 403" in text
    for secret in (sandbox.keys.access_key, sandbox.keys.secret_key, sandbox.keys.app_key, sandbox.keys.app_id):
        assert secret not in text


def test_check_prints_a_line_a_step(command_line: CommandLine, account_variables: dict[str, str]) -> None:
    done = command_line("check", variables=account_variables)
    lines = [line for line in done.stdout.splitlines() if not line.startswith("  ")]
    signs = {NEWEST: "!", DAILY: "!"}
    assert done.returncode == 0
    assert done.stderr == ""
    assert [line.partition(":")[0] for line in lines[: len(NAMES)]] == [
        f"{signs.get(name, '✓')} {name}" for name in NAMES
    ]
    assert "Data: 1,204 users graded." in done.stdout


def test_check_marks_what_failed_and_what_was_not_reached(
    command_line: CommandLine, account_variables: dict[str, str], sandbox: Sandbox
) -> None:
    sandbox.set_fault("keys-expired")
    done = command_line("check", variables=account_variables)
    assert done.returncode == 1
    assert "✗ Credentials: Mimecast answered with status 418" in done.stdout
    assert "  Create a new access key and secret key" in done.stdout
    assert "– Permission: not reached" in done.stdout
    quiet = command_line("check", "--quiet", variables=account_variables)
    assert (quiet.returncode, quiet.stdout) == (1, "")
    assert quiet.stderr.startswith("default: Mimecast answered with status 418")
    rows = [
        json.loads(line) for line in command_line("check", "--json", variables=account_variables).stdout.splitlines()
    ]
    assert [row["step"] for row in rows] == NAMES
    assert next(row for row in rows if row["state"] == "failed")["remedy"]


def test_check_without_usable_settings_is_wrong_usage(
    command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    for variables in ({}, account_variables | {"MIMECAST_SECRET_KEY": "recognisable!"}):
        done = command_line("check", variables=variables)
        assert done.returncode == 2
        assert done.stdout.startswith("✗ Settings: ")
        assert "– Data: not reached" in done.stdout
        assert "recognisable" not in done.stdout + done.stderr


def test_a_terminal_without_such_characters_gets_plain_signs(
    command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    done = command_line("check", variables=account_variables | {"PYTHONIOENCODING": "cp1252"}, output_encoding="cp1252")
    assert done.stdout.startswith("[ok] Settings: ")
