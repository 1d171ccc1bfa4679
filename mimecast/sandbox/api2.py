"""API 2.0 in the sandbox: issues access tokens for a client id and secret, and accepts requests with a token.

The shapes of the token response and of the flat rejections are those that working clients of Mimecast handle. The
rejection of a wrong client is OAuth's (RFC 6749, section 5.2), as there is no recording of one.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs

from mimecast.api.keys import Api2Keys
from mimecast.sandbox.replies import Reply

TOY_CLIENT: Final = Api2Keys(client_id="sandbox-client-id", client_secret="sandbox-client-secret")  # noqa: S106

TOKEN_LIFETIME_SECONDS: Final = 1799
"""Seconds for which a token is valid, as in recorded responses of Mimecast."""

UNKNOWN_CLIENT: Final = Reply.json(
    401, {"error": "invalid_client", "error_description": "Invalid client credentials (assumed answer)"}
)
TOKEN_EXPIRED: Final = Reply.flat(401, "token_expired", "Access Token Expired")


class Api2:
    """One application of API 2.0 and its tokens."""

    def __init__(
        self,
        keys: Api2Keys = TOY_CLIENT,
        *,
        lifetime: float = TOKEN_LIFETIME_SECONDS,
        make_token: Callable[[], str] = lambda: secrets.token_urlsafe(48),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Issue tokens of `make_token` for `keys`, valid for `lifetime` seconds of `clock`."""
        self.keys = keys
        self.tokens_issued = 0
        self._lifetime = lifetime
        self._make_token = make_token
        self._clock = clock
        self._valid_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def issue_token(self, headers: dict[str, str], body: bytes) -> Reply:
        """Return the reply to a request for a token. `headers` has lower-case names."""
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            return Reply.json(400, {"error": "invalid_request", "error_description": "Send a form (assumed answer)"})
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        if form.get("grant_type") != "client_credentials":
            return Reply.json(400, {"error": "unsupported_grant_type"})
        sent = (form.get("client_id", ""), form.get("client_secret", ""))
        expected = (self.keys.client_id, self.keys.client_secret)
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(sent, expected, strict=True)):
            return UNKNOWN_CLIENT
        token = self._make_token()
        with self._lock:
            self._valid_until[token] = self._clock() + self._lifetime
            self.tokens_issued += 1
        return Reply.json(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": self._lifetime, "scope": ""}
        )

    def rejection(self, headers: dict[str, str]) -> Reply | None:
        """Return the reply to a request without a valid token, or None. `headers` has lower-case names."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        with self._lock:
            valid_until = self._valid_until.get(token)
        if valid_until is None:
            return Reply.flat(401, "unauthorized", "Unauthorized")
        return TOKEN_EXPIRED if self._clock() >= valid_until else None

    def expire_tokens(self) -> None:
        """Let every token that has been issued expire now."""
        with self._lock:
            self._valid_until = dict.fromkeys(self._valid_until, self._clock())
