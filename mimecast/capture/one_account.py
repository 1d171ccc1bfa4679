"""One snapshot: Mimecast asked once, and its answer stored.

However many processes and machines share a store, one of them asks for an account at a time (`history/leases.py`); the
others take what it stored.
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
from mimecast.settings.validation import SettingsError
from mimecast.store.leases import LEASE_DURATION, Lease
from mimecast.store.store import Store

MAX_WAIT_SECONDS: Final = LEASE_DURATION.total_seconds() + 5
"""Seconds to wait for another run: longer than one that was killed can be in the way."""

POLL_SECONDS: Final = 0.25


class CaptureInProgress(Problem):
    title = "Another run is asking Mimecast"
    remedy = "Look again in a minute: that run stores what it gets."


@dataclass(frozen=True, slots=True)
class CapturedSnapshot:
    """A stored snapshot, sentences about whatever in the answer was not expected, and whether another run that went on
    at the same time asked for it."""

    snapshot: Snapshot
    warnings: tuple[str, ...]
    by_another: bool = False


def capture(
    account: Account,
    store: Store,
    *,
    source: Source = Source.MIMECAST,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    wait: float = MAX_WAIT_SECONDS,
    clock: Callable[[], datetime] = utc_now,
    known: Mapping[str, Snapshot] | None = None,
    asking: AbstractContextManager[object] | None = None,
) -> CapturedSnapshot:
    """Ask Mimecast for the account's score counts now, and store them.

    While another run does the same, wait for it and take its snapshot; should it end without one, ask after all.
    `known` holds the newest snapshots of all accounts as they were when this began, for whoever has read them;
    `asking` is entered while Mimecast is asked.
    Raises MimecastError, StoreError, CaptureUnderWay after `wait` seconds, or SettingsError for an account without
    keys.
    """
    if account.keys is None:
        raise SettingsError(f"The account {account.id} has no keys.", remedy="Add them to secrets.toml.")
    if store.read_only:
        raise store.read_only
    before = store.newest(account.id) if known is None else known.get(account.id)
    lease = Lease(store, account.id)
    give_up = time.monotonic() + wait

    def begin(connection: Connection) -> Snapshot | bool:
        """What another run has stored since this began, or whether the lease is ours."""
        newest = store.newest(account.id, within=connection)
        if newest and newest.source is source and (before is None or newest.taken_at > before.taken_at):
            return newest
        return lease.acquire_in(connection)

    while not (begun := store.write(begin, durable=False)):
        if time.monotonic() >= give_up:
            raise CaptureInProgress(f"Another run has been capturing {account.id} for more than {wait:.0f} seconds.")
        time.sleep(POLL_SECONDS)
    if isinstance(begun, Snapshot):
        return CapturedSnapshot(begun, (), by_another=True)
    with lease.hold():
        client = Client(account.base_url, account.keys, retry_policy=retry_policy, clock=clock)
        with asking or nullcontext():
            asked = client.safe_score_summary()
        summary = asked.summary
        snapshot = Snapshot(account.id, asked.received_at, summary.counts, source, "".join(summary.other_letters)[:40])
        store.add([snapshot], extra_write=lease.release_in)
    return CapturedSnapshot(snapshot, summary.warnings)
