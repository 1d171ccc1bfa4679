"""Many accounts captured side by side: a bad one holds up nobody.

So many at a time, each told of as soon as it has ended. Whose turn it is follows from who is waited for: the next
account is one whose host has the fewest captures under way, and a part of the requests is kept free for hosts that have
few, so that a region that does not answer stops no other. Where Mimecast says that an application has asked too often,
no further account of that application is asked until it may; accounts of others go on, since each application has a
limit of its own.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue
from typing import Final

from mimecast.api.auth import Api1Keys, utc_now
from mimecast.api.errors import MimecastError, RateLimited
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.capture.one_account import CapturedSnapshot, capture
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.store.store import Store

MAX_CONCURRENT: Final = 16
"""Requests under way at the same time. Where an answer takes a tenth of a second or more, they all stay within the 800
requests in 5 seconds that Mimecast grants, even when all are of one application."""

EXTRA_WORKERS: Final = 0.5
"""Captures beside those, as a part of them, that are not asking just then: they take their lease, store, or wait to ask
again."""

RESERVED_SHARE: Final = 0.25
"""The part of the requests that no host may have which has as many already, while accounts of other hosts are left."""


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """How the capture of one account ended, and when it began and ended (UTC)."""

    account: Account
    started: datetime
    ended: datetime
    outcome: CapturedSnapshot | Problem


def capture_all(
    accounts: Sequence[Account],
    store: Store,
    *,
    at_once: int = MAX_CONCURRENT,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[list[CaptureResult]]:
    """Capture every account, asking at most `at_once` (1 or more) at a time.

    Yields those that have ended, as soon as there is one: mostly one at a time, more where whoever listens is slower.

    What goes wrong with an account is its outcome; raises StoreError when the store cannot even be read. Work that is
    under way when the iteration is given up, or when the process ends, is abandoned.
    """
    known = store.newest_of([account.id for account in accounts])
    turns = HostScheduler(accounts, retry_policy, at_once)
    ended: SimpleQueue[CaptureResult] = SimpleQueue()

    def work() -> None:
        while account := turns.next():
            started, is_crashed = clock(), True
            outcome: CapturedSnapshot | Problem = Problem(
                "The capture ended unexpectedly.", remedy="Look at the message above."
            )
            try:
                outcome = capture(
                    account,
                    store,
                    retry_policy=turns.retry_policy(account),
                    clock=clock,
                    known=known,
                    asking=turns.asking(account),
                )
                is_crashed = False
            except Problem as problem:
                outcome, is_crashed = problem, False
            finally:
                turns.finish(account)
                ended.put(CaptureResult(account, started, clock(), outcome))
                if is_crashed:  # the exception ends this thread, and is shown
                    begin()

    def begin() -> None:
        threading.Thread(target=work, name="capture", daemon=True).start()

    missing = len(accounts)
    with store.hold_connection():
        for _ in range(min(at_once + int(at_once * EXTRA_WORKERS), len(accounts))):
            begin()
        while missing:
            batch = [ended.get()]
            while not ended.empty():
                batch.append(ended.get())
            missing -= len(batch)
            yield batch


class HostScheduler:
    """Which account is next, and which applications Mimecast wants to hear nothing of for a while."""

    def __init__(self, accounts: Sequence[Account], retry_policy: RetryPolicy, at_once: int) -> None:
        self._at_once = at_once
        self._asking: Counter[str] = Counter()
        self._left = Counter(one.base_url for one in accounts)
        self._waiting = list(accounts)
        self._patience = retry_policy
        self._under_way: Counter[str] = Counter()
        self._paused: dict[tuple[str, ...], float] = {}
        self._refused: dict[tuple[str, ...], datetime] = {}
        self._changed = threading.Condition()

    def next(self) -> Account | None:
        """The account to capture now; None when all have begun. Waits while all that are left are paused."""
        with self._changed:
            while self._waiting:
                now = time.monotonic()
                ready = [one for one in self._waiting if self._paused.get(_application(one), 0.0) <= now]
                if ready:
                    chosen = min(ready, key=lambda one: self._under_way[one.base_url])
                    self._waiting.remove(chosen)
                    self._under_way[chosen.base_url] += 1
                    return chosen
                self._changed.wait(min(self._paused[_application(one)] for one in self._waiting) - now)
            return None

    def finish(self, account: Account) -> None:
        with self._changed:
            self._under_way[account.base_url] -= 1
            self._left[account.base_url] -= 1
            self._changed.notify_all()

    def retry_policy(self, account: Account) -> RetryPolicy:
        """The retry_policy to capture it with. While it waits to ask again, another account may ask; what it has to
        wait
        for the sake of its application, others of that application wait too."""

        def waits(error: MimecastError, seconds: float) -> None:
            if isinstance(error, RateLimited):
                application, until = _application(account), time.monotonic() + seconds
                with self._changed:
                    self._paused[application] = max(self._paused.get(application, 0.0), until)

        def sleep(seconds: float) -> None:
            self._leave(account)
            try:
                self._patience.sleep(seconds)
            finally:
                self._enter(account)

        return replace(self._patience, sleep=sleep, on_wait=waits)

    @contextmanager
    def asking(self, account: Account) -> Iterator[None]:
        """Its turn to ask, which comes after its application's pause. Raises RateLimited for an application that was
        told not to ask for long."""
        application = _application(account)
        self._enter(account)
        try:
            self._refuse(application)
            yield
        except RateLimited as problem:
            if problem.not_before:
                with self._changed:
                    self._refused[application] = problem.not_before
            raise
        finally:
            self._leave(account)

    def _enter(self, account: Account) -> None:
        with self._changed:
            while True:
                pause = self._paused.get(_application(account), 0.0) - time.monotonic()
                if pause <= 0 and self._is_free_for(account.base_url):
                    break
                self._changed.wait(pause if pause > 0 else None)
            self._asking[account.base_url] += 1

    def _leave(self, account: Account) -> None:
        with self._changed:
            self._asking[account.base_url] -= 1
            self._changed.notify_all()

    def _is_free_for(self, host: str) -> bool:
        free = self._at_once - self._asking.total()
        kept = int(self._at_once * RESERVED_SHARE)
        is_alone = self._left[host] == self._left.total()
        return free > 0 and (free > kept or self._asking[host] < kept or is_alone)

    def _refuse(self, application: tuple[str, ...]) -> None:
        """Say what Mimecast would say, where it said to an account of the same application not to ask for long."""
        with self._changed:
            until = self._refused.get(application)
        if until is not None and until > self._patience.clock():
            refusal = RateLimited("Mimecast takes no more requests of this account's application, so it was not asked.")
            refusal.postpone(until)
            raise refusal


def _application(account: Account) -> tuple[str, ...]:
    """Those whose requests Mimecast counts together: API 1.0 and 2.0 both count by application."""
    keys = account.keys
    if keys is None:
        return (account.id,)
    return (account.base_url, keys.app_id if isinstance(keys, Api1Keys) else keys.client_id)
