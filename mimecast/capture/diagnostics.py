"""Diagnostics of the connection to Mimecast and of the store, step by step, for the page “Setup & data” and `check`.

One request to Mimecast answers most steps: the class of its error tells how far it came. No snapshot is stored.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from requests.utils import get_environ_proxies, select_proxy

from mimecast.api.auth import utc_now
from mimecast.api.client import TOLERATED_SKEW, SummaryResult, clock_skew, format_skew
from mimecast.api.errors import (
    ApplicationRejected,
    ClientRejected,
    ClockWrong,
    CredentialsRejected,
    KeysExpired,
    MimecastError,
    NameUnknown,
    PermissionMissing,
    ProductMissing,
    RequestRejected,
    ResponseUnreadable,
    TimedOut,
    TokenRejected,
    Unreachable,
    WaitRequested,
)
from mimecast.api.keys import Api1Keys
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.capture.check_request import request_for_check
from mimecast.capture.one_account import CaptureInProgress
from mimecast.domain.causes.implausible import describe_implausible, find_implausible
from mimecast.domain.freshness import stale_after
from mimecast.domain.people.users import key_fingerprint
from mimecast.domain.scheduled_runs import (
    DailySnapshotsMissing,
    DailySnapshotsOverdue,
    RunOutcome,
    ScheduleStatus,
    daily_snapshots_problem,
)
from mimecast.domain.snapshot import Snapshot, misdated_problem
from mimecast.formatting import format_age, format_datetime, format_duration, pluralize
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.settings.validation import SettingsError
from mimecast.store.causes.implausible import load_open_marks
from mimecast.store.errors import StoreError
from mimecast.store.people.errors import key_changed
from mimecast.store.people.read import has_people, load_fingerprint
from mimecast.store.scheduled_runs import load_schedule_status
from mimecast.store.store import Store


class SnapshotStale(Problem):
    """The newest snapshot is too old, or there is none."""

    title = "The newest snapshot is too old"
    remedy = "Capture one: python -m mimecast snapshot. If that fails, the command reports why."


class ImplausibleStored(Problem):
    """An answer is marked as implausible, and no reader has decided yet whether it is right."""

    title = "An answer is implausible"
    remedy = "Open the dashboard and decide whether it is right. Until then, nothing is computed from it."


class LastRunFailed(Problem):
    """The last scheduled capture failed, so the day has no snapshot yet."""

    title = "The last daily snapshot failed"
    remedy = "Fix the reported problem, then capture one: python -m mimecast snapshot"


class StepStatus(StrEnum):
    """How a step ended."""

    DONE = "done"
    WARNING = "warning"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One step and its result.

    Attributes:
        name: What is checked.
        status: How it ended.
        detail: The result in a sentence; may be empty.
        problem: Why it failed, or what it warns of.
        request_id: The id of the request to Mimecast, which its support asks for; empty without one.
        requested_at: When the request was made (UTC); None without one.
    """

    name: str
    status: StepStatus
    detail: str
    problem: Problem | None = None
    request_id: str = ""
    requested_at: datetime | None = None


SETTINGS: Final = "Settings"
HOST: Final = "Host name"
CONNECTION: Final = "Secure connection"
ANSWER: Final = "Mimecast's API"
CLOCK: Final = "Clock"
CREDENTIALS: Final = "Credentials"
PERMISSION: Final = "Permission"
DATA: Final = "Data"
STORE: Final = "Store"
NEWEST: Final = "Newest snapshot"
DAILY: Final = "Daily snapshots"
REFRESH: Final = "Next automatic refresh"
PEOPLE: Final = "Departments and people"

STORE_STEPS: Final = (STORE, NEWEST, DAILY, REFRESH, PEOPLE)
"""The steps after the request, in their order."""

REQUEST_STEPS: Final = (CONNECTION, ANSWER, CLOCK, CREDENTIALS, PERMISSION, DATA)
"""The steps that one request to Mimecast answers, in the order in which it can fail."""

STEP_OF_ERROR: Final[tuple[tuple[str, tuple[type[MimecastError], ...]], ...]] = (
    (CONNECTION, (Unreachable, TimedOut)),
    (CLOCK, (ClockWrong,)),
    (CREDENTIALS, (CredentialsRejected, ApplicationRejected, KeysExpired, ClientRejected, TokenRejected)),
    (PERMISSION, (PermissionMissing, ProductMissing)),
    (DATA, (RequestRejected, ResponseUnreadable)),
    (ANSWER, (MimecastError,)),
)
"""The step at which each error occurs; the first entry that contains the error's class applies."""


