"""API 1.0 as the sandbox speaks it: the signature is recomputed from what was sent.

Refusals that were recorded from Mimecast are answered as recorded (wrong application id: HTTP 200 and
`err_developer_key`; wrong access, secret or application key: HTTP 401 and `err_xdk_invalid_signature`). Where nothing
was recorded, the answer is an assumption and says so in its message.
"""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast.api.auth import Api1Keys, authorization, date_text
from mimecast.formatting import MONTHS
from mimecast.sandbox.replies import Reply

ASSUMED_SKEW: Final = timedelta(minutes=15)
"""An assumption: Mimecast publishes no limit on how far `x-mc-date` may be from its own clock."""

INVALID_SIGNATURE: Final = Reply.failure(401, "err_xdk_invalid_signature", "0004 Invalid Signature")
UNKNOWN_APPLICATION: Final = Reply.failure(200, "err_developer_key", "App ID is invalid: INVALID")


class Api1:
    """One application and one binding."""

    def __init__(self, keys: Api1Keys, skew: timedelta, clock: Callable[[], datetime]) -> None:
        self.keys = keys
        self._skew = skew
        self._clock = clock

    def knows(self, headers: dict[str, str]) -> bool:
        """Whether a request names the access key; who does not is given another rate limit."""
        return headers.get("authorization", "").startswith(f"MC {self.keys.access_key}:")

    def refusal(self, path: str, headers: dict[str, str]) -> Reply | None:
        """Why a request is refused, or None. `headers` has lower-case names."""
        names = ("authorization", "x-mc-app-id", "x-mc-date", "x-mc-req-id")
        if missing := [name for name in names if not headers.get(name)]:
            return Reply.assumed(400, "err_xdk_0001", f"0001 Missing {', '.join(missing)}")
        date, request_id = headers["x-mc-date"], headers["x-mc-req-id"]
        if not _is_guid(request_id):
            return Reply.assumed(400, "err_validation_request_id", "x-mc-req-id is not a GUID")
        sent = _instant(date)
        if sent is None or abs(self._clock() - sent) > self._skew:
            said = Reply.assumed(401, "err_xdk_invalid_signature", "x-mc-date is not a date, or too far from now")
            return replace(said, clock=self._clock() - datetime.now(UTC))
        if headers["x-mc-app-id"] != self.keys.app_id:
            return UNKNOWN_APPLICATION
        signed = authorization(self.keys, date=date, request_id=request_id, path=path)
        if not hmac.compare_digest(signed.encode(), headers["authorization"].encode()):
            return INVALID_SIGNATURE
        return None


def _instant(text: str) -> datetime | None:
    """A date of the documented form, `Tue, 24 Nov 2026 12:50:11 UTC`; None for any other."""
    match = re.fullmatch(r"[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) UTC", text)
    if not match:
        return None
    day, month, year, hour, minute, second = match.groups()
    try:
        number = MONTHS.index(month) + 1
        sent = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    return sent if date_text(sent) == text else None


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
