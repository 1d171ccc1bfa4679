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
        not_before: When the next automatic refresh may start (UTC); None for any time.
    """

    in_progress: bool = False
    completed: int = 0
    failures: int = 0
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    not_before: datetime | None = None


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
        self,
        key: Hashable,
        work: Callable[[], CapturedSnapshot | None],
        *,
        automatic: bool,
        interval: timedelta = timedelta(0),
    ) -> bool:
        """Start a refresh, unless one is in progress, or this one is automatic and the last failure too recent.

        Args:
            key: The account.
            work: Captures the account; returns None if there turned out to be nothing to do.
            automatic: Whether no user asked for this refresh.
            interval: How long the next automatic refresh waits if this one stores a snapshot. What is stored can be
                older than this computer's time, when its clock is wrong, and must not be requested again at once.

        Returns:
            Whether it has started.
        """
        with self._lock:
            state = self._states.get(key, RefreshState())
            too_soon = automatic and state.not_before is not None and self._clock() < state.not_before
            if state.in_progress or too_soon:
                return False
            self._states[key] = replace(state, in_progress=True)
        self._workers.submit(self._run, key, work, interval).add_done_callback(_log_crash)
        return True

    def _run(self, key: Hashable, work: Callable[[], CapturedSnapshot | None], interval: timedelta) -> None:
        outcome: CapturedSnapshot | Problem | None = Problem(
            "The refresh ended unexpectedly.", remedy="Look at the server's log."
        )
        try:
            outcome = work()
        except Problem as raised:
            outcome = raised
        finally:
            self._finish(key, outcome, interval)

    def _finish(self, key: Hashable, outcome: CapturedSnapshot | Problem | None, interval: timedelta) -> None:
        problem = outcome if isinstance(outcome, Problem) else None
        with self._lock:
            before = self._states[key]
            failures = before.failures + 1 if problem else 0
            self._states[key] = RefreshState(
                completed=before.completed + 1,
                failures=failures,
                problem=problem,
                warnings=outcome.warnings if isinstance(outcome, CapturedSnapshot) else (),
                not_before=self._next_attempt(failures, outcome, interval),
            )

    def _next_attempt(
        self, failures: int, outcome: CapturedSnapshot | Problem | None, interval: timedelta
    ) -> datetime | None:
        """Return when the next automatic refresh may start.

        After a failure it waits for the delay, and for as long as Mimecast asks.
        """
        if outcome is None:
            return None
        if isinstance(outcome, CapturedSnapshot):
            return self._clock() + interval
        delay = min(FIRST_RETRY_DELAY * (1 << min(failures - 1, MAX_DOUBLINGS)), MAX_RETRY_DELAY)
        not_before = outcome.not_before if isinstance(outcome, MimecastError) else None
        after_delay = self._clock() + delay
        return max(after_delay, not_before) if not_before else after_delay


def _log_crash(refresh: Future[None]) -> None:
    """Log an exception that is not a Problem, which is a bug."""
    if error := refresh.exception():
        logging.getLogger(__name__).error("A refresh ended unexpectedly.", exc_info=error)
