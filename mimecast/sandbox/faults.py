"""Named faults of the server, so that each can be seen on a page and in a test.

Recorded or documented responses are sent unchanged; the others are what working clients of Mimecast are written to
handle.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from mimecast.problem import Problem
from mimecast.sandbox.api1 import INVALID_SIGNATURE, UNKNOWN_APPLICATION
from mimecast.sandbox.api2 import TOKEN_EXPIRED, UNKNOWN_CLIENT
from mimecast.sandbox.replies import Ending, Reply


class UnknownFault(Problem):
    """No fault has that name."""

    title = "Unknown fault"
    remedy = "`--fault list` names them all."


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which the server misbehaves.

    Attributes:
        description: What it does, in a few words.
        reply: What it sends instead of the right reply.
        on_token: Whether it affects requests for a token; else it affects the others.
        times: The number of requests that it affects; None for all.
        on_campaigns: Whether it affects requests for campaigns only.
    """

    description: str
    reply: Reply
    on_token: bool = False
    times: int | None = None
    on_campaigns: bool = False

    @property
    def path_kind(self) -> str:
        """The kind of request that it affects: `token`, `campaigns` or `summary`."""
        return "token" if self.on_token else "campaigns" if self.on_campaigns else "summary"


def _summary(score_counts: Any) -> Reply:
    return Reply.json(200, {"fail": [], "meta": {"status": 200}, "data": [{"scoreCounts": score_counts}]})


def _rate_limited(**headers: str) -> Reply:
    """Return a 429 with the given headers. Its body is empty, which is assumed: there is no recording of one."""
    return Reply(429, headers={name.replace("_", "-"): value for name, value in headers.items()})


_HTML: Final = Reply(
    200, b"<html><body>Please sign in to the proxy</body></html>", headers={"Content-Type": "text/html; charset=utf-8"}
)
_GOOD: Final = _summary({"a": 5, "b": 4, "c": 3, "d": 2, "f": 1})
_FORBIDDEN: Final = Reply.failure(
    200, "err_xdk_operation_forbidden_for_address", "0003 Forbidden To Perform Operation For Address"
)
_BOMB: Final = gzip.compress(b" " * (1 << 20)) * 64
"""64 gzip members of 1 MB each, which a client decompresses as one body of 64 MB."""

