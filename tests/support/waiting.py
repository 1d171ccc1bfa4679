"""Waiting for something that another thread or process brings about."""

from __future__ import annotations

import time
from collections.abc import Callable

POLL_INTERVAL_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Check a condition until it holds. Raises AssertionError when it still does not after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"the condition did not hold within {seconds} seconds"
        time.sleep(POLL_INTERVAL_SECONDS)
