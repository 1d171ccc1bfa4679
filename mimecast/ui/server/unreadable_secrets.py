"""Answers requests with a sentence while Streamlit cannot start because of a secrets file.

Streamlit reads the file before it serves anything. At one that it cannot decode or open, it fails with a bare 500, and
none of our pages runs. Other mistakes in the file leave Streamlit running, and the gate of the pages shows them.
"""

from __future__ import annotations

from html import escape
from typing import Final

from mimecast.problem import Problem
from mimecast.text.glossary import PRODUCT
from mimecast.ui.access.gate import NO_PAGE_SHOWN
from mimecast.ui.secrets import server_problem
from mimecast.ui.server.asgi import Application, Message, Receive, Send, asks_for_page
from mimecast.ui.server.security_headers import POLICY_WITHOUT_SCRIPTS, SECURITY_HEADERS

PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{product}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:42rem;padding:0 1rem}}</style>
</head>
<body>
<h1>{product}</h1>
<h2>{title}</h2>
<p>{text}</p>
</body>
</html>
"""

TRY_AGAIN_LATER: Final = 1013
"""Status with which a WebSocket is closed (RFC 6455 and IANA's registry)."""


class ExplainUnreadableSecrets:
    """ASGI application around the dashboard's `st.App`. Once the file is corrected, the next request reaches it."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._has_started = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        problem = server_problem() if asks_for_page(scope) or not self._has_started else None
        if problem is None:
            self._has_started = True
            await self._application(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _serve_lifespan(receive, send)
        elif scope["type"] == "http":
            await _serve_page(problem, send)
        else:
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})


async def _serve_lifespan(receive: Receive, send: Send) -> None:
    """Let the server start and stop. Streamlit starts with the first request that reaches it."""
    while True:
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return


async def _serve_page(problem: Problem, send: Send) -> None:
    text = f"{problem.message} {problem.remedy} {NO_PAGE_SHOWN}"
    body = PAGE.format(product=escape(PRODUCT), title=escape(problem.title), text=escape(text)).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", POLICY_WITHOUT_SCRIPTS.encode()),
        (b"cache-control", b"no-store"),
        *SECURITY_HEADERS,
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
