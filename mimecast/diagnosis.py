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
from mimecast.api.client import TOLERATED_SKEW, Client, said_skew, skew_of
from mimecast.api.errors import (
    AnswerUnreadable,
    ApplicationRejected,
    ClientRejected,
    ClockWrong,
    CredentialsRejected,
    KeysExpired,
    MimecastError,
    NameUnknown,
    PermissionMissing,
    ProductMissing,
    RequestRefused,
    TimedOut,
    TokenRejected,
    Unreachable,
)
from mimecast.api.retries import COMMAND_LINE, Patience
from mimecast.history.database import StoreError
from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Store
from mimecast.problems import Problem
from mimecast.settings import Account, Dashboard, SettingsError
from mimecast.wording import age, count_of, instant, length_of


class State(StrEnum):
    DONE = "done"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One question with its answer. `problem` is the reason of a failed one; `request_id` and `at` (UTC) are what
    Mimecast's support asks for, where a request was made."""

    name: str
    state: State
    said: str
    problem: Problem | None = None
    request_id: str = ""
    at: datetime | None = None


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

ASKED: Final = (CONNECTION, ANSWER, CLOCK, CREDENTIALS, PERMISSION, DATA)
"""The steps that one question to Mimecast answers, in the order in which it can fail."""

FAILS_AT: Final[tuple[tuple[str, tuple[type[MimecastError], ...]], ...]] = (
    (CONNECTION, (Unreachable, TimedOut)),
    (CLOCK, (ClockWrong,)),
    (CREDENTIALS, (CredentialsRejected, ApplicationRejected, KeysExpired, ClientRejected, TokenRejected)),
    (PERMISSION, (PermissionMissing, ProductMissing)),
    (DATA, (RequestRefused, AnswerUnreadable)),
    (ANSWER, (MimecastError,)),
)


def diagnose(
    account: Account,
    store: Store | None,
    dashboard: Dashboard,
    *,
    patience: Patience = COMMAND_LINE,
    clock: Callable[[], datetime] = utc_now,
    not_before: datetime | None = None,
) -> Iterator[Step]:
    """Every step in order, each as soon as it is known. Raises nothing of ours.

    `not_before` is when a page may next ask by itself after a failure.
    """
    yield _settings(account)
    host = _host(account)
    yield host
    if account.keys is None or host.state is not State.DONE:
        yield from (Step(name, State.NOT_REACHED, "") for name in ASKED)
    else:
        yield from _ask(account, account.keys, patience, clock)
    yield from _stored(account, store, dashboard, clock(), not_before)


def without_settings(problem: Problem) -> list[Step]:
    """All steps where there is no account to ask for."""
    failed = Step(SETTINGS, State.FAILED, problem.sentence, problem)
    return [failed, *(Step(name, State.NOT_REACHED, "") for name in (HOST, *ASKED, STORE, NEWEST, REFRESH))]


def for_support(steps: list[Step], account: Account, now: datetime) -> str:
    """A text to send to whoever helps: what was asked, when, and how far it came. It holds no secret."""
    lines = [f"SAFE Score dashboard, connection check of {account.base_url or 'no address'}, {instant(now, UTC)}"]
    for step in steps:
        lines.append(f"{step.name}: {step.state}{f' - {step.said}' if step.said else ''}")
        if isinstance(step.problem, MimecastError):
            known = {"HTTP status": step.problem.status, "code": step.problem.code}
            lines += [f"  {name}: {value}" for name, value in known.items() if value]
    if asked := next((step for step in steps if step.at), None):
        lines.append(f"Request id: {asked.request_id or 'none was given'}")
        lines.append(f"Time of the request: {asked.at:%Y-%m-%d %H:%M:%S} UTC")
    return "\n".join(lines)


