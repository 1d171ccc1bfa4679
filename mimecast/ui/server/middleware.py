"""What a browser gets before any page's script has run: Streamlit's own page, with our styles and safe headers.

Streamlit's client finds out by trying where its server is: on every page but the first its first guess is wrong, and it
waits a tenth of a second before the next. So the page says it. `window.__streamlit` is not documented: where a later
Streamlit no longer understands it, pages take that tenth of a second again, and nothing is missing.

Streamlit's client asks for the code of an element when it meets the first one, with the page half drawn. What nearly
every page is made of is asked for at once: Plotly.js as a script that is loaded ahead, since Chromium then takes it as
it compiled it on an earlier visit and compiles it anew otherwise; and all of it is run while the client waits for its
server. Where a later Streamlit calls a file something else, it is not asked for early, and nothing is missing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import streamlit as st
from starlette.middleware import Middleware

from mimecast.ui.server.printing import PRINT_SCRIPT, PRINT_STYLE
from mimecast.ui.widgets.cards import CARD_STYLE
from mimecast.ui.widgets.tables import TABLE_STYLE

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

BACKEND_HINT: Final = "window.__streamlit={BACKEND_BASE_URL:new URL('./',location.href).href};"
"""Beside the page itself, as its files are; behind a proxy and under a path too."""

PLOTLY: Final = "PlotlyChart"

PRELOADED_ELEMENTS: Final = ("PageLink", "Button", "Html", "ButtonGroup", "DownloadButton", PLOTLY)
"""What nearly every page is made of, as Streamlit's files for the browser are called; what takes longest comes last."""

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Nothing comes from another host, and nobody puts the dashboard into a frame. Streamlit writes styles in the page."""


class PageMiddleware:
    """Around the whole server. Any other answer than a page goes through as it is, with the headers."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._head = head()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
        elif scope["method"] == "GET" and b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            await self._application(_without_conditions(scope), receive, _Page(self._head, send))
        else:
            await self._application(scope, receive, _with_headers(send))


class _Page:
    """Takes an answer in; if it is a page, what belongs at the top of its head is put there."""

    def __init__(self, head: bytes, send: Send) -> None:
        self._head, self._send = head, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await _with_headers(self._send)(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        page = self._body.replace(b"<head>", b"<head>" + self._head, 1)
        kept = [one for one in start["headers"] if one[0].lower() not in (b"content-length", b"etag", b"last-modified")]
        own = [(b"content-length", str(len(page)).encode()), (b"content-security-policy", policy(page).encode())]
        await _with_headers(self._send)({**start, "headers": [*kept, *own]})
        await self._send({"type": "http.response.body", "body": page})


def middleware() -> list[Middleware]:
    """The `middleware` of the dashboard's `st.App`."""
    return [Middleware(PageMiddleware)]


def head() -> bytes:
    """What is put at the top of a page's head."""
    links = "".join(f'<link rel="preload" as="script" crossorigin href="{file}">' for file in _files(PLOTLY))
    scripts = f"{BACKEND_HINT}{_running_ahead()}{PRINT_SCRIPT}"
    return f"<style>{TABLE_STYLE}{CARD_STYLE}{PRINT_STYLE}</style>{links}<script>{scripts}</script>".encode()


def _running_ahead() -> str:
    """Once the client runs, and has asked for its server."""
    files = [file for name in PRELOADED_ELEMENTS for file in _files(name)]
    run = f"for(const one of {json.dumps(files)})import(one)"
    return f"addEventListener('DOMContentLoaded',()=>setTimeout(()=>{{{run}}}));"


def _files(name: str) -> list[str]:
    """Where the page finds the file of this name, which has a digest in it: one address, or none."""
    static = Path(st.__file__).parent / "static"
    return [f"./{file.relative_to(static).as_posix()}" for file in static.glob(f"static/js/{name}.*.js")]


def policy(page: bytes) -> str:
    """The content security policy of a page: of all scripts in it, those that stand there now may run."""
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    return CONTENT_SECURITY_POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests))


def _is_page(start: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _without_conditions(scope: Message) -> Message:
    """The request without what would be answered by a compressed page, or by none."""
    unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [one for one in scope["headers"] if one[0] not in unwanted]}


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            own = [(name, value) for name, value in SECURITY_HEADERS if name not in there]
            message = {**message, "headers": [*message["headers"], *own]}
        await send(message)

    return sending
