"""Retries with exponential backoff, above `requests`: every attempt is prepared and signed again, with a new id.

Only errors that a retry can resolve are retried: those in `RETRIES`. The wait doubles from attempt to attempt, with
jitter, and is never shorter than Mimecast asks for. If Mimecast asks for longer than the policy allows, the error is
raised at once and says when to try again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from mimecast.api.auth import utc_now
from mimecast.api.errors import (
    ApplicationRejected,
    MimecastError,
    NameUnknown,
    ProxyFailed,
    RateLimited,
    ServiceError,
    TlsFailed,
    Unreachable,
)

T = TypeVar("T")

RETRIES: Final[Mapping[type[MimecastError], int]] = {
    Unreachable: 3,
    NameUnknown: 0,
    ProxyFailed: 0,
    TlsFailed: 0,
    ApplicationRejected: 1,
    RateLimited: 3,
    ServiceError: 3,
}
"""How often a request is repeated after an error of this class, or of the nearest base class that is named here."""

FIRST_BACKOFF_SECONDS: Final = 0.5
"""Seconds before the second attempt, doubled before each further one. Jitter shortens a wait by up to half."""


def _ignore_wait(error: MimecastError, seconds: float) -> None:
    """Do nothing: the default of `RetryPolicy.on_wait`."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait between attempts.

    Attributes:
        max_wait: The longest single wait, in seconds.
        sleep: Waits for a number of seconds.
        clock: The current time (UTC).
        on_wait: Called before each wait, with the error of the last attempt and the seconds to wait.
    """

    max_wait: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = utc_now
    on_wait: Callable[[MimecastError, float], None] = _ignore_wait


COMMAND_LINE_RETRIES: Final = RetryPolicy(30.0)
PAGE_RETRIES: Final = RetryPolicy(5.0)
NO_WAITING: Final = RetryPolicy(0.0)


def with_retries(attempt: Callable[[], T], retry_policy: RetryPolicy) -> T:
    """Return the result of the first attempt that succeeds.

    Raises:
        MimecastError: The error of the last attempt.
    """
    attempts = 0
    while True:
        try:
            return attempt()
        except MimecastError as error:
            attempts += 1
            wait = max(error.retry_after or 0.0, _backoff(attempts))
            if attempts > _retries_of(error) or wait > retry_policy.max_wait:
                if error.retry_after:
                    now = retry_policy.clock()
                    error.postpone(now + timedelta(seconds=error.retry_after), now)
                raise
            retry_policy.on_wait(error, wait)
        retry_policy.sleep(wait)


def _retries_of(error: MimecastError) -> int:
    return next((RETRIES[kind] for kind in type(error).__mro__ if kind in RETRIES), 0)


def _backoff(attempts: int) -> float:
    """Return the seconds to wait after so many failed attempts."""
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
    return FIRST_BACKOFF_SECONDS * float(1 << (attempts - 1)) * jitter
