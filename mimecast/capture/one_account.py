"""Capture of one account: one request to Mimecast, whose answer is stored.

However many processes and machines share a store, only one of them captures an account at a time (`store/leases.py`);
the others wait for as long as that one works, and use the snapshot that it stored. While a wait that Mimecast asked for
goes on (`store/rate_limit_waits.py`), none of them sends a request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from mimecast.api.auth import utc_now
from mimecast.api.client import Client, SummaryResult
from mimecast.api.errors import MimecastError, WaitRequested
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.domain.causes.implausible import Implausible, describe_implausible
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_datetime, format_duration, join_and, pluralize
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.store.causes.implausible import mark_new_answer
from mimecast.store.errors import StoreError
from mimecast.store.leases import Lease
from mimecast.store.rate_limit_waits import remaining_wait, save_wait
from mimecast.store.store import Store

MAX_WAIT_SECONDS: Final = 15 * 60.0
"""Seconds to wait for another run that renews its lease: longer than any request takes with all its retries."""

POLL_SECONDS: Final = 0.25
"""Seconds between two looks at whether the other run has ended."""

MAX_OTHER_LETTERS: Final = 40
"""Undocumented grades that a snapshot names; the users of all of them are counted."""


class CaptureInProgress(Problem):
    """Another run has been capturing the account for more than 15 minutes."""

    title = "Another run is capturing this account"
    remedy = "Wait until that run has ended: it stores its own result."


@dataclass(frozen=True, slots=True)
class CapturedSnapshot:
    """A stored snapshot.

    Attributes:
        snapshot: The snapshot.
        warnings: A sentence or more about each thing that was not expected in the response or on this computer.
        by_another: Whether another run, which was in progress at the same time, requested and stored it.
        campaigns_problem: Why the campaigns that were due could not be requested or stored.
        implausible: Why the counts cannot be true, where the snapshot was marked for that; None otherwise.
        people_problem: Why the list of users that was due could not be requested or stored.
    """

    snapshot: Snapshot
    warnings: tuple[str, ...]
    by_another: bool = False
    campaigns_problem: Problem | None = None
    people_problem: Problem | None = None
    implausible: Implausible | None = None

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """The warnings, and before them the one about an implausible answer, about which pages have a banner."""
        return (*([_implausible_warning(self.implausible)] if self.implausible else []), *self.warnings)


def capture(
    account: Account,
    store: Store,
    *,
    source: Source = Source.MIMECAST,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    max_wait: float = MAX_WAIT_SECONDS,
    clock: Callable[[], datetime] = utc_now,
    newest: Mapping[str, Snapshot] | None = None,
    request_slot: AbstractContextManager[object] | None = None,
) -> CapturedSnapshot:
    """Request the account's current score counts and store them.

    While another run captures the account, wait for its snapshot; if it ends without one, make the request after all.

    Args:
        account: The account.
        store: Where to store the snapshot.
        source: The source to store with it, unless our own sandbox answers in Mimecast's place.
        retry_policy: How long to wait between attempts.
        max_wait: Seconds to wait for another run.
        clock: The current time (UTC).
        newest: The newest snapshot of each account when the capture began, if the caller has read them.
        request_slot: Entered while Mimecast is requested.

    Raises:
        SettingsError: The account has no keys.
        CaptureInProgress: Another run has not ended within `max_wait`.
        MimecastError: Mimecast returned no score counts, or has asked to wait (`WaitRequested`).
        StoreError: The store cannot be read or written.
    """
    keys = account.require_keys()
    if store.read_only:
        raise store.read_only
    before = load_newest_answer(store, account.id) if newest is None else newest.get(account.id)
    lease = Lease(store, account.id)
    other_snapshot = acquire_lease(lease, account, store, before, source=source, max_wait=max_wait, clock=clock)
    if other_snapshot:
        return CapturedSnapshot(other_snapshot, (), by_another=True)
    with lease.hold():
        client = Client(account.base_url, keys, retry_policy=retry_policy, clock=clock)
        try:
            with request_slot or nullcontext():
                result = client.safe_score_summary()
        except MimecastError as error:
            keep_wait(error, account, store, clock())
            raise
        snapshot = _to_snapshot(result, account, source)
        implausible: Implausible | None = None

        def mark_and_release(connection: Connection) -> None:
            nonlocal implausible
            implausible = mark_new_answer(store, connection, snapshot, clock())
            lease.release_in(connection)

        store.add([snapshot], extra_write=mark_and_release)
    return CapturedSnapshot(snapshot, _warnings(result, snapshot, before), implausible=implausible)


def load_newest_answer(store: Store, account_id: str) -> Snapshot | None:
    """Return the account's newest snapshot, plausible or not, read with a connection that pages cannot take."""
    with store.reading(reserved=True) as connection:
        return store.newest(account_id, within=connection, include_marked=True)


