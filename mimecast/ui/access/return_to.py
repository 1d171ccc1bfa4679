"""Returns users to the page that they asked for before signing in.

After a sign-in, Streamlit always redirects to the first page. A cookie of our own keeps what was asked for, for a few
minutes, and the redirect is changed to that page. Where Streamlit redirects differently one day, the first page is
shown.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from mimecast.ui.server.asgi import Application, Message, Receive, Send, asks_for_page, header

COOKIE: Final = "safe_score_return_to"
MAX_AGE_SECONDS: Final = 600

MAX_TARGET_CHARS: Final = 2000
"""A limit, since the request can come from anyone, even before sign-in."""

CALLBACK: Final = "/oauth2callback"
SIGNED_IN_COOKIE: Final = "_streamlit_user"
"""Streamlit's cookie of a signed-in user, whose name begins like this."""


class ReturnTo:
    """Middleware that remembers a page asked for without a sign-in, and redirects to it after the sign-in."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        cookies = read_cookies(header(scope, b"cookie"))
        path: str = scope["path"]
        if path.endswith(CALLBACK):
            send = _redirecting(send, path.removesuffix(CALLBACK), cookies.get(COOKIE, ""))
        elif asks_for_page(scope) and not any(name.startswith(SIGNED_IN_COOKIE) for name in cookies):
            target = _target(scope)
            if target:
                send = _setting_cookie(send, target)
        await self._application(scope, receive, send)


def read_cookies(value: bytes) -> dict[str, str]:
    """Return the cookies of a request by name; none where they cannot be read."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(value.decode("latin-1")).items()}
    except CookieError:
        return {}


def checked_target(cookie: str) -> str:
    """Return the path and query of a cookie, or nothing where it is not a page of this server."""
    target = unquote(cookie)
    parts = urlsplit(target)
    is_local = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    is_plain = target.isprintable() and "\\" not in target and len(target) <= MAX_TARGET_CHARS
    return target if is_local and is_plain else ""


def _target(scope: Message) -> str:
    """Return what a request asks for, if that is more than the first page."""
    query = scope.get("query_string", b"").decode("latin-1")
    path: str = scope["path"]
    if not query and not path.strip("/"):
        return ""
    target = f"{quote(path)}{'?' if query else ''}{query}"
    return target if len(target) <= MAX_TARGET_CHARS else ""


def _setting_cookie(send: Send, target: str) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            value = f"{COOKIE}={quote(target, safe='')}; Max-Age={MAX_AGE_SECONDS}; Path=/; HttpOnly; SameSite=Lax"
            message = {**message, "headers": [*message["headers"], (b"set-cookie", value.encode())]}
        await send(message)

    return send_with_cookie


def _redirecting(send: Send, base: str, cookie: str) -> Send:
    """Change a redirect to the first page, which follows a sign-in, into one to the remembered page."""
    target = checked_target(cookie)

    async def send_redirect(message: Message) -> None:
        if message["type"] == "http.response.start" and cookie:
            headers = list(message["headers"])
            if 300 <= message["status"] < 400 and header(message, b"location").rstrip(b"/") == base.encode() and target:
                headers = [(name, value) for name, value in headers if name.lower() != b"location"]
                headers.append((b"location", target.encode()))
            headers.append((b"set-cookie", f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax".encode()))
            message = {**message, "headers": headers}
        await send(message)

    return send_redirect
