"""Receivers of notifications on loopback: a mail server, and web servers that take, refuse or never answer requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

STOP_POLL_SECONDS = 0.02
"""How often a server looks whether it has to end."""


@dataclass
class WebReceiver:
    """A web server that answers every request with `status`. `requests` are the paths and bodies that it received."""

    status: int = 200
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What Apprise's service json:// has posted."""
        return [json.loads(body) for _, body in self.requests]

    def url(self, path: str = "recognisable") -> str:
        """Return its Apprise URL, whose path is secret."""
        return f"json://127.0.0.1:{self.port}/{path}"

    @contextmanager
    def serve(self) -> Iterator[WebReceiver]:
        """Serve on a free port."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.requests.append((self.path, body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(STOP_POLL_SECONDS,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def dead_receiver() -> Iterator[str]:
    """Return the Apprise URL of a server that accepts connections and never answers."""
    with create_server(("127.0.0.1", 0)) as server:
        yield f"json://127.0.0.1:{server.getsockname()[1]}/recognisable?rto=300&cto=300"


@dataclass
class MailServer:
    """An SMTP server. `mails` are those that it received."""

    mails: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    def url(self, recipient: str = "ana@contoso.com") -> str:
        """Return its Apprise URL, whose password is secret."""
        sender = "from=dashboard@contoso.com&name=Dashboard"
        return f"mailto://127.0.0.1:{self.port}?smtp=127.0.0.1&{sender}&to={recipient}&mode=insecure"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail; the name is aiosmtpd's."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    @contextmanager
    def serve(self) -> Iterator[MailServer]:
        """Serve on a free port."""
        with create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
