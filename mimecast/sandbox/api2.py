"""API 2.0 as the sandbox speaks it: a token for a client id and secret, and calls that show the token.

The shape of the token's answer and of the flat refusals are those that working clients of Mimecast handle; the refusal
of a wrong client is OAuth's own (RFC 6749, section 5.2), since none was recorded.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs

from mimecast.api.auth import Api2Keys
from mimecast.sandbox.replies import Reply

TOKEN_LIFETIME_SECONDS: Final = 1799
"""Seconds for which a token is good, as Mimecast was seen to answer."""

UNKNOWN_CLIENT: Final = Reply.of(
    401, {"error": "invalid_client", "error_description": "Invalid client credentials (assumed answer)"}
)
TOKEN_EXPIRED: Final = Reply.flat(401, "token_expired", "Access Token Expired")


class Api2:
    """One application. `make_token` gives the texts of its tokens."""

    def __init__(
        self,
        keys: Api2Keys,
        *,
        lifetime: float = TOKEN_LIFETIME_SECONDS,
        make_token: Callable[[], str] = lambda: secrets.token_urlsafe(48),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keys = keys
        self.tokens_given = 0
        self._lifetime = lifetime
        self._make_token = make_token
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def token(self, headers: dict[str, str], body: bytes) -> Reply:
        """The answer to a request for a token. `headers` has lower-case names."""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return Reply.of(400, {"error": "invalid_request", "error_description": "Send a form (assumed answer)"})
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        if form.get("grant_type") != "client_credentials":
            return Reply.of(400, {"error": "unsupported_grant_type"})
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        right = (self.keys.client_id, self.keys.client_secret)
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(given, right, strict=True)):
            return UNKNOWN_CLIENT
        token = self._make_token()
        with self._lock:
            self._until[token] = self._clock() + self._lifetime
            self.tokens_given += 1
        return Reply.of(200, {"access_token": token, "token_type": "Bearer", "expires_in": self._lifetime, "scope": ""})

    def refusal(self, headers: dict[str, str]) -> Reply | None:
        """Why a call is refused, or None."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        with self._lock:
            until = self._until.get(token)
        if until is None:
            return Reply.flat(401, "unauthorized", "Unauthorized")
        return TOKEN_EXPIRED if self._clock() >= until else None

    def revoke(self) -> None:
        """End every token before its time."""
        with self._lock:
            self._until = dict.fromkeys(self._until, self._clock())
