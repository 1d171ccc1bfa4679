"""Background captures for pages: one at a time for each account, and none right after a failure.

A page that starts one does not wait for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from mimecast.api.auth import utc_now
from mimecast.api.errors import MimecastError
from mimecast.capture.one_account import CapturedSnapshot
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem

FIRST_RETRY_DELAY: Final = timedelta(minutes=1)
MAX_RETRY_DELAY: Final = timedelta(minutes=15)
"""How long the next automatic capture waits after a failure: it doubles from the first delay to the longest."""

MAX_DOUBLINGS: Final = 10
"""Doublings of the delay that are computed. A failure that lasts for days would give a delay too long for any type."""

MAX_WORKERS: Final = 4


@dataclass(frozen=True, slots=True)
class RefreshState:
    """What is known about the refreshes of one account.

    Attributes:
        in_progress: Whether one is under way.
        completed: The number of refreshes that have ended.
        failures: The number of failures since the last success.
        problem: Why the last one failed; None if it did not.
        warnings: The warnings of the last one.
        not_before: When, after a failure, the next automatic refresh may start (UTC); None for any time.
        settled: The newest snapshots before and after the last success. While the newest one is among them, another
            automatic refresh would change nothing.
        settled_until: When an automatic refresh is due again all the same (UTC).
    """

    in_progress: bool = False
    completed: int = 0
    failures: int = 0
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    not_before: datetime | None = None
    settled: tuple[Snapshot, ...] = ()
    settled_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Why an automatic refresh is due.

    Attributes:
        newest: The newest snapshot, which is too old; None without any.
        interval: How old it may be.
    """

    newest: Snapshot | None
    interval: timedelta


class Refresher:
    """The refreshes of a whole process. `key` is anything that identifies an account and its store."""

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        """Create a refresher that has no refreshes yet; `clock` returns the current time (UTC)."""
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[Hashable, RefreshState] = {}
        self._workers = ThreadPoolExecutor(max_workers=MAX_WORKERS, thread_name_prefix="refresh")

    def state(self, key: Hashable) -> RefreshState:
        """Return what is known about the refreshes of an account."""
        with self._lock:
            return self._states.get(key, RefreshState())

    def start(
        self, key: Hashable, work: Callable[[], CapturedSnapshot | None], *, automatic: bool, due: Due | None = None
    ) -> bool:
        """Start a refresh, unless one is in progress, or this one is automatic and comes too soon.

        An automatic refresh comes too soon after a failure, and after a success that left the newest snapshot too old:
        with a wrong clock, for example, it would be requested again and again.

        Args:
            key: The account.
            work: Captures the account; returns None if there turned out to be nothing to do.
            automatic: Whether no user asked for this refresh.
            due: Why an automatic refresh is due.

        Returns:
            Whether it has started.
        """
        with self._lock:
            state = self._states.get(key, RefreshState())
            if state.in_progress or (automatic and self._is_too_soon(state, due)):
                return False
            self._states[key] = replace(state, in_progress=True)
        self._workers.submit(self._run, key, work, due).add_done_callback(_log_crash)
        return True

    def _is_too_soon(self, state: RefreshState, due: Due | None) -> bool:
        now = self._clock()
        if state.not_before and now < state.not_before:
            return True
        is_settled = due is not None and due.newest is not None and due.newest in state.settled
        return is_settled and state.settled_until is not None and now < state.settled_until

    def _run(self, key: Hashable, work: Callable[[], CapturedSnapshot | None], due: Due | None) -> None:
        outcome: CapturedSnapshot | Problem | None = Problem(
            "The refresh ended unexpectedly.", remedy="Look at the server's log."
        )
        try:
            outcome = work()
        except Problem as raised:
            outcome = raised
        finally:
            self._finish(key, outcome, due)

    def _finish(self, key: Hashable, outcome: CapturedSnapshot | Problem | None, due: Due | None) -> None:
        with self._lock:
            before = self._states[key]
            completed = RefreshState(completed=before.completed + 1)
            if isinstance(outcome, Problem):
                failures = before.failures + 1
                completed = replace(
                    completed, failures=failures, problem=outcome, not_before=self._next_attempt(failures, outcome)
                )
            elif outcome:
                settled = (outcome.snapshot, *([due.newest] if due and due.newest else []))
                settled_until = self._clock() + due.interval if due else None
                completed = replace(completed, warnings=outcome.warnings, settled=settled, settled_until=settled_until)
            self._states[key] = completed

    def _next_attempt(self, failures: int, problem: Problem) -> datetime:
        """Return when the next automatic refresh may start: after the delay, and not before Mimecast allows it."""
        delay = min(FIRST_RETRY_DELAY * (1 << min(failures - 1, MAX_DOUBLINGS)), MAX_RETRY_DELAY)
        not_before = problem.not_before if isinstance(problem, MimecastError) else None
        after_delay = self._clock() + delay
        return max(after_delay, not_before) if not_before else after_delay


def _log_crash(refresh: Future[None]) -> None:
    """Log an exception that is not a Problem, which is a bug."""
    if error := refresh.exception():
        logging.getLogger(__name__).error("A refresh ended unexpectedly.", exc_info=error)