def diagnose(
    account: Account,
    store: Store | None,
    dashboard: DashboardSettings,
    *,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
    not_before: datetime | None = None,
) -> Iterator[Step]:
    """Check each step in order. Problems are part of the steps and are not raised.

    Args:
        account: The account to check.
        store: The store, or None if it could not be opened.
        dashboard: The settings of the dashboard.
        retry_policy: How long to wait between attempts.
        clock: The current time (UTC).
        not_before: When, after a failure, a page may next capture the account automatically (UTC).

    Yields:
        Each step, once its result is known.
    """
    yield _check_settings(account)
    host = _check_host(account)
    yield host
    if account.keys is None or host.status is not StepStatus.DONE:
        yield from _not_reached(REQUEST_STEPS)
    else:
        yield from _check_request(account, store, retry_policy, clock)
    yield from _check_store(account, store, dashboard, clock(), not_before)


def check_ready(
    account: Account, store: Store | None, dashboard: DashboardSettings, *, clock: Callable[[], datetime] = utc_now
) -> Iterator[Step]:
    """Check without a request whether the store works and the account's newest snapshot is fresh.

    A step fails where `diagnose` only warns: without a snapshot, and with one that is too old.

    Yields:
        The steps of the store and the newest snapshot.
    """
    for step in _check_store(account, store, dashboard, clock(), None):
        if step.name not in (STORE, NEWEST):
            continue
        if store is None:
            yield replace(step, status=StepStatus.FAILED, detail="The store could not be opened.")
        elif step.name == NEWEST and step.status is not StepStatus.DONE:
            yield replace(step, status=StepStatus.FAILED)
        else:
            yield step


def steps_without_settings(problem: Problem) -> list[Step]:
    """Return all steps for settings that define no account because of `problem`."""
    return [
        _failed(SETTINGS, problem),
        *_not_reached((HOST, *REQUEST_STEPS, *STORE_STEPS)),
    ]


def support_text(steps: list[Step], account: Account, now: datetime) -> str:
    """Return a text about the steps to send to support: what was requested, when, and how far it came. No secrets."""
    lines = [
        f"SAFE Score dashboard, connection check of {account.base_url or 'no address'}, {format_datetime(now, UTC)}"
    ]
    for step in steps:
        lines.append(f"{step.name}: {step.status}{f' - {step.detail}' if step.detail else ''}")
        if isinstance(step.problem, MimecastError):
            facts = {"HTTP status": step.problem.status, "code": step.problem.code}
            lines += [f"  {name}: {value}" for name, value in facts.items() if value]
    if request := next((step for step in steps if step.requested_at), None):
        lines.append(f"Request id: {request.request_id or 'none was given'}")
        lines.append(f"Time of the request: {request.requested_at:%Y-%m-%d %H:%M:%S} UTC")
    return "\n".join(lines)


def _failed(name: str, problem: Problem) -> Step:
    return Step(name, StepStatus.FAILED, problem.message, problem)


def _warning(name: str, detail: str, problem: Problem) -> Step:
    return Step(name, StepStatus.WARNING, detail, problem)


def _not_reached(names: Iterable[str]) -> Iterator[Step]:
    return (Step(name, StepStatus.NOT_REACHED, "") for name in names)


def _check_settings(account: Account) -> Step:
    try:
        keys = account.require_keys()
    except SettingsError as problem:
        return _failed(SETTINGS, problem)
    generation = "1.0" if isinstance(keys, Api1Keys) else "2.0"
    return Step(SETTINGS, StepStatus.DONE, f"Keys of API {generation}, to be used at {account.base_url}.")


def _check_host(account: Account) -> Step:
    """Resolve the host name, unless a proxy does that."""
    host = urlsplit(account.base_url).hostname
    if not host:
        return Step(HOST, StepStatus.NOT_REACHED, "")
    proxy = select_proxy(account.base_url, get_environ_proxies(account.base_url))
    if proxy:
        return Step(
            HOST, StepStatus.DONE, f"Resolved by the proxy at {urlsplit(proxy).hostname or 'the address given'}."
        )
    try:
        results = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return _failed(HOST, NameUnknown(f"The host name {host} cannot be resolved."))
    addresses = {socket_address[0] for *_, socket_address in results}
    return Step(HOST, StepStatus.DONE, f"{host} has {pluralize(len(addresses), 'address')}.")


