"""The head that the server puts into Streamlit's page, and into nothing else."""

from __future__ import annotations

import asyncio

import pytest

from mimecast.ui.server.asgi import Message
from mimecast.ui.server.page_head import PageHead, build_head

PAGE = b"<!DOCTYPE html><html><head><title>x</title></head><body></body></html>"


def get(headers: list[tuple[bytes, bytes]], accept: bytes = b"text/html") -> tuple[dict[bytes, bytes], bytes]:
    """Return headers and body of an answer with these headers and the page, after the middleware."""
    sent: list[Message] = []

    async def application(scope: Message, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": PAGE[20:]})  # type: ignore[operator]

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept", accept)]}
    asyncio.run(PageHead(application)(scope, receive, send))
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


HTML = (b"content-type", b"text/html; charset=utf-8")


def test_a_page_gets_the_head_and_a_policy_for_it() -> None:
    headers, body = get([HTML])
    assert build_head() in body
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"script-src 'self' 'sha256-" in headers[b"content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        [HTML, (b"content-disposition", b"attachment; filename*=UTF-8''report.html")],
        [HTML, (b"content-security-policy", b"default-src 'none'")],
        [(b"content-type", b"application/json")],
    ],
    ids=["a downloaded report", "a page with its own policy", "no page"],
)
def test_anything_else_is_left_alone(headers: list[tuple[bytes, bytes]]) -> None:
    sent, body = get(headers)
    assert body == PAGE
    assert sent == dict(headers)
