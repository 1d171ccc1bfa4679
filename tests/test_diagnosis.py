"""The connection's checks: each fault fails at the step that it belongs to, and says what to do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from mimecast.api.retry import RetryPolicy
from mimecast.capture.diagnostics import (
    CLOCK,
    CONNECTION,
    DATA,
    HOST,
    NEWEST,
    REFRESH,
    REQUEST_STEPS,
    SETTINGS,
    STORE,
    Step,
    StepStatus,
    diagnose,
    support_text,
)
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.api1 import TOY_KEYS, Api1
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.faults import FAULTS
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY
from tests.support.faults import API_2_FAULTS, EXPECTED_ERRORS
from tests.support.processes import CommandLine

AT_ONCE = RetryPolicy(1000.0, sleep=lambda _: None)
NAMES = [SETTINGS, HOST, *REQUEST_STEPS, STORE, NEWEST, REFRESH]


def account_of(sandbox: Sandbox, generation: int) -> Account:
    keys = sandbox.keys if generation == 1 else sandbox.api2.keys
    return Account("contoso", "Contoso", sandbox.base_url, keys)


def checked(account: Account, store: Store | None, *, now: datetime | None = None) -> dict[str, Step]:
    clock = {"clock": lambda: now} if now else {}
    steps = list(diagnose(account, store, DashboardSettings(), retry_policy=AT_ONCE, **clock))  # type: ignore[arg-type]
    assert [step.name for step in steps] == NAMES
    return {step.name: step for step in steps}


def test_every_fault_has_its_expectation() -> None:
    assert set(EXPECTED_ERRORS) == set(FAULTS)


@pytest.mark.parametrize("generation", [1, 2])
def test_when_all_is_well_every_step_is_in_order(sandbox: Sandbox, store: Store, generation: int) -> None:
    steps = checked(account_of(sandbox, generation), store)
    assert {step.status for step in steps.values()} == {StepStatus.DONE}
    assert steps[SETTINGS].detail.startswith(f"Keys of API {generation}.0")
    assert steps[DATA].detail == "1,204 users graded."
    assert steps[DATA].request_id == sandbox.answered_ids[-1]
    assert list(store.all_snapshots("contoso")) == []


@pytest.mark.parametrize("fault", [fault for fault in EXPECTED_ERRORS if fault != "silent"])
def test_a_fault_fails_at_its_step_and_says_what_to_do(sandbox: Sandbox, store: Store, fault: str) -> None:
    sandbox.set_fault(fault)
    steps = checked(account_of(sandbox, 2 if fault in API_2_FAULTS else 1), store)
    expected = EXPECTED_ERRORS[fault]
    if expected is None:
        assert {step.status for step in steps.values()} == {StepStatus.DONE}
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
    assert steps[HOST].detail == "Left to the proxy at 127.0.0.1."
    assert steps[CONNECTION].status is StepStatus.FAILED
    assert "recognisable" not in support_text(list(steps.values()), account, NOW)
    assert "recognisable" not in repr(steps)


@pytest.fixture
def late_sandbox(company: DemoCompany) -> Iterator[Sandbox]:
    """It tolerates a clock that is off by hours."""
    with Sandbox(lambda: company.counts_on(TODAY), api1=Api1(max_skew=timedelta(days=10_000))) as server:
        yield server


def test_a_clock_that_is_off_is_told_before_it_matters(late_sandbox: Sandbox, store: Store) -> None:
    ahead = datetime.now().astimezone() + timedelta(minutes=12)
    steps = checked(account_of(late_sandbox, 1), store, now=ahead)
    assert steps[CLOCK].status is StepStatus.DONE
    assert steps[CLOCK].detail == "It is 12 minutes ahead of Mimecast's. Set it before that matters."


def test_the_newest_snapshot_and_the_next_refresh_are_told(sandbox: Sandbox, store: Store) -> None:
    store.add([Snapshot("contoso", NOW - timedelta(hours=2), ScoreCounts(a=1))])
    steps = checked(account_of(sandbox, 2), store, now=NOW)
    assert steps[NEWEST].detail == "Taken 2 hours ago, 24 Nov 2026, 10:50 UTC."
    assert steps[REFRESH].detail == ("When a page is open after 24 Nov 2026, 16:50 UTC; a snapshot may be 6 hours old.")


def test_without_a_store_the_rest_is_told_all_the_same(sandbox: Sandbox) -> None:
    steps = checked(account_of(sandbox, 1), None)
    assert steps[DATA].status is StepStatus.DONE
    assert steps[STORE].status is StepStatus.NOT_REACHED


def test_the_text_for_support_has_the_id_and_the_time_and_no_key(sandbox: Sandbox, store: Store) -> None:
    sandbox.set_fault("forbidden")
    account = account_of(sandbox, 1)
    steps = list(checked(account, store).values())
    text = support_text(steps, account, NOW)
    asked = next(step for step in steps if step.requested_at)
    assert asked.request_id
    assert f"Request id: {asked.request_id}" in text
    assert f"Time of the request: {asked.requested_at:%Y-%m-%d %H:%M:%S} UTC" in text
    assert "HTTP status: 403" in text
    for secret in (sandbox.keys.access_key, sandbox.keys.secret_key, sandbox.keys.app_key, sandbox.keys.app_id):
        assert secret not in text


def test_check_prints_a_line_a_step(command_line: CommandLine, account_variables: dict[str, str]) -> None:
    done = command_line("check", variables=account_variables)
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert done.stderr == ""
    assert [line.partition(":")[0] for line in lines[: len(NAMES)]] == [f"✓ {name}" for name in NAMES]
    assert "Data: 1,204 users graded." in done.stdout


def test_check_marks_what_failed_and_what_was_not_reached(
    command_line: CommandLine, account_variables: dict[str, str], sandbox: Sandbox
) -> None:
    sandbox.set_fault("keys-expired")
    done = command_line("check", variables=account_variables)
    assert done.returncode == 1
    assert "✗ Credentials: Mimecast answered with status 418" in done.stdout
    assert "  Make a new access key and secret key" in done.stdout
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


def test_a_terminal_without_such_letters_is_given_plain_signs(
    command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    done = command_line("check", variables=account_variables | {"PYTHONIOENCODING": "cp1252"})
    assert done.stdout.startswith("[ok] Settings: ")