def _check_request(
    account: Account, store: Store | None, retry_policy: RetryPolicy, clock: Callable[[], datetime]
) -> Iterator[Step]:
    """Make the request. The steps before the one at which it fails are in order."""
    began = clock()
    match request_for_check(account, store, retry_policy, clock).outcome:
        case SummaryResult() as result:
            yield from _passed_steps(account, REQUEST_STEPS[:-1], result.server_time, result.received_at)
            sentences = [f"{pluralize(result.summary.counts.users_graded, 'user')} graded.", *result.summary.warnings]
            if result.is_from_sandbox:
                sentences.append("The data is made up: it came from the sandbox.")
            implausible = _find_implausible_answer(account, store, result)
            if implausible:
                sentences.append(implausible.message)
            yield Step(
                DATA,
                StepStatus.WARNING if implausible else StepStatus.DONE,
                " ".join(sentences),
                implausible,
                request_id=result.request_id,
                requested_at=result.received_at,
            )
        case Snapshot() as snapshot:
            yield from _passed_steps(account, REQUEST_STEPS[:-1], None, began)
            users = pluralize(snapshot.counts.users_graded, "user")
            yield Step(DATA, StepStatus.DONE, f"{users} graded. Another run has just stored this snapshot.")
        case WaitRequested() | CaptureInProgress() as problem:
            yield from _not_reached(REQUEST_STEPS[: REQUEST_STEPS.index(ANSWER)])
            yield _failed(ANSWER, problem)
            yield from _not_reached(REQUEST_STEPS[REQUEST_STEPS.index(ANSWER) + 1 :])
        case MimecastError() as problem:
            failed = next(name for name, error_classes in STEP_OF_ERROR if isinstance(problem, error_classes))
            position = REQUEST_STEPS.index(failed)
            yield from _passed_steps(account, REQUEST_STEPS[:position], problem.server_time, clock())
            yield Step(failed, StepStatus.FAILED, problem.message, problem, problem.request_id or "", began)
            yield from _not_reached(REQUEST_STEPS[position + 1 :])


def _find_implausible_answer(account: Account, store: Store | None, result: SummaryResult) -> ImplausibleStored | None:
    """Return the problem of an answer that a capture would mark as implausible; None where the store fails."""
    if store is None:
        return None
    try:
        reference = store.newest(account.id, before=result.taken_at)
    except StoreError:
        return None
    answer = Snapshot(account.id, result.taken_at, result.summary.counts)
    for implausible in find_implausible([answer], reference):
        remedy = "Compare it with Mimecast's console. A capture stores such an answer and marks it."
        return ImplausibleStored(describe_implausible(implausible, UTC), remedy=remedy)
    return None


def _passed_steps(
    account: Account, names: Iterable[str], server_time: datetime | None, now: datetime
) -> Iterator[Step]:
    """Yield the steps that a request has passed."""
    is_encrypted = account.base_url.startswith("https:")
    details = {
        CONNECTION: "Encrypted, with a trusted certificate." if is_encrypted else "Unencrypted, within this computer.",
        ANSWER: "It answers.",
        CREDENTIALS: "Accepted.",
        PERMISSION: "Granted.",
    }
    for name in names:
        yield _check_clock(server_time, now) if name == CLOCK else Step(name, StepStatus.DONE, details[name])


def _check_clock(server_time: datetime | None, now: datetime) -> Step:
    skew = clock_skew(server_time, now)
    if skew is None:
        return Step(CLOCK, StepStatus.NOT_REACHED, "Mimecast's answer has no date to compare the clock with.")
    if abs(skew) > TOLERATED_SKEW:
        problem = ClockWrong(
            f"It is {format_skew(skew)} Mimecast's. Until it is set, snapshots are stored with Mimecast's time."
        )
        return _warning(CLOCK, problem.message, problem)
    return Step(CLOCK, StepStatus.DONE, f"Within {format_duration(TOLERATED_SKEW)} of Mimecast's.")