def _settings(account: Account) -> Step:
    if account.keys is None:
        problem = SettingsError(f"The account {account.id} has no keys.", remedy="Add them to secrets.toml.")
        return Step(SETTINGS, State.FAILED, problem.sentence, problem)
    generation = "1.0" if isinstance(account.keys, Api1Keys) else "2.0"
    return Step(SETTINGS, State.DONE, f"Keys of API {generation}, to be used at {account.base_url}.")


def _host(account: Account) -> Step:
    """The name is looked up here, or left to the proxy where one is set."""
    host = urlsplit(account.base_url).hostname
    if not host:
        return Step(HOST, State.NOT_REACHED, "")
    proxy = select_proxy(account.base_url, get_environ_proxies(account.base_url))
    if proxy:
        return Step(HOST, State.DONE, f"Left to the proxy at {urlsplit(proxy).hostname or 'the address given'}.")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        problem = NameUnknown(f"There is no address for {host}.")
        return Step(HOST, State.FAILED, problem.sentence, problem)
    return Step(HOST, State.DONE, f"{host} has {count_of(len({one[4][0] for one in found}), 'address')}.")


def _ask(
    account: Account, keys: Api1Keys | Api2Keys, patience: Patience, clock: Callable[[], datetime]
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
        asked = Client(account.base_url, keys, patience=patience, clock=clock).safe_score_summary()
    except MimecastError as problem:
        failed = ASKED.index(next(step for step, kinds in FAILS_AT if isinstance(problem, kinds)))
        for place, name in enumerate(ASKED):
            if place > failed:
                yield Step(name, State.NOT_REACHED, "")
            elif place == failed:
                yield Step(name, State.FAILED, problem.sentence, problem, problem.request_id or "", began)
            else:
                yield _clock(problem.their_time, clock()) if name == CLOCK else Step(name, State.DONE, fine[name])
        return
    for name in ASKED[:-1]:
        yield _clock(asked.their_time, asked.at) if name == CLOCK else Step(name, State.DONE, fine[name])
    users = f"{count_of(asked.summary.counts.users_graded, 'user')} graded."
    said = " ".join([users, *asked.summary.warnings])
    yield Step(DATA, State.DONE, said, request_id=asked.request_id, at=asked.at)


def _clock(theirs: datetime | None, now: datetime) -> Step:
    skew = skew_of(theirs, now)
    if skew is None:
        return Step(CLOCK, State.NOT_REACHED, "Mimecast's answer held no time to compare with.")
    if abs(skew) > TOLERATED_SKEW:
        return Step(CLOCK, State.DONE, f"It is {said_skew(skew)} Mimecast's. Set it before that matters.")
    return Step(CLOCK, State.DONE, "Within two minutes of Mimecast's.")


def _stored(
    account: Account, store: Store | None, dashboard: Dashboard, now: datetime, not_before: datetime | None
) -> Iterator[Step]:
    newest: Snapshot | None = None
    try:
        if store is None:
            yield Step(STORE, State.NOT_REACHED, "The store could not be opened.")
            yield from (Step(name, State.NOT_REACHED, "") for name in (NEWEST, REFRESH))
            return
        newest = store.newest(account.id)
        store.check_writable()
        yield Step(STORE, State.DONE, "It can be read and written.")
    except StoreError as problem:
        yield Step(STORE, State.FAILED, problem.sentence, problem)
    if newest is None:
        yield Step(NEWEST, State.DONE, "None is stored yet.")
        yield Step(REFRESH, State.DONE, "Once a page is open.")
        return
    taken = instant(newest.taken_at, dashboard.time_zone)
    yield Step(NEWEST, State.DONE, f"Taken {age(now - newest.taken_at)}, {taken}.")
    due = newest.taken_at + dashboard.refresh_after
    due = max(due, not_before) if not_before else due
    when = (
        f"When a page is open after {instant(due, dashboard.time_zone)}" if due > now else "As soon as a page is open"
    )
    yield Step(REFRESH, State.DONE, f"{when}; a snapshot may be {length_of(dashboard.refresh_after)} old.")