def acquire_lease(
    lease: Lease,
    account: Account,
    store: Store,
    before: Snapshot | None,
    *,
    source: Source = Source.MIMECAST,
    max_wait: float = MAX_WAIT_SECONDS,
    clock: Callable[[], datetime] = utc_now,
) -> Snapshot | None:
    """Take the lease of an account, or return the snapshot that the run which has it has stored since `before`.

    Waits for as long as the other run renews the lease. A run that was killed does not.

    Raises:
        CaptureInProgress: The other run has not ended within `max_wait` seconds.
        WaitRequested: Mimecast has asked this application to wait.
        StoreError: The store cannot be read or written.
    """
    sources = {source, Source.SANDBOX} if source is Source.MIMECAST else {source}

    def try_once(connection: Connection) -> Snapshot | timedelta | bool:
        newest = store.newest(account.id, within=connection, include_marked=True)
        if newest and newest.source in sources and (before is None or newest.taken_at > before.taken_at):
            return newest
        return remaining_wait(connection, account.application) or lease.acquire_in(connection)

    deadline = time.monotonic() + max_wait
    while not (outcome := store.write(try_once, durable=False)):
        if time.monotonic() >= deadline:
            raise CaptureInProgress(
                f"Another run has been capturing {account.id} for more than "
                f"{format_duration(timedelta(seconds=max_wait))}."
            )
        time.sleep(POLL_SECONDS)
    if isinstance(outcome, timedelta):
        raise wait_requested(outcome, clock())
    return outcome if isinstance(outcome, Snapshot) else None


def wait_requested(remaining: timedelta, now: datetime) -> WaitRequested:
    """Return the problem of a wait that Mimecast asked for and that is not over."""
    problem = WaitRequested("Mimecast has asked for a wait, so no request was sent.")
    problem.postpone(now + remaining, now)
    return problem


def keep_wait(error: MimecastError, account: Account, store: Store, now: datetime) -> None:
    """Store a wait that Mimecast has asked for, so that it holds for every run on every machine.

    A failure is logged: it must not hide the error itself.
    """
    if error.not_before is None or isinstance(error, WaitRequested):
        return
    try:
        save_wait(store, account.application, error.not_before - now)
    except StoreError as problem:
        logging.getLogger(__name__).warning("The wait of %s was not stored: %s", account.id, problem)


def _to_snapshot(result: SummaryResult, account: Account, source: Source) -> Snapshot:
    other_letters = "".join(result.summary.other_letters)[:MAX_OTHER_LETTERS]
    if result.is_from_sandbox and source is Source.MIMECAST:
        source = Source.SANDBOX
    return Snapshot(account.id, result.taken_at, result.summary.counts, source, other_letters)


def _implausible_warning(implausible: Implausible) -> str:
    return (
        f"{describe_implausible(implausible, UTC)} It is stored and marked as implausible: nothing is computed from it "
        "until a reader decides on the dashboard whether it is right."
    )


def _warnings(result: SummaryResult, snapshot: Snapshot, before: Snapshot | None) -> tuple[str, ...]:
    """Return the warnings about the response, the clock, and grades that are missing from the response."""
    warnings = list(result.summary.warnings)
    if problem := result.clock_problem:
        stored = format_datetime(snapshot.taken_at, UTC)
        warnings.append(f"{problem.message} The snapshot is stored with Mimecast's time, {stored}. {problem.remedy}")
    counts_before = {grade: before.counts.users(grade) for grade in result.summary.missing_grades} if before else {}
    if before and (lost := [grade for grade, users in counts_before.items() if users]):
        users = pluralize(sum(counts_before.values()), "user")
        grades = f"grade{'' if len(lost) == 1 else 's'} {join_and(lost)}"
        warnings.append(
            f"Mimecast's answer has no count for {grades}, which {users} had in the snapshot of "
            f"{format_datetime(before.taken_at, UTC)}. A missing count is stored as 0; check Mimecast's console."
        )
    return tuple(warnings)
