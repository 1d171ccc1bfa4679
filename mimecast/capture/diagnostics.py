"""Is everything in order between here and Mimecast? Asked step by step, by the Connection page and by `check`.

One question to Mimecast answers most steps: the class of its failure says how far it came. Nothing is stored.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
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
    DONE = "done"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One question with its answer. `problem` is the reason of a failed one; `request_id` and `at` (UTC) are what
    Mimecast's support asks for, where a request was made."""

    name: str
    state: StepStatus
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
"""The steps that one question to Mimecast answers, in the order in which it can fail."""

STEP_OF_ERROR: Final[tuple[tuple[str, tuple[type[MimecastError], ...]], ...]] = (
    (CONNECTION, (Unreachable, TimedOut)),
    (CLOCK, (ClockWrong,)),
    (CREDENTIALS, (CredentialsRejected, ApplicationRejected, KeysExpired, ClientRejected, TokenRejected)),
    (PERMISSION, (PermissionMissing, ProductMissing)),
    (DATA, (RequestRejected, ResponseUnreadable)),
    (ANSWER, (MimecastError,)),
)


def diagnose(
    account: Account,
    store: Store | None,
    dashboard: DashboardSettings,
    *,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
    not_before: datetime | None = None,
) -> Iterator[Step]:
    """Every step in order, each as soon as it is known. Raises nothing of ours.

    `not_before` is when a page may next ask by itself after a failure.
    """
    yield _settings(account)
    host = _host(account)
    yield host
    if account.keys is None or host.state is not StepStatus.DONE:
        yield from (Step(name, StepStatus.NOT_REACHED, "") for name in REQUEST_STEPS)
    else:
        yield from _ask(account, account.keys, retry_policy, clock)
    yield from _stored(account, store, dashboard, clock(), not_before)


def steps_without_settings(problem: Problem) -> list[Step]:
    """All steps where there is no account to ask for."""
    failed = Step(SETTINGS, StepStatus.FAILED, problem.message, problem)
    return [
        failed,
        *(Step(name, StepStatus.NOT_REACHED, "") for name in (HOST, *REQUEST_STEPS, STORE, NEWEST, REFRESH)),
    ]


def support_text(steps: list[Step], account: Account, now: datetime) -> str:
    """A text to send to whoever helps: what was asked, when, and how far it came. It holds no secret."""
    lines = [
        f"SAFE Score dashboard, connection check of {account.base_url or 'no address'}, {format_datetime(now, UTC)}"
    ]
    for step in steps:
        lines.append(f"{step.name}: {step.state}{f' - {step.detail}' if step.detail else ''}")
        if isinstance(step.problem, MimecastError):
            known = {"HTTP status": step.problem.status, "code": step.problem.code}
            lines += [f"  {name}: {value}" for name, value in known.items() if value]
    if asked := next((step for step in steps if step.requested_at), None):
        lines.append(f"Request id: {asked.request_id or 'none was given'}")
        lines.append(f"Time of the request: {asked.requested_at:%Y-%m-%d %H:%M:%S} UTC")
    return "\n".join(lines)


def _settings(account: Account) -> Step:
    if account.keys is None:
        problem = SettingsError(f"The account {account.id} has no keys.", remedy="Add them to secrets.toml.")
        return Step(SETTINGS, StepStatus.FAILED, problem.message, problem)
    generation = "1.0" if isinstance(account.keys, Api1Keys) else "2.0"
    return Step(SETTINGS, StepStatus.DONE, f"Keys of API {generation}, to be used at {account.base_url}.")


def _host(account: Account) -> Step:
    """The name is looked up here, or left to the proxy where one is set."""
    host = urlsplit(account.base_url).hostname
    if not host:
        return Step(HOST, StepStatus.NOT_REACHED, "")
    proxy = select_proxy(account.base_url, get_environ_proxies(account.base_url))
    if proxy:
        return Step(HOST, StepStatus.DONE, f"Left to the proxy at {urlsplit(proxy).hostname or 'the address given'}.")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        problem = NameUnknown(f"There is no address for {host}.")
        return Step(HOST, StepStatus.FAILED, problem.message, problem)
    return Step(HOST, StepStatus.DONE, f"{host} has {pluralize(len({one[4][0] for one in found}), 'address')}.")


