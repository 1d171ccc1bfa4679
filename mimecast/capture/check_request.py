"""The request of a connection check: one for an account at a time, shared by all checks that run at the same time.

It takes the same lease as a capture, and sends nothing while a wait that Mimecast asked for goes on. Its answer is not
stored.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from mimecast.api.client import Client, SummaryResult
from mimecast.api.errors import MimecastError, WaitRequested
from mimecast.api.retry import RetryPolicy
from mimecast.capture.one_account import CaptureInProgress, acquire_lease, keep_wait, wait_requested
from mimecast.domain.snapshot import Snapshot
from mimecast.settings.accounts import Account
from mimecast.store.errors import StoreError
from mimecast.store.leases import Lease
from mimecast.store.rate_limit_waits import load_wait
from mimecast.store.store import Store

Outcome: TypeAlias = SummaryResult | Snapshot | MimecastError | CaptureInProgress
"""An answer of Mimecast, the snapshot that another run stored in the meantime, or why there is neither."""


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """The outcome of a check's request, and when it began (UTC)."""

    outcome: Outcome
    began: datetime


_LOCK = threading.Lock()
_IN_PROGRESS: dict[Hashable, Future[CheckAnswer]] = {}
"""The requests of this process that have not ended."""


def request_for_check(
    account: Account, store: Store | None, retry_policy: RetryPolicy, clock: Callable[[], datetime]
) -> CheckAnswer:
    """Request the account's score counts, or wait for a check of this process that does so and return its answer.

    Args:
        account: An account with keys.
        store: The store with the account's lease; without one the request is made without a lease.
        retry_policy: How long to wait between attempts.
        clock: The current time (UTC).
    """
    key = (account, store.name if store else None)
    with _LOCK:
        other = _IN_PROGRESS.get(key)
        mine = _IN_PROGRESS.setdefault(key, Future())
    if other:
        return other.result()
    try:
        answer = CheckAnswer(_request_in_turn(account, store, retry_policy, clock), clock())
        mine.set_result(answer)
    except BaseException as error:
        mine.set_exception(error)
        raise
    finally:
        with _LOCK:
            del _IN_PROGRESS[key]
    return answer


def _request_in_turn(
    account: Account, store: Store | None, retry_policy: RetryPolicy, clock: Callable[[], datetime]
) -> Outcome:
    """Request with the account's lease. A store that fails does not prevent the request; its own step tells why."""
    if store is None:
        return _request(account, retry_policy, clock)
    lease = Lease(store, account.id)
    try:
        if store.read_only:
            remaining = load_wait(store, account.application)
            return wait_requested(remaining, clock()) if remaining else _request(account, retry_policy, clock)
        before = store.newest(account.id, include_marked=True)
        if snapshot := acquire_lease(lease, account, store, before, clock=clock):
            return snapshot
    except StoreError:
        return _request(account, retry_policy, clock)
    except (CaptureInProgress, WaitRequested) as problem:
        return problem
    with lease.hold():
        outcome = _request(account, retry_policy, clock)
        if isinstance(outcome, MimecastError):
            keep_wait(outcome, account, store, clock())
        return outcome


def _request(account: Account, retry_policy: RetryPolicy, clock: Callable[[], datetime]) -> Outcome:
    client = Client(account.base_url, account.require_keys(), retry_policy=retry_policy, clock=clock)
    try:
        return client.safe_score_summary()
    except MimecastError as error:
        return error
