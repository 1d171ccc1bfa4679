"""The page that somebody asked for before signing in.

After a sign-in Streamlit always goes to the first page, in a new session. What was asked for is kept here meanwhile, in
this process alone and for a few minutes, under the one thing that the browser shows before and after: the token in
Streamlit's cookie against forged requests. Where that cannot be read the first page is shown.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

COOKIE: Final = "_streamlit_xsrf"
KEPT_SECONDS: Final = 600.0
MAX_PENDING: Final = 1000
MAX_QUERY_CHARS: Final = 2000
"""Letters. Anybody may ask for anything, also before they have signed in."""


@dataclass(frozen=True, slots=True)
class PendingRedirect:
    script: str
    query: dict[str, str]
    until: float


@dataclass
class _Kept:
    by_token: dict[str, PendingRedirect] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def save(script: str) -> None:
    """Keep the page with what the address asks of it."""
    query = st.query_params.to_dict()
    token = token_of(st.context.cookies.get(COOKIE))
    if not token or sum(len(name) + len(value) for name, value in query.items()) > MAX_QUERY_CHARS:
        return
    now, kept = time.monotonic(), _kept()
    with kept.lock:
        for old in [one for one, wanted in kept.by_token.items() if wanted.until < now]:
            del kept.by_token[old]
        if len(kept.by_token) < MAX_PENDING:
            kept.by_token[token] = PendingRedirect(script, query, now + KEPT_SECONDS)


def redirect() -> None:
    """Show what was asked for, once; does not return if there is something."""
    token, kept = token_of(st.context.cookies.get(COOKIE)), _kept()
    with kept.lock:
        wanted = kept.by_token.pop(token, None)
    if wanted and wanted.until >= time.monotonic():
        st.switch_page(wanted.script, query_params=wanted.query)


@st.cache_resource(show_spinner=False)
def _kept() -> _Kept:
    return _Kept()


def token_of(cookie: str | None) -> str:
    """The cookie is `2|mask|token|time` in hexadecimal; the mask is another one each time. Empty if it is not."""
    parts = cookie.split("|") if isinstance(cookie, str) else []
    try:
        mask, masked = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
        return bytes(byte ^ mask[place % len(mask)] for place, byte in enumerate(masked)).hex()
    except (IndexError, ValueError, ZeroDivisionError):
        return ""
