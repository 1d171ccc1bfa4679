"""Security headers on every answer of the server, and the content security policies of pages."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from mimecast.ui.server.asgi import Application, Message, Receive, Send

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
"""Nothing is loaded from another host, and no other site frames the dashboard. Streamlit puts styles into the page."""

POLICY_WITHOUT_SCRIPTS: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The policy of a page that is served instead of Streamlit's."""


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


def content_security_policy(page: bytes) -> str:
    """Return the policy of a page: of all scripts in it, those that it has now may run."""
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    return CONTENT_SECURITY_POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests))
