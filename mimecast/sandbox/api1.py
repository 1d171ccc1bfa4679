"""API 1.0 in the sandbox: verifies each signature by computing it from the request.

Rejections of which there are recordings are sent as recorded: HTTP 200 with `err_developer_key` for a wrong application
ID, HTTP 401 with `err_xdk_invalid_signature` for a wrong access, secret or application key. The message of any other
rejection says that it is assumed.
"""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast.api.auth import authorization_header, format_mc_date, utc_now
from mimecast.api.keys import Api1Keys
from mimecast.formatting import MONTHS
from mimecast.sandbox.replies import Reply

TOY_KEYS: Final = Api1Keys(
    access_key="sandbox-access-key",
    secret_key="c2FuZGJveC1zZWNyZXQta2V5",  # noqa: S106 - base64 of "sandbox-secret-key": opens nothing but the sandbox
    app_id="5a4db0c5-0000-4000-8000-5afe5c04e000",
    app_key="sandbox-application-key",
)

ASSUMED_MAX_SKEW: Final = timedelta(minutes=15)
"""How far `x-mc-date` may be from the sandbox's clock: an assumption, as Mimecast publishes no limit."""

INVALID_SIGNATURE: Final = Reply.failure(401, "err_xdk_invalid_signature", "0004 Invalid Signature")
UNKNOWN_APPLICATION: Final = Reply.failure(200, "err_developer_key", "App ID is invalid: INVALID")


class Api1:
    """One application of API 1.0 and its only binding."""

    def __init__(
        self,
        keys: Api1Keys = TOY_KEYS,
        *,
        max_skew: timedelta = ASSUMED_MAX_SKEW,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Accept requests that are signed with `keys`, at most `max_skew` from the time of `clock` (UTC)."""
        self.keys = keys
        self._max_skew = max_skew
        self._clock = clock

    def is_known(self, headers: dict[str, str]) -> bool:
        """Return whether a request names the access key; other requests have another rate limit."""
        return headers.get("authorization", "").startswith(f"MC {self.keys.access_key}:")

    def rejection(self, path: str, headers: dict[str, str]) -> Reply | None:
        """Return the reply to a request that is not authenticated, or None. `headers` has lower-case names."""
        names = ("authorization", "x-mc-app-id", "x-mc-date", "x-mc-req-id")
        if missing := [name for name in names if not headers.get(name)]:
            return Reply.assumed(400, "err_xdk_0001", f"0001 Missing {', '.join(missing)}")
        date, request_id = headers["x-mc-date"], headers["x-mc-req-id"]
        if not _is_guid(request_id):
            return Reply.assumed(400, "err_validation_request_id", "x-mc-req-id is not a GUID")
        sent_at = _parse_date(date)
        if sent_at is None or abs(self._clock() - sent_at) > self._max_skew:
            reply = Reply.assumed(401, "err_xdk_invalid_signature", "x-mc-date is not a date, or too far from now")
            return replace(reply, clock_offset=self._clock() - datetime.now(UTC))
        if headers["x-mc-app-id"] != self.keys.app_id:
            return UNKNOWN_APPLICATION
        expected = authorization_header(self.keys, date=date, request_id=request_id, path=path)
        if not hmac.compare_digest(expected.encode(), headers["authorization"].encode()):
            return INVALID_SIGNATURE
        return None


def date_departures(text: str) -> list[str]:
    """Return how an accepted `x-mc-date` departs from the documented form, as two of Mimecast's sample programs do."""
    departures = []
    if text.endswith("GMT"):
        departures.append("x-mc-date ends with GMT instead of UTC")
    if re.match(r"[A-Z][a-z]{2}, \d ", text):
        departures.append("the day in x-mc-date has one digit")
    return departures


def _parse_date(text: str) -> datetime | None:
    """Return a date like the documented `Tue, 24 Nov 2026 12:50:11 UTC`, or None for any other.

    Mimecast's sample programs also send `GMT` (C#) and a day without a leading zero (Java), so both are accepted.
    """
    match = re.fullmatch(
        r"([A-Z][a-z]{2}), (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:UTC|GMT)", text, re.ASCII
    )
    if not match:
        return None
    weekday, day, month_name, year, hour, minute, second = match.groups()
    try:
        month = MONTHS.index(month_name) + 1
        date = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    return date if format_mc_date(date).startswith(f"{weekday}, ") else None


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
