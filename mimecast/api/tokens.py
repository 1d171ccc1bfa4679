"""Tokens for API 2.0: fetched once, kept in memory only, shared by all threads of a process.

Method: Mimecast's API 2.0 documentation, client credentials of OAuth 2.0 (RFC 6749, section 4.4).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mimecast.api.auth import Api2Keys
from mimecast.api.errors import ClientRejected, ResponseUnreadable
from mimecast.api.response import error_for
from mimecast.api.transport import TIMEOUT, post

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path

REFRESH_MARGIN: Final = 60.0
"""Seconds before its end at which a token is no longer used."""


@dataclass(slots=True)
class _CachedToken:
    """One client's token, and the lock under which it is fetched."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default="", repr=False)
    until: float = 0.0


class TokenCache:
    """The tokens of any number of clients. When ten threads need one at the same instant, one fetches it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[tuple[str, Api2Keys], _CachedToken] = {}

    def get(self, base_url: str, keys: Api2Keys, *, timeout: tuple[float, float] = TIMEOUT) -> str:
        """A token that is good for another minute. Raises MimecastError, ClientRejected above all."""
        held = self._of(base_url, keys)
        with held.lock:
            if not held.token or self._clock() >= held.until:
                token, lifetime = fetch(base_url, keys, timeout=timeout)
                held.token, held.until = token, self._clock() + max(lifetime - REFRESH_MARGIN, lifetime / 2)
            return held.token

    def forget(self, base_url: str, keys: Api2Keys, token: str) -> None:
        """Mimecast refused this token; another one, fetched meanwhile, is kept."""
        held = self._of(base_url, keys)
        with held.lock:
            if held.token == token:
                held.token = ""

    def _of(self, base_url: str, keys: Api2Keys) -> _CachedToken:
        with self._lock:
            return self._held.setdefault((base_url, keys), _CachedToken())


PROCESS_TOKENS: Final = TokenCache()
"""Those of this process."""


def fetch(base_url: str, keys: Api2Keys, *, timeout: tuple[float, float] = TIMEOUT) -> tuple[str, float]:
    """A new token and its lifetime in seconds, as `expires_in` says. Raises MimecastError."""
    form = {
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "grant_type": "client_credentials",
    }
    answer = post(base_url + TOKEN_PATH, form=form, timeout=timeout)
    if answer.status != 200:
        raise error_for(answer, on_401=ClientRejected)
    try:
        read = json.loads(answer.body)
        token, lifetime = read["access_token"], float(read["expires_in"])
    except (ValueError, TypeError, KeyError, RecursionError):
        token, lifetime = None, 0.0
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not 0 < lifetime < 1e9:
        raise ResponseUnreadable("Mimecast's answer holds no token and no time for which it is good.")
    return token, lifetime
