"""Trying again, above `requests`: every attempt is prepared, signed and numbered anew.

Only what can succeed is tried again; the wait doubles, with jitter, and is never shorter than Mimecast asks. Where that
is longer than the caller's patience, nobody waits: the error says when to try again.
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

FIRST_WAIT: Final = 0.5
"""Seconds before the second attempt, doubled for each further one; jitter takes up to half of it away."""


def _nobody(error: MimecastError, seconds: float) -> None:
    """Whom a wait is told to when nobody asks."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`longest` is the longest single wait in seconds. `told` hears of each wait, and of the error before it, as it
    begins."""

    longest: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = utc_now
    told: Callable[[MimecastError, float], None] = _nobody


COMMAND_LINE: Final = Patience(30.0)
PAGE: Final = Patience(5.0)
NONE: Final = Patience(0.0)


def with_retries(attempt: Callable[[], T], patience: Patience) -> T:
    """The result of the first attempt that succeeds. Raises the MimecastError of the last one."""
    tries = 0
    while True:
        try:
            return attempt()
        except MimecastError as error:
            tries += 1
            wait = max(error.retry_after or 0.0, _backoff(tries))
            if error.retry_after and error.retry_after > patience.longest:
                error.postpone(patience.clock() + timedelta(seconds=error.retry_after))
            if tries > error.automatic_retries or wait > patience.longest:
                raise
            patience.told(error, wait)
        patience.sleep(wait)


def _backoff(tries: int) -> float:
    return FIRST_WAIT * float(1 << (tries - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
