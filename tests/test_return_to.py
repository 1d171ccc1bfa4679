"""After a sign-in, users get the page that they asked for before it, and nothing but a page of this server."""

from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie
from urllib.parse import quote

import pytest

from mimecast.ui.access.return_to import COOKIE, MAX_TARGET_CHARS, ReturnTo
from mimecast.ui.server.asgi import Message

SIGNED_IN = "_streamlit_user=token"


def request(path: str, query: str = "", cookie: str = "", *, status: int = 200, location: str = "") -> Message:
    """Return what the middleware sends for a page request to an application that replies with this status."""
    sent: list[Message] = []

    async def application(scope: Message, receive: object, send: object) -> None:
        headers = [(b"location", location.encode())] if location else []
        await send({"type": "http.response.start", "status": status, "headers": headers})  # type: ignore[operator]

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"accept", b"text/html"), (b"cookie", cookie.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    asyncio.run(ReturnTo(application)(scope, receive, send))
    (start,) = sent
    return start


def cookie_of(message: Message) -> str | None:
    """Return the value that a response gives to the cookie; None where it does not set it."""
    for name, value in message["headers"]:
        if name == b"set-cookie":
            return SimpleCookie(value.decode())[COOKIE].value
    return None


def location_of(message: Message) -> str:
    """Return where a response redirects to."""
    (location,) = [str(value.decode()) for name, value in message["headers"] if name == b"location"]
    return location


def test_a_page_asked_for_without_a_sign_in_is_remembered_and_returned_to() -> None:
    cookie = cookie_of(request("/history", "range=90d&account=contoso"))
    assert cookie is not None
    callback = request("/oauth2callback", "code=1", f"{COOKIE}={cookie}", status=302, location="/")
    assert location_of(callback) == "/history?range=90d&account=contoso"
    assert cookie_of(callback) == "", "the cookie is used once"


@pytest.mark.parametrize(
    ("path", "query", "cookie"),
    [("/", "", ""), ("/history", "", SIGNED_IN), ("/history", "x=" + "x" * MAX_TARGET_CHARS, "")],
    ids=["the first page", "signed in", "too long"],
)
def test_nothing_is_remembered_where_there_is_nothing_to_return_to(path: str, query: str, cookie: str) -> None:
    assert cookie_of(request(path, query, cookie)) is None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/history\r\nSet-Cookie: a=b",
        "history",
        "/" + "x" * MAX_TARGET_CHARS,
    ],
)
def test_a_forged_cookie_leads_nowhere_else(target: str) -> None:
    callback = request("/oauth2callback", "", f"{COOKIE}={quote(target, safe='')}", status=302, location="/")
    assert location_of(callback) == "/"


def test_a_redirect_to_elsewhere_is_left_alone() -> None:
    cookie = f"{COOKIE}={quote('/history', safe='')}"
    callback = request("/oauth2callback", "", cookie, status=302, location="/error")
    assert location_of(callback) == "/error"


def test_under_a_base_path_the_redirect_to_the_first_page_is_recognised() -> None:
    cookie = cookie_of(request("/scores/history", "range=30d"))
    callback = request("/scores/oauth2callback", "", f"{COOKIE}={cookie}", status=302, location="/scores/")
    assert location_of(callback) == "/scores/history?range=30d"
