"""Diagnostics of the connection to Mimecast and of the store, step by step, for the Connection page and `check`.

One request to Mimecast answers most steps: the class of its error tells how far it came. Nothing is stored.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from mimecast.api.auth import Api1Keys, Api2Keys, utc_now
from mimecast.api.client import TOLERATED_SKEW, Client, clock_skew, format_skew
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
)
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_age, format_datetime, format_duration, pluralize
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.settings.validation import SettingsError
from mimecast.store.errors import StoreError
from mimecast.store.store import Store


class StepStatus(StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One step and its result.

    Attributes:
        name: What is checked.
        status: How it ended.
        detail: The result in a sentence; may be empty.
        problem: Why it failed.
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
ANSWER: Final = "Mimecast's API answers"
CLOCK: Final = "Clock"
CREDENTIALS: Final = "Credentials"
PERMISSION: Final = "Permission"
DATA: Final = "Data"
STORE: Final = "Store"
NEWEST: Final = "Newest snapshot"
REFRESH: Final = "Next automatic refresh"

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
        Each step as soon as it is known.
    """
    yield _check_settings(account)
    host = _check_host(account)
    yield host
    if account.keys is None or host.status is not StepStatus.DONE:
        yield from _not_reached(REQUEST_STEPS)
    else:
        yield from _check_request(account, account.keys, retry_policy, clock)
    yield from _check_store(account, store, dashboard, clock(), not_before)


def steps_without_settings(problem: Problem) -> list[Step]:
    """Return all steps for settings that define no account because of `problem`."""
    return [
        _failed(SETTINGS, problem),
        *_not_reached((HOST, *REQUEST_STEPS, STORE, NEWEST, REFRESH)),
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
        return Step(HOST, StepStatus.DONE, f"Left to the proxy at {urlsplit(proxy).hostname or 'the address given'}.")
    try:
        results = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return _failed(HOST, NameUnknown(f"There is no address for {host}."))
    addresses = {socket_address[0] for *_, socket_address in results}
    return Step(HOST, StepStatus.DONE, f"{host} has {pluralize(len(addresses), 'address')}.")


def _check_request(
    account: Account, keys: Api1Keys | Api2Keys, retry_policy: RetryPolicy, clock: Callable[[], datetime]
) -> Iterator[Step]:
    """Make the request. The steps before the one at which it fails are in order."""
    began = clock()
    encrypted = account.base_url.startswith("https:")
    details = {
        CONNECTION: "Encrypted, with a trusted certificate." if encrypted else "To this computer, so unencrypted.",
        ANSWER: "It does.",
        CREDENTIALS: "Accepted.",
        PERMISSION: "Granted.",
    }

    def passed(names: Iterable[str], server_time: datetime | None, now: datetime) -> Iterator[Step]:
        for name in names:
            yield _check_clock(server_time, now) if name == CLOCK else Step(name, StepStatus.DONE, details[name])

    try:
        result = Client(account.base_url, keys, retry_policy=retry_policy, clock=clock).safe_score_summary()
    except MimecastError as problem:
        failed = next(name for name, error_classes in STEP_OF_ERROR if isinstance(problem, error_classes))
        position = REQUEST_STEPS.index(failed)
        yield from passed(REQUEST_STEPS[:position], problem.server_time, clock())
        yield Step(failed, StepStatus.FAILED, problem.message, problem, problem.request_id or "", began)
        yield from _not_reached(REQUEST_STEPS[position + 1 :])
        return
    yield from passed(REQUEST_STEPS[:-1], result.server_time, result.received_at)
    users = f"{pluralize(result.summary.counts.users_graded, 'user')} graded."
    detail = " ".join([users, *result.summary.warnings])
    yield Step(DATA, StepStatus.DONE, detail, request_id=result.request_id, requested_at=result.received_at)


def _check_clock(server_time: datetime | None, now: datetime) -> Step:
    skew = clock_skew(server_time, now)
    if skew is None:
        return Step(CLOCK, StepStatus.NOT_REACHED, "Mimecast's answer held no time to compare with.")
    if abs(skew) > TOLERATED_SKEW:
        return Step(CLOCK, StepStatus.DONE, f"It is {format_skew(skew)} Mimecast's. Set it before that matters.")
    return Step(CLOCK, StepStatus.DONE, "Within two minutes of Mimecast's.")


def _check_store(
    account: Account, store: Store | None, dashboard: DashboardSettings, now: datetime, not_before: datetime | None
) -> Iterator[Step]:
    if store is None:
        yield Step(STORE, StepStatus.NOT_REACHED, "The store could not be opened.")
        yield from _not_reached((NEWEST, REFRESH))
        return
    newest: Snapshot | None = None
    try:
        newest = store.newest(account.id)
        store.check_writable()
        exposure = f" {store.writable_by_others}" if store.writable_by_others else ""
        yield Step(STORE, StepStatus.DONE, f"It can be read and written.{exposure}")
    except StoreError as problem:
        yield _failed(STORE, problem)
    if newest is None:
        yield Step(NEWEST, StepStatus.DONE, "None is stored yet.")
        yield Step(REFRESH, StepStatus.DONE, "Once a page is open.")
        return
    taken_at = format_datetime(newest.taken_at, dashboard.time_zone)
    yield Step(NEWEST, StepStatus.DONE, f"Taken {format_age(now - newest.taken_at)}, {taken_at}.")
    due = newest.taken_at + dashboard.refresh_after
    due = max(due, not_before) if not_before else due
    when = (
        f"When a page is open after {format_datetime(due, dashboard.time_zone)}"
        if due > now
        else "As soon as a page is open"
    )
    yield Step(REFRESH, StepStatus.DONE, f"{when}; a snapshot may be {format_duration(dashboard.refresh_after)} old.")
