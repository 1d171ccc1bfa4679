"""Security headers on every answer of the server.

The content security policy of a page is set where the page's scripts are known (page_head.py).
"""

from __future__ import annotations

from typing import Final

from mimecast.ui.server.asgi import Application, Message, Receive, Send

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class SecurityHeaders:
    """Middleware that adds the security headers that an answer does not have yet."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                missing = [(name, value) for name, value in SECURITY_HEADERS if name not in present]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        await self._application(scope, receive, send_with_headers)
