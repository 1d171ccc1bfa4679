"""The head of Streamlit's page: our style sheets and scripts."""

from __future__ import annotations

from typing import Final

from mimecast.palette import BETTER_LINE, USERS_LINE, WORSE_LINE
from mimecast.settings.project import PROJECT
from mimecast.ui.server import boot_hints
from mimecast.ui.server.asgi import Application, Message, Receive, Send, asks_for_page, is_page
from mimecast.ui.server.security_headers import content_security_policy

STYLE_SHEETS: Final = ("dashboard.css", "report_picture.css", "print.css")
SCRIPTS: Final = ("print.js", "uploads.js", "popovers.js")
"""Files of `static/` that are put into every page."""

UNWANTED_HEADERS: Final = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""Headers removed from a request for a page: with them, the response would be compressed or empty."""


class PageHead:
    """Middleware that puts our head into every HTML page. All other answers pass unchanged, downloads included."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._head = build_head()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if asks_for_page(scope):
            headers = [(name, value) for name, value in scope["headers"] if name not in UNWANTED_HEADERS]
            await self._application({**scope, "headers": headers}, receive, _PageRewriter(self._head, send))
        else:
            await self._application(scope, receive, send)


class _PageRewriter:
    """Collects an answer and, if it is a page, puts our head at the top of its own."""

    def __init__(self, head: bytes, send: Send) -> None:
        self._head, self._send = head, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        page = self._body.replace(b"<head>", b"<head>" + self._head, 1)
        replaced = (b"content-length", b"etag", b"last-modified")
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in replaced]
        ours = [
            (b"content-length", str(len(page)).encode()),
            (b"content-security-policy", content_security_policy(page).encode()),
        ]
        await self._send({**start, "headers": [*kept, *ours]})
        await self._send({"type": "http.response.body", "body": page})


def build_head() -> bytes:
    """Return what is put at the top of a page's head."""
    colours = f":root{{--better:{BETTER_LINE};--worse:{WORSE_LINE};--neither:{USERS_LINE}}}"
    styles = colours + "".join(_read_static(name) for name in STYLE_SHEETS)
    scripts = boot_hints.script() + "".join(_read_static(name) for name in SCRIPTS)
    return f"<style>{styles}</style>{boot_hints.links()}<script>{scripts}</script>".encode()


def _read_static(name: str) -> str:
    return (PROJECT / "static" / name).read_text(encoding="utf-8")