def _ask(
    account: Account, keys: Api1Keys | Api2Keys, retry_policy: RetryPolicy, clock: Callable[[], datetime]
) -> Iterator[Step]:
    """The steps that one question answers: those before the one at which it failed are in order."""
    began = clock()
    encrypted = account.base_url.startswith("https:")
    fine = {
        CONNECTION: "Encrypted, with a trusted certificate." if encrypted else "To this computer, so unencrypted.",
        ANSWER: "It does.",
        CREDENTIALS: "Accepted.",
        PERMISSION: "Granted.",
    }
    try:
        asked = Client(account.base_url, keys, retry_policy=retry_policy, clock=clock).safe_score_summary()
    except MimecastError as problem:
        failed = REQUEST_STEPS.index(next(step for step, kinds in STEP_OF_ERROR if isinstance(problem, kinds)))
        for place, name in enumerate(REQUEST_STEPS):
            if place > failed:
                yield Step(name, StepStatus.NOT_REACHED, "")
            elif place == failed:
                yield Step(name, StepStatus.FAILED, problem.message, problem, problem.request_id or "", began)
            else:
                yield _clock(problem.server_time, clock()) if name == CLOCK else Step(name, StepStatus.DONE, fine[name])
        return
    for name in REQUEST_STEPS[:-1]:
        yield _clock(asked.server_time, asked.received_at) if name == CLOCK else Step(name, StepStatus.DONE, fine[name])
    users = f"{pluralize(asked.summary.counts.users_graded, 'user')} graded."
    said = " ".join([users, *asked.summary.warnings])
    yield Step(DATA, StepStatus.DONE, said, request_id=asked.request_id, requested_at=asked.received_at)


def _clock(theirs: datetime | None, now: datetime) -> Step:
    skew = clock_skew(theirs, now)
    if skew is None:
        return Step(CLOCK, StepStatus.NOT_REACHED, "Mimecast's answer held no time to compare with.")
    if abs(skew) > TOLERATED_SKEW:
        return Step(CLOCK, StepStatus.DONE, f"It is {format_skew(skew)} Mimecast's. Set it before that matters.")
    return Step(CLOCK, StepStatus.DONE, "Within two minutes of Mimecast's.")


def _stored(
    account: Account, store: Store | None, dashboard: DashboardSettings, now: datetime, not_before: datetime | None
) -> Iterator[Step]:
    newest: Snapshot | None = None
    try:
        if store is None:
            yield Step(STORE, StepStatus.NOT_REACHED, "The store could not be opened.")
            yield from (Step(name, StepStatus.NOT_REACHED, "") for name in (NEWEST, REFRESH))
            return
        newest = store.newest(account.id)
        store.check_writable()
        yield Step(STORE, StepStatus.DONE, "It can be read and written.")
    except StoreError as problem:
        yield Step(STORE, StepStatus.FAILED, problem.message, problem)
    if newest is None:
        yield Step(NEWEST, StepStatus.DONE, "None is stored yet.")
        yield Step(REFRESH, StepStatus.DONE, "Once a page is open.")
        return
    taken = format_datetime(newest.taken_at, dashboard.time_zone)
    yield Step(NEWEST, StepStatus.DONE, f"Taken {format_age(now - newest.taken_at)}, {taken}.")
    due = newest.taken_at + dashboard.refresh_after
    due = max(due, not_before) if not_before else due
    when = (
        f"When a page is open after {format_datetime(due, dashboard.time_zone)}"
        if due > now
        else "As soon as a page is open"
    )
    yield Step(REFRESH, StepStatus.DONE, f"{when}; a snapshot may be {format_duration(dashboard.refresh_after)} old.")
