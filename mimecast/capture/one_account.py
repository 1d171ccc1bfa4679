"""Capture of one account: one request to Mimecast, whose answer is stored.

However many processes and machines share a store, only one of them captures an account at a time (`store/leases.py`);
the others wait and use the snapshot that it stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mimecast.api.auth import utc_now
from mimecast.api.client import Client
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.store.leases import LEASE_DURATION, Lease
from mimecast.store.store import Store

MAX_WAIT_SECONDS: Final = LEASE_DURATION.total_seconds() + 5
"""Seconds to wait for another run: longer than the lease of a run that was killed."""

POLL_SECONDS: Final = 0.25
"""Seconds between two looks at whether the other run has ended."""

MAX_OTHER_LETTERS: Final = 40
"""Undocumented grades that a snapshot names; the users of all of them are counted."""


class CaptureInProgress(Problem):
    """Another run has been capturing the account for too long to wait for."""

    title = "Another run is asking Mimecast"
    remedy = "Look again in a minute: that run stores what it gets."


@dataclass(frozen=True, slots=True)
class CapturedSnapshot:
    """A stored snapshot.

    Attributes:
        snapshot: The snapshot.
        warnings: One sentence about each thing in the response that was not expected.
        by_another: Whether another run, which was in progress at the same time, requested and stored it.
    """

    snapshot: Snapshot
    warnings: tuple[str, ...]
    by_another: bool = False


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
        source: The source to store with it.
        retry_policy: How long to wait between attempts.
        max_wait: Seconds to wait for another run.
        clock: The current time (UTC).
        newest: The newest snapshot of each account when the capture began, if the caller has read them.
        request_slot: Entered while Mimecast is requested.

    Raises:
        SettingsError: The account has no keys.
        CaptureInProgress: Another run has not ended within `max_wait`.
        MimecastError: Mimecast returned no score counts.
        StoreError: The store cannot be read or written.
    """
    keys = account.require_keys()
    if store.read_only:
        raise store.read_only
    before = _load_newest(store, account.id) if newest is None else newest.get(account.id)
    lease = Lease(store, account.id)
    other_snapshot = _acquire(lease, store, before, source, max_wait)
    if other_snapshot:
        return CapturedSnapshot(other_snapshot, (), by_another=True)
    with lease.hold():
        client = Client(account.base_url, keys, retry_policy=retry_policy, clock=clock)
        with request_slot or nullcontext():
            result = client.safe_score_summary()
        summary = result.summary
        letters = "".join(summary.other_letters)[:MAX_OTHER_LETTERS]
        snapshot = Snapshot(account.id, result.received_at, summary.counts, source, letters)
        store.add([snapshot], extra_write=lease.release_in)
    return CapturedSnapshot(snapshot, summary.warnings)


def _load_newest(store: Store, account_id: str) -> Snapshot | None:
    """Return the account's newest snapshot, read with a connection that pages cannot take."""
    with store.reading(reserved=True) as connection:
        return store.newest(account_id, within=connection)


def _acquire(lease: Lease, store: Store, before: Snapshot | None, source: Source, max_wait: float) -> Snapshot | None:
    """Take the lease, or return the snapshot that the run which holds it has stored since `before`.

    Raises:
        CaptureInProgress: Neither is possible within `max_wait` seconds.
    """

    def try_once(connection: Connection) -> Snapshot | bool:
        newest = store.newest(lease.account, within=connection)
        if newest and newest.source is source and (before is None or newest.taken_at > before.taken_at):
            return newest
        return lease.acquire_in(connection)

    deadline = time.monotonic() + max_wait
    while not (outcome := store.write(try_once, durable=False)):
        if time.monotonic() >= deadline:
            raise CaptureInProgress(
                f"Another run has been capturing {lease.account} for more than {max_wait:.0f} seconds."
            )
        time.sleep(POLL_SECONDS)
    return outcome if isinstance(outcome, Snapshot) else None
