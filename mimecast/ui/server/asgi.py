"""Types of an ASGI application, and answers that are read whole before they go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]


def header(message: Message, name: bytes) -> bytes:
    """Return a header of a request's scope or a response's start, by its lower-case name; empty without it."""
    return next((value for key, value in message["headers"] if key.lower() == name), b"")


def asks_for_page(scope: Message) -> bool:
    """Return whether a request is a browser's for an HTML page."""
    return bool(scope["type"] == "http" and scope["method"] == "GET" and b"text/html" in header(scope, b"accept"))


def is_page(start: Message) -> bool:
    """Return whether a response is an HTML page of Streamlit: no download, and no page with a policy of its own."""
    content_type, disposition = header(start, b"content-type"), header(start, b"content-disposition")
    is_html = content_type.startswith(b"text/html") and not disposition.startswith(b"attachment")
    return is_html and not header(start, b"content-security-policy")
