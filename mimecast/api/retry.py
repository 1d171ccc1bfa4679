"""Trying again, above `requests`: every attempt is prepared, signed and numbered anew.

Only what can succeed is tried again; the wait doubles, with jitter, and is never shorter than Mimecast asks. Where that
is longer than the caller's retry_policy, nobody waits: the error says when to try again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from mimecast.api.auth import utc_now
from mimecast.api.errors import MimecastError

T = TypeVar("T")

FIRST_BACKOFF_SECONDS: Final = 0.5
"""Seconds before the second attempt, doubled for each further one; jitter takes up to half of it away."""


def _ignore_wait(error: MimecastError, seconds: float) -> None:
    """Whom a wait is told to when nobody asks."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`longest` is the longest single wait in seconds. `told` hears of each wait, and of the error before it, as it
    begins."""

    max_wait: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = utc_now
    on_wait: Callable[[MimecastError, float], None] = _ignore_wait


COMMAND_LINE_RETRIES: Final = RetryPolicy(30.0)
PAGE_RETRIES: Final = RetryPolicy(5.0)
NO_WAITING: Final = RetryPolicy(0.0)


def with_retries(attempt: Callable[[], T], retry_policy: RetryPolicy) -> T:
    """The result of the first attempt that succeeds. Raises the MimecastError of the last one."""
    tries = 0
    while True:
        try:
            return attempt()
        except MimecastError as error:
            tries += 1
            wait = max(error.retry_after or 0.0, _backoff(tries))
            if error.retry_after and error.retry_after > retry_policy.max_wait:
                error.postpone(retry_policy.clock() + timedelta(seconds=error.retry_after))
            if tries > error.automatic_retries or wait > retry_policy.max_wait:
                raise
            retry_policy.on_wait(error, wait)
        retry_policy.sleep(wait)


def _backoff(tries: int) -> float:
    return FIRST_BACKOFF_SECONDS * float(1 << (tries - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
