"""Asking Mimecast behind a page: in the background, once at a time for an account, and not again at once after a
failure. Nobody who looks at a page waits for it.
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
"""How long after a failure the next automatic try waits: doubling from the first to the longest."""


@dataclass(frozen=True, slots=True)
class RefreshState:
    """`runs` counts finished tries; `problem` and `warnings` are the last one's; `not_before` binds automatic tries."""

    asking: bool = False
    runs: int = 0
    failures: int = 0
    problem: Problem | None = None
    warnings: tuple[str, ...] = ()
    not_before: datetime | None = None


class Refresher:
    """One for a whole process; `subject` is whatever tells accounts apart."""

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[Hashable, RefreshState] = {}
        self._workers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="refresh")

    def state(self, subject: Hashable) -> RefreshState:
        with self._lock:
            return self._states.get(subject, RefreshState())

    def start(self, subject: Hashable, work: Callable[[], CapturedSnapshot | None], *, automatic: bool) -> bool:
        """Begin `work` unless it is under way, or is automatic and a failure is too recent. Whether it began.

        `work` gives None when it found that there was nothing to do.
        """
        with self._lock:
            state = self._states.get(subject, RefreshState())
            waits = automatic and state.not_before is not None and self._clock() < state.not_before
            if state.asking or waits:
                return False
            self._states[subject] = replace(state, asking=True)
        self._workers.submit(self._run, subject, work).add_done_callback(_log_crash)
        return True

    def _run(self, subject: Hashable, work: Callable[[], CapturedSnapshot | None]) -> None:
        problem: Problem | None = Problem("The refresh ended unexpectedly.", remedy="Look at the server's log.")
        warnings: tuple[str, ...] = ()
        try:
            captured = work()
            warnings, problem = captured.warnings if captured else (), None
        except Problem as raised:
            problem = raised
        finally:
            self._finish(subject, problem, warnings)

    def _finish(self, subject: Hashable, problem: Problem | None, warnings: tuple[str, ...]) -> None:
        with self._lock:
            before = self._states[subject]
            failures = before.failures + 1 if problem else 0
            not_before = self._next_try(failures, problem) if problem else None
            self._states[subject] = RefreshState(False, before.runs + 1, failures, problem, warnings, not_before)

    def _next_try(self, failures: int, problem: Problem) -> datetime:
        """Doubling waits, and never before Mimecast says that it takes requests again."""
        until = self._clock() + min(FIRST_RETRY_DELAY * (1 << (failures - 1)), MAX_RETRY_DELAY)
        asked = problem.not_before if isinstance(problem, MimecastError) else None
        return max(until, asked) if asked else until


def _log_crash(run: Future[None]) -> None:
    """Whatever is not a Problem is a fault of ours, and belongs into the log."""
    if error := run.exception():
        logging.getLogger(__name__).error("A refresh ended unexpectedly.", exc_info=error)
