"""Queue of the accounts of one host, which limits concurrent requests and observes rate limits.

Mimecast counts requests by application. After `RateLimited`, no account of that application is requested until Mimecast
accepts requests again; accounts of other applications continue.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from mimecast.api.errors import MimecastError, RateLimited, WaitRequested
from mimecast.api.retry import RetryPolicy
from mimecast.settings.accounts import Account

Application: TypeAlias = tuple[str, ...]
"""The key of the accounts whose requests Mimecast counts together."""


class HostQueue:
    """Accounts of one host that wait to be captured, and the slots for requests to that host.

    Safe to use from several threads.
    """

    def __init__(self, accounts: Sequence[Account], *, max_concurrent: int, retry_policy: RetryPolicy) -> None:
        """Queue the accounts and allow `max_concurrent` requests at a time."""
        self._waiting = list(accounts)
        self._slots = threading.Semaphore(max_concurrent)
        self._retry_policy = retry_policy
        self._paused_until: dict[Application, float] = {}
        """Readings of the monotonic clock, in seconds, until which a capture waits."""
        self._refused_until: dict[Application, datetime] = {}
        """Instants (UTC) before which no request is sent at all."""
        self._lock = threading.Lock()

    def pop(self) -> Account | None:
        """Remove and return the next account, preferably one that need not wait; None if the queue is empty."""
        with self._lock:
            if not self._waiting:
                return None
            ready = (account for account in self._waiting if self._pause_seconds(account.application) <= 0)
            account = next(ready, self._waiting[0])
            self._waiting.remove(account)
            return account

    @contextmanager
    def request_slot(self, account: Account) -> Iterator[None]:
        """Hold one of the host's slots, once the application's pause is over.

        Raises:
            RateLimited: Mimecast has told the application to wait for longer than the retry policy allows.
        """
        application = account.application
        self._acquire_slot(application)
        try:
            self._check_not_refused(application)
            yield
        except RateLimited as problem:
            if problem.not_before:
                self._refused_until[application] = problem.not_before
            raise
        finally:
            self._slots.release()

    def retry_policy(self, account: Account) -> RetryPolicy:
        """Return the retry policy for a request of the account inside `request_slot`.

        While the request waits for its next attempt, another account has its slot. If the wait is for a rate limit, the
        other accounts of the application wait as well.
        """
        application = account.application

        def on_wait(error: MimecastError, seconds: float) -> None:
            if isinstance(error, RateLimited):
                with self._lock:
                    paused_until = self._paused_until.get(application, 0.0)
                    self._paused_until[application] = max(paused_until, time.monotonic() + seconds)

        def sleep(seconds: float) -> None:
            self._slots.release()
            try:
                self._retry_policy.sleep(seconds)
            finally:
                self._acquire_slot(application)

        return replace(self._retry_policy, sleep=sleep, on_wait=on_wait)

    def _acquire_slot(self, application: Application) -> None:
        self._slots.acquire()
        while (seconds := self._pause_seconds(application)) > 0:
            self._slots.release()
            time.sleep(seconds)
            self._slots.acquire()

    def _pause_seconds(self, application: Application) -> float:
        return self._paused_until.get(application, 0.0) - time.monotonic()

    def _check_not_refused(self, application: Application) -> None:
        """Raise the error that Mimecast would return, if it has refused the application's requests until later."""
        until = self._refused_until.get(application)
        now = self._retry_policy.clock()
        if until is not None and until > now:
            refusal = WaitRequested("Mimecast has asked this account's application to wait, so no request was sent.")
            refusal.postpone(until, now)
            raise refusal
