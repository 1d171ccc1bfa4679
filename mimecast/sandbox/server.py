"""A local HTTP server that speaks both generations of the API strictly, and misbehaves when it is told to."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from mimecast.api.auth import Api1Keys, Api2Keys, new_request_id, utc_now
from mimecast.api.client import SAFE_SCORE_SUMMARY
from mimecast.api.tokens import TOKEN_PATH
from mimecast.domain.scores import ScoreCounts
from mimecast.problem import Problem
from mimecast.sandbox.api1 import ASSUMED_SKEW, Api1
from mimecast.sandbox.api2 import Api2
from mimecast.sandbox.faults import Fault, find_fault
from mimecast.sandbox.replies import Ending, Reply

TOY_KEYS: Final = Api1Keys(
    access_key="sandbox-access-key",
    secret_key="c2FuZGJveC1zZWNyZXQta2V5",  # noqa: S106 - base64 of "sandbox-secret-key": opens nothing but the sandbox
    app_id="5a4db0c5-0000-4000-8000-5afe5c04e000",
    app_key="sandbox-application-key",
)
TOY_CLIENT: Final = Api2Keys(client_id="sandbox-client-id", client_secret="sandbox-client-secret")  # noqa: S106

RATE_WINDOW_SECONDS: Final = 5.0
RATE_LIMIT: Final = 800
UNKNOWN_KEY_RATE_LIMIT: Final = 5000
"""Requests per window of seconds, as recorded; an unknown access key was given the higher limit."""

MAX_BODY_BYTES: Final = 64 * 1024
SILENCE_SECONDS: Final = 60.0
"""Seconds for which a silent answer keeps its connection."""


class PortInUse(Problem):
    title = "The port is taken"
    remedy = "End the program that uses it, or choose another with --port."


class Sandbox:
    """The server, listening from `__enter__` to `__exit__` on a loopback address.

    `counts` gives the score counts to answer with; `port` 0 takes any free one; with `tls` it speaks HTTPS. Raises
    PortTaken, and NoSuchFault.
    """

    def __init__(
        self,
        counts: Callable[[], ScoreCounts],
        *,
        keys: Api1Keys = TOY_KEYS,
        client: Api2 | None = None,
        port: int = 0,
        latency: float = 0.0,
        skew: timedelta = ASSUMED_SKEW,
        clock: Callable[[], datetime] = utc_now,
        fault: str | None = None,
        tls: ssl.SSLContext | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.keys = keys
        self.api2 = client or Api2(TOY_CLIENT)
        self.requests_seen: list[str] = []
        """Ids of the requests that were answered with counts, oldest first."""
        self.calls = 0
        """Requests for counts, answered in whichever way."""
        self.token_requests = 0
        """Requests for a token, the same."""
        self._api1 = Api1(keys, skew, clock)
        self._counts = counts
        self._latency = latency
        self._log = log
        self._used: dict[bool, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._faults_left: int | None = None
        self.set_fault(fault)
        self._ended = threading.Event()
        self._scheme = "https" if tls else "http"
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise PortInUse(f"Port {port} on 127.0.0.1 cannot be used: {error.strerror}.") from None
        self._server.sandbox = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, name="sandbox", daemon=True)

    @property
    def base_url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def set_fault(self, fault: str | None) -> None:
        """Answer with this fault from now on; None ends it. Raises NoSuchFault."""
        found = find_fault(fault) if fault is not None else None
        with self._lock:
            self._fault, self._faults_left = found, found.times if found else None

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """What Mimecast would say to this request. `headers` has lower-case names."""
        if self._latency:
            time.sleep(self._latency)
        if path not in (SAFE_SCORE_SUMMARY, TOKEN_PATH):
            return Reply.assumed(404, "err_not_found", "No such path")
        if method != "POST":
            return Reply.assumed(405, "err_method_not_allowed", "Use POST")
        with self._lock:
            self.calls += path == SAFE_SCORE_SUMMARY
            self.token_requests += path == TOKEN_PATH
        if faulty := self._faulty(path):
            return faulty
        if path == TOKEN_PATH:
            return self.api2.token(headers, body)
        if headers.get("authorization", "").startswith("Bearer ") and "x-mc-date" not in headers:
            refused = self.api2.refusal(headers)
        else:
            refused = self._api1.refusal(path, headers)
        return refused or self._bad_body(headers, body) or self._granted(headers)

    def allowance(self, headers: dict[str, str]) -> dict[str, str]:
        """The rate-limit headers for one more request."""
        known = self._api1.knows(headers)
        with self._lock:
            now = time.monotonic()
            began, used = self._used.get(known, (now, 0))
            if now - began >= RATE_WINDOW_SECONDS:
                began, used = now, 0
            self._used[known] = (began, used + 1)
        limit = RATE_LIMIT if known else UNKNOWN_KEY_RATE_LIMIT
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(limit - used - 1, 0)),
            "X-RateLimit-Reset": str(round(1000 * (RATE_WINDOW_SECONDS - (now - began)))),
        }

    def log(self, line: str) -> None:
        if self._log:
            self._log(line)

    def keep_silent(self) -> None:
        self._ended.wait(SILENCE_SECONDS)

    def _faulty(self, path: str) -> Reply | None:
        with self._lock:
            fault = self._fault
            if fault is None or fault.on_token != (path == TOKEN_PATH) or self._faults_left == 0:
                return None
            if self._faults_left is not None:
                self._faults_left -= 1
            return fault.reply

    def _bad_body(self, headers: dict[str, str], body: bytes) -> Reply | None:
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Reply.assumed(400, "err_validation_content_type", "Content-Type is not application/json")
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            return Reply.assumed(400, "err_validation_body", "The body is not JSON")
        if not isinstance(sent, dict) or not isinstance(sent.get("data"), list):
            return Reply.assumed(400, "err_validation_body", "The body has no list named data")
        return None

    def _granted(self, headers: dict[str, str]) -> Reply:
        counts = {letter: users for letter, users in self._counts().as_mapping().items() if letter != "other"}
        request_id = headers.get("x-mc-req-id") or new_request_id()
        with self._lock:
            self.requests_seen.append(request_id)
        return Reply.of(
            200,
            {"fail": [], "meta": {"status": 200}, "data": [{"scoreCounts": counts}]},
            headers={} if "x-mc-req-id" in headers else {"x-request-id": request_id},
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    """Many may ask at the same instant; those who find no room are heard a second later."""
    sandbox: Sandbox

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that hangs up, or does not trust the certificate, is no fault of the server's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def _serve(self) -> None:
        sandbox = self.server.sandbox
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        size = int(length) if length.isdecimal() else MAX_BODY_BYTES + 1
        if size > MAX_BODY_BYTES:
            reply, self.close_connection = Reply.assumed(413, "err_too_large", "The body is too large"), True
        else:
            reply = sandbox.answer(self.command, self.path, headers, self.rfile.read(size))
        sandbox.log(f"{self.command} {urlsplit(self.path).path} {reply.status}")
        if reply.ending is not Ending.WHOLE:
            self.close_connection = True
        match reply.ending:
            case Ending.SILENT:
                sandbox.keep_silent()
            case Ending.HANG_UP:
                return
            case Ending.ENDLESS:
                self._head(reply, sandbox.allowance(headers), None)
                with suppress(OSError):
                    for _ in range(2000):
                        self.wfile.write(reply.body)
            case Ending.WHOLE | Ending.CUT:
                missing = 100 if reply.ending is Ending.CUT else 0
                self._head(reply, sandbox.allowance(headers), len(reply.body) + missing)
                self.wfile.write(reply.body)

    def _head(self, reply: Reply, allowance: dict[str, str], length: int | None) -> None:
        left = {} if reply.status == 429 else allowance
        sent = {"Content-Type": "application/json", "Cache-Control": "no-store", **left, **reply.headers}
        if reply.clock is not None:
            sent["Date"] = format_datetime(datetime.now(UTC) + reply.clock, usegmt=True)
        if length is not None:
            sent["Content-Length"] = str(length)
        self.send_response_only(reply.status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the request line is logged by `_serve`, and nothing else may be."""
