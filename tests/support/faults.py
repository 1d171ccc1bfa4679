"""The error that the dashboard reports for each fault of the sandbox."""

from __future__ import annotations

from typing import Final

from mimecast.api.errors import (
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
    RequestRejected,
    ResponseUnreadable,
    ServiceError,
    TimedOut,
    TokenRejected,
    Unreachable,
    WrongAddress,
)
from mimecast.capture.diagnostics import ANSWER, CLOCK, CONNECTION, CREDENTIALS, DATA, PERMISSION

EXPECTED_ERRORS: Final[dict[str, tuple[type[MimecastError], str] | None]] = {
    "invalid-signature": (CredentialsRejected, CREDENTIALS),
    "unknown-application": (ApplicationRejected, CREDENTIALS),
    "unknown-application-once": None,
    "keys-expired": (KeysExpired, CREDENTIALS),
    "clock-skew": (ClockWrong, CLOCK),
    "clock-skew-no-date": (CredentialsRejected, CREDENTIALS),
    "client-refused": (ClientRejected, CREDENTIALS),
    "token-malformed": (ResponseUnreadable, DATA),
    "token-service-down": (ServiceError, ANSWER),
    "token-expired-once": None,
    "token-refused": (TokenRejected, CREDENTIALS),
    "forbidden": (PermissionMissing, PERMISSION),
    "forbidden-in-200": (PermissionMissing, PERMISSION),
    "status-differs": (PermissionMissing, PERMISSION),
    "product-missing": (ProductMissing, PERMISSION),
    "not-found": (WrongAddress, ANSWER),
    "wrong-method": (WrongAddress, ANSWER),
    "bad-request": (RequestRejected, DATA),
    "conflict": (RequestRejected, DATA),
    "rate-limited": (RateLimited, ANSWER),
    "rate-limited-once": None,
    "rate-limited-6s": (RateLimited, ANSWER),
    "rate-limited-long": (RateLimited, ANSWER),
    "rate-limited-seconds": (RateLimited, ANSWER),
    "rate-limited-date": (RateLimited, ANSWER),
    "rate-limited-twice": (RateLimited, ANSWER),
    "grades-missing": None,
    "no-users": None,
    "campaigns-forbidden": None,
    "server-error": (ServiceError, ANSWER),
    "server-error-once": None,
    "bad-gateway": (ServiceError, ANSWER),
    "unavailable": (ServiceError, ANSWER),
    "unavailable-until-later": (ServiceError, ANSWER),
    "gateway-timeout": (ServiceError, ANSWER),
    "redirect": (Redirected, ANSWER),
    "empty-body": (ResponseUnreadable, DATA),
    "html-page": (ResponseUnreadable, DATA),
    "wrong-content-type": (ResponseUnreadable, DATA),
    "truncated": (ResponseUnreadable, DATA),
    "endless": (ResponseUnreadable, DATA),
    "gzip-bomb": (ResponseUnreadable, DATA),
    "hang-up": (Unreachable, CONNECTION),
    "silent": (TimedOut, CONNECTION),
    "empty-data": (ResponseUnreadable, DATA),
    "odd-counts": (ResponseUnreadable, DATA),
    "same-grade-twice": (ResponseUnreadable, DATA),
    "unknown-grade": None,
}
"""The class of the error and the step of `check` that fails; None when a retry or the parser copes with the fault."""

FEW_USERS_FAULTS: Final = frozenset({"grades-missing", "no-users", "unknown-grade"})
"""Faults whose answers have far fewer users than the demo company, so that they are implausible after its own."""

API_2_FAULTS: Final = frozenset(fault for fault in EXPECTED_ERRORS if fault.startswith(("token-", "client-")))
"""Faults that only an account with keys of API 2.0 encounters. Every other fault affects both generations."""