FAULTS: Final[Mapping[str, Fault]] = {
    "invalid-signature": Fault("401: one of the keys, or the region, is wrong", INVALID_SIGNATURE),
    "unknown-application": Fault("200 with err_developer_key: the application ID is wrong", UNKNOWN_APPLICATION),
    "unknown-application-once": Fault("the same error once, although the keys are valid", UNKNOWN_APPLICATION, times=1),
    "keys-expired": Fault(
        "418: the binding has expired", Reply.failure(418, "err_xdk_binding_expired", "AccessKey Has Expired")
    ),
    "clock-skew": Fault(
        "401, and a Date half an hour ahead of this computer's clock",
        replace(INVALID_SIGNATURE, clock_offset=timedelta(minutes=30)),
    ),
    "clock-skew-no-date": Fault("401 without a Date header", replace(INVALID_SIGNATURE, clock_offset=None)),
    "client-refused": Fault("401 with an OAuth error instead of a token", UNKNOWN_CLIENT, on_token=True),
    "token-malformed": Fault("a token response without a token", Reply.json(200, {"expires_in": 1799}), on_token=True),
    "token-service-down": Fault("503 instead of a token", Reply(503), on_token=True),
    "token-expired-once": Fault("401 once: the token expired early", TOKEN_EXPIRED, times=1),
    "token-refused": Fault(
        "401 for every token", Reply.flat(401, "token_verification_failed", "Token verification failed")
    ),
    "forbidden": Fault("403: the role lacks the permission", Reply.failure(403, "err_forbidden", "Forbidden")),
    "forbidden-in-200": Fault("the same inside an HTTP 200, with another code", _FORBIDDEN),
    "status-differs": Fault(
        "HTTP 200 around meta.status 403", Reply.json(200, {"meta": {"status": 403}, "data": [], "fail": []})
    ),
    "campaigns-forbidden": Fault(
        "403 for campaigns only", Reply.failure(403, "err_forbidden", "Forbidden"), on_campaigns=True
    ),
    "product-missing": Fault(
        "app_forbidden: the application lacks the product",
        Reply.flat(
            403,
            "app_forbidden",
            "Resource or method requested does not exist in any product assigned to the application.",
        ),
    ),
    "not-found": Fault("404 with an HTML page", replace(_HTML, status=404)),
    "wrong-method": Fault("405", Reply(405)),
    "bad-request": Fault("400 with an empty body", Reply(400)),
    "conflict": Fault("409 in the flat form", Reply.json(409, {"errors": [{"code": "err_conflict", "field": "data"}]})),
    "rate-limited": Fault("429 that asks for a wait of 1 second", _rate_limited(X_RateLimit_Reset="1000")),
    "rate-limited-once": Fault("the same error once", _rate_limited(X_Rate_Limit_Reset="1000"), times=1),
    "rate-limited-6s": Fault(
        "429 that asks for 6 seconds: too long for a page", _rate_limited(X_RateLimit_Reset="6000")
    ),
    "rate-limited-long": Fault(
        "429 that asks for a wait of 2 minutes", _rate_limited(X_Mimecast_RateLimit_Reset="120000")
    ),
    "rate-limited-seconds": Fault("429 with Retry-After", _rate_limited(Retry_After="120")),
    "rate-limited-date": Fault(
        "429 with Retry-After as a date in the far future", _rate_limited(Retry_After="Fri, 31 Dec 2100 12:00:00 GMT")
    ),
    "rate-limited-twice": Fault(
        "429 with the same header twice, asking for 2 minutes",
        replace(_rate_limited(X_RateLimit_Reset="120000"), repeated_headers=(("X-RateLimit-Reset", "120000"),)),
    ),
    "grades-missing": Fault("a summary without D and F, which are stored as 0", _summary({"a": 5, "b": 4, "c": 3})),
    "no-users": Fault(
        "a summary without any user, which is marked as implausible", _summary(dict.fromkeys("abcdf", 0))
    ),
    "server-error": Fault("500 in the flat form", Reply.flat(500, "internal-error", "An unexpected error occurred")),
    "server-error-once": Fault(
        "the same error once", Reply.flat(500, "internal-error", "An unexpected error"), times=1
    ),
    "bad-gateway": Fault("502 with a proxy's HTML page", replace(_HTML, status=502)),
    "unavailable": Fault("503 with {error: {message}}", Reply.json(503, {"error": {"message": "Try later"}})),
    "unavailable-until-later": Fault("503 with Retry-After: 2 minutes", Reply(503, headers={"Retry-After": "120"})),
    "gateway-timeout": Fault("504 with an empty body", Reply(504)),
    "redirect": Fault("302 to another host", Reply(302, headers={"Location": "https://login.invalid/"})),
    "empty-body": Fault("200 with an empty body", Reply(200)),
    "html-page": Fault("200 with a proxy's sign-in page", _HTML),
    "wrong-content-type": Fault(
        "200 with plain text", Reply(200, b"It works!", headers={"Content-Type": "text/plain"})
    ),
    "truncated": Fault("fewer bytes than announced", replace(_GOOD, ending=Ending.CUT)),
    "endless": Fault("a response that never ends", Reply(200, b"{" + b" " * 65536, ending=Ending.ENDLESS)),
    "gzip-bomb": Fault("64 KB that decompress to 64 MB", Reply(200, _BOMB, headers={"Content-Encoding": "gzip"})),
    "hang-up": Fault("the connection is closed without a response", Reply(200, ending=Ending.HANG_UP)),
    "silent": Fault("no response at all", Reply(200, ending=Ending.SILENT)),
    "empty-data": Fault(
        "200 with an empty data list", Reply.json(200, {"meta": {"status": 200}, "data": [], "fail": []})
    ),
    "odd-counts": Fault("a count that is not a number", _summary({"a": "many"})),
    "same-grade-twice": Fault(
        "a and A in one response", Reply(200, json.dumps({"data": [{"scoreCounts": {"a": 1, "A": 2}}]}).encode())
    ),
    "unknown-grade": Fault("a grade E: stored as other, with a warning", _summary({"a": 5, "d": 2, "e": 3})),
}


def find_fault(name: str) -> Fault:
    """Return the fault of a name.

    Raises:
        UnknownFault: There is none.
    """
    if name not in FAULTS:
        raise UnknownFault(f"The sandbox has no fault {name[:40]!r}.")
    return FAULTS[name]
