"""Access tokens of API 2.0, kept in memory and shared by all threads of a process.

Source: Mimecast's API 2.0 documentation; client credentials grant of OAuth 2.0 (RFC 6749, section 4.4).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mimecast.api.errors import ClientRejected, ResponseUnreadable
from mimecast.api.keys import Api2Keys
from mimecast.api.response import error_for
from mimecast.api.transport import TIMEOUT, post

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path

REFRESH_MARGIN_SECONDS: Final = 60.0
"""Seconds before its expiry from which a token is no longer used."""


@dataclass(slots=True)
class _CachedToken:
    """The token of one client, and the lock under which it is fetched."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default="", repr=False)
    usable_until: float = 0.0
    """A reading of the cache's clock, in seconds."""


class TokenCache:
    """Access tokens of any number of clients. When several threads need the same token, one of them fetches it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Create an empty cache; `clock` counts seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, Api2Keys], _CachedToken] = {}

    def get(self, base_url: str, keys: Api2Keys, *, timeout: tuple[float, float] = TIMEOUT) -> str:
        """Return a token that does not expire soon, fetching one where necessary.

        Raises:
            MimecastError: No token was issued; `ClientRejected` when Mimecast rejects the keys.
        """
        cached = self._entry(base_url, keys)
        with cached.lock:
            if not cached.token or self._clock() >= cached.usable_until:
                token, lifetime = fetch_token(base_url, keys, timeout=timeout)
                usable_for = max(lifetime - REFRESH_MARGIN_SECONDS, lifetime / 2)
                cached.token, cached.usable_until = token, self._clock() + usable_for
            return cached.token

    def forget(self, base_url: str, keys: Api2Keys, token: str) -> None:
        """Drop a token that Mimecast rejected, unless another thread has replaced it."""
        cached = self._entry(base_url, keys)
        with cached.lock:
            if cached.token == token:
                cached.token = ""

    def clear(self) -> None:
        """Drop every token."""
        with self._lock:
            self._tokens.clear()

    def _entry(self, base_url: str, keys: Api2Keys) -> _CachedToken:
        with self._lock:
            return self._tokens.setdefault((base_url, keys), _CachedToken())


PROCESS_TOKENS: Final = TokenCache()
"""The tokens of this process."""


def fetch_token(base_url: str, keys: Api2Keys, *, timeout: tuple[float, float] = TIMEOUT) -> tuple[str, float]:
    """Request a new access token. Return it with its lifetime in seconds (`expires_in`).

    Raises:
        MimecastError: No token was issued; `ClientRejected` when Mimecast rejects the keys.
    """
    form = {
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "grant_type": "client_credentials",
    }
    response = post(base_url + TOKEN_PATH, form=form, timeout=timeout)
    if response.status != 200:
        raise error_for(response, on_401=ClientRejected)
    try:
        payload = json.loads(response.body)
        token, lifetime = payload["access_token"], float(payload["expires_in"])
    except (ValueError, TypeError, KeyError, RecursionError):
        token, lifetime = None, 0.0
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not 0 < lifetime < 1e9:
        raise ResponseUnreadable("Mimecast's response has no token or no lifetime.")
    return token, lifetime