def _check_store(
    account: Account, store: Store | None, dashboard: DashboardSettings, now: datetime, not_before: datetime | None
) -> Iterator[Step]:
    if store is None:
        yield Step(STORE, StepStatus.NOT_REACHED, "The store could not be opened.")
        yield from _not_reached(STORE_STEPS[1:])
        return
    newest: Snapshot | None = None
    schedule: ScheduleStatus | None = None
    try:
        newest = store.newest(account.id, include_marked=True)
        misdated = misdated_problem(account.id, store.misdated_snapshots(account.id))
        marks = load_open_marks(store, account.id)
        schedule = load_schedule_status(store, account.id)
        store.check_writable()
        exposure = f" {store.writable_by_others}" if store.writable_by_others else ""
        detail = f"It can be read and written.{exposure}"
        if marks:
            open_mark = ImplausibleStored(describe_implausible(marks[-1].implausible, dashboard.time_zone))
            yield _warning(STORE, f"{detail} {open_mark.message}", open_mark)
        elif misdated:
            yield _warning(STORE, f"{detail} {misdated.message}", misdated)
        else:
            yield Step(STORE, StepStatus.DONE, detail)
    except StoreError as problem:
        yield _failed(STORE, problem)
    if schedule is None:
        yield from _not_reached(STORE_STEPS[1:])
        return
    zone = dashboard.time_zone
    yield _check_newest(newest, schedule, now, zone)
    yield _check_daily(schedule, now, zone)
    yield _next_refresh(newest, dashboard, now, not_before)
    yield _check_people(account, store, dashboard)


def _check_newest(newest: Snapshot | None, schedule: ScheduleStatus, now: datetime, zone: ZoneInfo) -> Step:
    if newest is None:
        problem = SnapshotStale("No snapshot is stored yet.", title="There is no snapshot")
        return _warning(NEWEST, problem.message, problem)
    taken_at = format_datetime(newest.taken_at, zone)
    age = now - newest.taken_at
    if age < -TOLERATED_SKEW:
        problem = SnapshotStale(
            f"Its date, {taken_at}, is in the future.",
            title="The newest snapshot is in the future",
            remedy="Check this computer's clock.",
        )
        return _warning(NEWEST, problem.message, problem)
    detail = f"Taken {format_age(age)} ({taken_at})."
    if age >= stale_after(schedule.interval):
        return _warning(NEWEST, detail, SnapshotStale(detail))
    return Step(NEWEST, StepStatus.DONE, detail)


def _check_daily(schedule: ScheduleStatus, now: datetime, zone: ZoneInfo) -> Step:
    match daily_snapshots_problem(schedule, now, zone):
        case DailySnapshotsMissing() as problem:
            return _warning(DAILY, problem.message, problem)
        case DailySnapshotsOverdue() as problem:
            return _failed(DAILY, problem)
    last, due = schedule.last, schedule.next_expected
    ended = format_datetime(last.ended, zone) if last else ""
    expected = (
        f"The next one is expected on {format_datetime(due, zone)}."
        if due
        else "There are too few runs to predict the next one."
    )
    if last and last.outcome is RunOutcome.FAILED:
        failure = LastRunFailed(f"The last run, on {ended}, failed. {last.title}: {last.message} {expected}")
        return _warning(DAILY, failure.message, failure)
    return Step(DAILY, StepStatus.DONE, f"The last run ended on {ended}. {expected}")


def _check_people(account: Account, store: Store, dashboard: DashboardSettings) -> Step:
    """Show the level, warn of settings that prevent lists of users, and name what is stored beyond the level."""
    if faulty := dashboard.people_problem:
        return _warning(PEOPLE, f"{faulty.message} No list of users is requested.", faulty)
    level = dashboard.people_level
    try:
        fingerprint = load_fingerprint(store, account.id)
        is_stored = has_people(store, account.id)
    except StoreError as problem:
        return _failed(PEOPLE, problem)
    key = dashboard.pseudonym_key if level.has_movement else None
    if fingerprint and key and fingerprint != key_fingerprint(key):
        return _failed(PEOPLE, key_changed(account.id))
    detail = f"Level {level.description}."
    if (is_stored and not level.is_on) or (fingerprint and not level.has_movement):
        detail += (
            " Earlier data of a higher level is still stored but is not shown; "
            f"python -m mimecast people forget --account {account.id} deletes it."
        )
    return Step(PEOPLE, StepStatus.DONE, detail)


def _next_refresh(
    newest: Snapshot | None, dashboard: DashboardSettings, now: datetime, not_before: datetime | None
) -> Step:
    if newest is None:
        return Step(REFRESH, StepStatus.DONE, "As soon as a page is open.")
    due = newest.taken_at + dashboard.refresh_after
    due = max(due, not_before) if not_before else due
    when = (
        f"When a page is open after {format_datetime(due, dashboard.time_zone)}"
        if due > now
        else "As soon as a page is open"
    )
    age = format_duration(dashboard.refresh_after)
    return Step(REFRESH, StepStatus.DONE, f"{when}; pages replace a snapshot that is {age} old.")
