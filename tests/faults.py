"""What each fault of the sandbox is called by the dashboard: with API 1.0, and with API 2.0 where that differs."""

from __future__ import annotations

from typing import Final

from mimecast.api.errors import (
    AnswerUnreadable,
    ApplicationRejected,
    ClientRejected,
    ClockWrong,
    CredentialsRejected,
    KeysExpired,
    MimecastError,
    PermissionMissing,
    ProductMissing,
    RateLimited,
    Redirected,
    RequestRefused,
    ServiceFailing,
    TimedOut,
    TokenRejected,
    Unreachable,
    WrongAddress,
)
from mimecast.diagnosis import ANSWER, CLOCK, CONNECTION, CREDENTIALS, DATA, PERMISSION

EXPECTED: Final[dict[str, tuple[type[MimecastError], str] | None]] = {
    "invalid-signature": (CredentialsRejected, CREDENTIALS),
    "unknown-application": (ApplicationRejected, CREDENTIALS),
    "unknown-application-once": None,
    "keys-expired": (KeysExpired, CREDENTIALS),
    "clock-skew": (ClockWrong, CLOCK),
    "clock-skew-no-date": (CredentialsRejected, CREDENTIALS),
    "client-refused": (ClientRejected, CREDENTIALS),
    "token-malformed": (AnswerUnreadable, DATA),
    "token-service-down": (ServiceFailing, ANSWER),
    "token-expired-once": None,
    "token-refused": (TokenRejected, CREDENTIALS),
    "forbidden": (PermissionMissing, PERMISSION),
    "forbidden-in-200": (PermissionMissing, PERMISSION),
    "status-differs": (PermissionMissing, PERMISSION),
    "product-missing": (ProductMissing, PERMISSION),
    "not-found": (WrongAddress, ANSWER),
    "wrong-method": (WrongAddress, ANSWER),
    "bad-request": (RequestRefused, DATA),
    "conflict": (RequestRefused, DATA),
    "rate-limited": (RateLimited, ANSWER),
    "rate-limited-once": None,
    "rate-limited-6s": (RateLimited, ANSWER),
    "rate-limited-long": (RateLimited, ANSWER),
    "rate-limited-seconds": (RateLimited, ANSWER),
    "server-error": (ServiceFailing, ANSWER),
    "server-error-once": None,
    "bad-gateway": (ServiceFailing, ANSWER),
    "unavailable": (ServiceFailing, ANSWER),
    "gateway-timeout": (ServiceFailing, ANSWER),
    "redirect": (Redirected, ANSWER),
    "empty-body": (AnswerUnreadable, DATA),
    "html-page": (AnswerUnreadable, DATA),
    "wrong-content-type": (AnswerUnreadable, DATA),
    "truncated": (AnswerUnreadable, DATA),
    "endless": (AnswerUnreadable, DATA),
    "gzip-bomb": (AnswerUnreadable, DATA),
    "hang-up": (Unreachable, CONNECTION),
    "silent": (TimedOut, CONNECTION),
    "empty-data": (AnswerUnreadable, DATA),
    "odd-counts": (AnswerUnreadable, DATA),
    "same-grade-twice": (AnswerUnreadable, DATA),
    "unknown-grade": None,
}
"""The class of the error and the step of the check that fails, or None where score counts come out in the end."""

OF_API_2: Final = frozenset(fault for fault in EXPECTED if fault.startswith(("token-", "client-")))
"""Faults that only a client of API 2.0 meets."""
