"""Limits on what a client may cost the server, before and after sign-in.

Streamlit accepts uploads and keeps files for any client that has connected, and connects any number of them. Here,
uploads and stored media need a sign-in where there is one, and the number of sessions and of uploads is limited. The
size of a message is limited by `server.maxMessageSize` and that of an upload by `server.maxUploadSize` in
.streamlit/config.toml.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse

from mimecast.problem import Problem
from mimecast.ui.access.policy import check_request
from mimecast.ui.server.asgi import Application, Message, Receive, Send

FILES: Final = re.compile(r"(^|/)(_stcore/upload_file|media)/")
"""Paths of uploads and of files that Streamlit keeps for a page."""

UPLOAD: Final = re.compile(r"(^|/)_stcore/upload_file/([^/]+)/")

MAX_SESSIONS: Final = 300
MAX_CONNECTIONS_BEFORE_SIGN_IN: Final = 100
MAX_SESSIONS_BEFORE_SIGN_IN: Final = 16
"""When there are more, the oldest of them ends: a client that opens many does not keep others from signing in."""

ACTIONS_PER_SECOND: Final = 5.0
MAX_BURST: Final = 20
"""All clients together that have not signed in connect and send messages no faster than this, after a burst. A sign-in
takes three such actions."""

MAX_UPLOADS_PER_SESSION: Final = 20
MAX_COUNTED_SESSIONS: Final = 1000


class Limits:
    """Middleware that refuses files without a sign-in, and sessions and uploads beyond the limits."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._connections: Counter[str] = Counter()
        self._before_sign_in: OrderedDict[int, asyncio.Event] = OrderedDict()
        self._pace = _Pace(ACTIONS_PER_SECOND, MAX_BURST)
        self._uploads: OrderedDict[str, int] = OrderedDict()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await self._serve_session(scope, receive, send)
        elif scope["type"] == "http" and FILES.search(scope["path"]):
            await self._serve_file(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _serve_file(self, scope: Message, receive: Receive, send: Send) -> None:
        refusal = None
        if not await _may_use(HTTPConnection(scope).cookies):
            refusal = PlainTextResponse("Sign in first.", status_code=403)
        elif scope["method"] == "PUT" and not self._count_upload(scope["path"]):
            refusal = PlainTextResponse("Reload the page before you upload more files.", status_code=429)
        await (refusal or self._application)(scope, receive, send)

    def _count_upload(self, path: str) -> bool:
        """Return whether the session of an upload may have one more."""
        match = UPLOAD.search(path)
        session = match[2] if match else ""
        count = self._uploads.pop(session, 0) + 1
        self._uploads[session] = count
        if len(self._uploads) > MAX_COUNTED_SESSIONS:
            self._uploads.popitem(last=False)
        return count <= MAX_UPLOADS_PER_SESSION

    async def _serve_session(self, scope: Message, receive: Receive, send: Send) -> None:
        may_use = await _may_use(HTTPConnection(scope).cookies)
        kind, limit = ("users", MAX_SESSIONS) if may_use else ("others", MAX_CONNECTIONS_BEFORE_SIGN_IN)
        if self._connections[kind] >= limit:
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        self._connections[kind] += 1
        try:
            serve = self._application if may_use else self._serve_before_sign_in
            await serve(scope, receive, send)
        finally:
            self._connections[kind] -= 1

    async def _serve_before_sign_in(self, scope: Message, receive: Receive, send: Send) -> None:
        is_over = asyncio.Event()
        self._before_sign_in[id(is_over)] = is_over
        if len(self._before_sign_in) > MAX_SESSIONS_BEFORE_SIGN_IN:
            _, oldest = self._before_sign_in.popitem(last=False)
            oldest.set()
        try:
            await self._application(scope, self._receive_slowly(is_over, receive), send)
        finally:
            self._before_sign_in.pop(id(is_over), None)

    def _receive_slowly(self, is_over: asyncio.Event, receive: Receive) -> Receive:
        """Return `receive`, which keeps the pace, and says that the client has gone once `is_over` is set."""

        async def receive_or_end() -> Message:
            await self._pace.wait()
            return await _first(receive, is_over)

        return receive_or_end


class _Pace:
    """Lets callers pass at a steady rate, after a burst. They pass in the order in which they came."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval = 1 / per_second
        self._burst_seconds = burst * self._interval
        self._next = 0.0

    async def wait(self) -> None:
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now - self._burst_seconds) + self._interval
        await asyncio.sleep(max(self._next - now, 0.0))


async def _first(receive: Receive, is_over: asyncio.Event) -> Message:
    """Return the next message, or that the client has gone when `is_over` is set before it arrives."""
    message, end = asyncio.ensure_future(receive()), asyncio.ensure_future(is_over.wait())
    try:
        await asyncio.wait((message, end), return_when=asyncio.FIRST_COMPLETED)
        return message.result() if message.done() else {"type": "websocket.disconnect", "code": 1013}
    finally:
        message.cancel()
        end.cancel()


async def _may_use(cookies: Mapping[str, str]) -> bool:
    """Return whether a client may use the dashboard now: it has signed in, or no one has to."""
    try:
        await run_in_threadpool(check_request, dict(cookies))
    except Problem:
        return False
    return True
