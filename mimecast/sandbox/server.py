"""Local HTTP server that implements API 1.0 and API 2.0 strictly, and misbehaves on request.

It accepts Mimecast's own sample programs and logs where they depart from the documentation. Its responses have a header
that identifies it, so that its made-up score counts are never taken for Mimecast's.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from mimecast.api.auth import new_request_id
from mimecast.api.campaigns import PHISHING_CAMPAIGNS
from mimecast.api.client import SAFE_SCORE_SUMMARY
from mimecast.api.keys import Api1Keys
from mimecast.api.response import SANDBOX_HEADER
from mimecast.api.safe_score_details import SAFE_SCORE_DETAILS
from mimecast.api.tokens import TOKEN_PATH
from mimecast.domain.people.users import ListedUser
from mimecast.domain.scores import OTHER, ScoreCounts
from mimecast.problem import Problem
from mimecast.sandbox.api1 import Api1, date_departures
from mimecast.sandbox.api2 import Api2
from mimecast.sandbox.campaigns import campaigns_page
from mimecast.sandbox.details import DETAILS_FAULTS, details_page, is_first_page, users_from_counts
from mimecast.sandbox.faults import Fault, find_fault
from mimecast.sandbox.replies import Ending, Reply

RATE_WINDOW_SECONDS: Final = 5.0
RATE_LIMIT: Final = 800
"""Requests in each window of `RATE_WINDOW_SECONDS`, as in recorded responses."""

UNKNOWN_KEY_RATE_LIMIT: Final = 5000
"""The limit for a request with an unknown access key, as recorded."""

MAX_BODY_BYTES: Final = 64 * 1024
SILENCE_SECONDS: Final = 60.0
"""Seconds for which a silent reply keeps its connection open."""

MAX_ENDLESS_CHUNKS: Final = 2000
"""Chunks after which even an endless reply ends, should the client read that far."""

MISSING_BYTES: Final = 100
"""Bytes that a reply which is cut off announces and does not send."""


class PortInUse(Problem):
    """The sandbox cannot listen on its port."""

    title = "The port is in use"
    remedy = "End the program that uses the port, or choose another port with --port."


class Sandbox:
    """The server, on a loopback address. It is a context manager that starts the server and stops it.

    Attributes:
        api1: The application of API 1.0.
        api2: The application of API 2.0.
        answered_ids: The ids of the requests that were answered with score counts, oldest first.
        summary_requests: The number of requests for score counts, however they were answered.
        campaigns: Returns the rows of phishing campaigns to answer with. There are none until it is replaced.
        campaigns_requests: The number of requests for a page of campaigns, however they were answered.
        details_requests: The number of requests for a page of the list of users, however they were answered.
        token_requests: The number of requests for a token, however they were answered.
        users: Returns the list of users to answer with; at first one without departments that has the score counts.
    """

    is_marked: ClassVar[bool] = True
    """Whether responses have the header that identifies the sandbox. Only tests imitate Mimecast without it."""

    stop_poll_seconds: ClassVar[float] = 0.5
    """The longest time that `stop` waits for a server without requests. Tests, which stop hundreds, shorten it."""

    def __init__(
        self,
        counts: Callable[[], ScoreCounts],
        *,
        api1: Api1 | None = None,
        api2: Api2 | None = None,
        port: int = 0,
        latency: float = 0.0,
        fault: str | None = None,
        tls: ssl.SSLContext | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        """Bind the port; requests are answered after `start`.

        Args:
            counts: Returns the score counts to answer with.
            api1: The application of API 1.0; by default one with `TOY_KEYS`.
            api2: The application of API 2.0; by default one with `TOY_CLIENT`.
            port: The port; 0 takes any free one.
            latency: Seconds before each reply.
            fault: The name of a fault in `FAULTS` to reply with.
            tls: A context with a certificate, to serve HTTPS.
            log: Called with one line about each request, which contains no secret.

        Raises:
            PortInUse: The port cannot be bound.
            UnknownFault: Unknown fault.
        """
        self.api1 = api1 or Api1()
        self.api2 = api2 or Api2()
        self.answered_ids: list[str] = []
        self.summary_requests = 0
        self.details_requests = 0
        self.token_requests = 0
        self._counts = counts
        self.campaigns: Callable[[], Sequence[dict[str, Any]]] = list
        self.campaigns_requests = 0
        self.users: Callable[[], Sequence[ListedUser]] = lambda: users_from_counts(counts())
        self._latency = latency
        self._log = log
        self._rate_windows: dict[bool, tuple[float, int]] = {}
        """Start of the window (monotonic clock) and requests in it, for known and for unknown access keys."""
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._details_fault: str | None = None
        self._fault_replies_left: int | None = None
        self.set_fault(fault)
        self._stopped = threading.Event()
        self._scheme = "https" if tls else "http"
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise PortInUse(f"Port {port} on 127.0.0.1 cannot be used: {error.strerror}.") from None
        self._server.sandbox = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(self.stop_poll_seconds,), name="sandbox", daemon=True
        )

    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def keys(self) -> Api1Keys:
        """The keys of API 1.0."""
        return self.api1.keys

    def start(self) -> Self:
        """Serve requests in a background thread, and return the sandbox."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()

    def set_fault(self, name: str | None) -> None:
        """Reply with a fault from now on; None ends it.

        Raises:
            UnknownFault: Unknown fault.
        """
        details_fault = name if name in DETAILS_FAULTS else None
        fault = find_fault(name) if name is not None and not details_fault else None
        with self._lock:
            self._fault, self._fault_replies_left = fault, fault.times if fault else None
            self._details_fault = details_fault

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Return Mimecast's reply to a request. `headers` has lower-case names."""
        if self._latency:
            time.sleep(self._latency)
        if path not in (SAFE_SCORE_SUMMARY, SAFE_SCORE_DETAILS, PHISHING_CAMPAIGNS, TOKEN_PATH):
            return Reply.assumed(404, "err_not_found", "No such path")
        if method != "POST":
            return Reply.assumed(405, "err_method_not_allowed", "Use POST")
        with self._lock:
            self.summary_requests += path == SAFE_SCORE_SUMMARY
            self.campaigns_requests += path == PHISHING_CAMPAIGNS
            self.details_requests += path == SAFE_SCORE_DETAILS
            self.token_requests += path == TOKEN_PATH
        if fault_reply := self._fault_reply(path):
            return fault_reply
        if path == TOKEN_PATH:
            return self.api2.issue_token(headers, body)
        if headers.get("authorization", "").startswith("Bearer ") and "x-mc-date" not in headers:
            rejection = self.api2.rejection(headers)
        else:
            rejection = self.api1.rejection(path, headers)
        is_list = path == SAFE_SCORE_DETAILS
        if rejection := rejection or _body_rejection(headers, body, needs_data=not is_list):
            return rejection
        if path == PHISHING_CAMPAIGNS:
            return campaigns_page(self.campaigns(), _parse_body(body))
        return self._details(_parse_body(body)) if is_list else self._summary(headers)

    def count_request(self, headers: dict[str, str]) -> dict[str, str]:
        """Count a request against the rate limit, which is not enforced, and return the headers that report it."""
        is_known = self.api1.is_known(headers)
        with self._lock:
            now = time.monotonic()
            began, used = self._rate_windows.get(is_known, (now, 0))
            if now - began >= RATE_WINDOW_SECONDS:
                began, used = now, 0
            self._rate_windows[is_known] = (began, used + 1)
        limit = RATE_LIMIT if is_known else UNKNOWN_KEY_RATE_LIMIT
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(limit - used - 1, 0)),
            "X-RateLimit-Reset": str(round(1000 * (RATE_WINDOW_SECONDS - (now - began)))),
        }

    def log(self, line: str) -> None:
        """Pass a line to the log, if there is one."""
        if self._log:
            self._log(line)

    def stay_silent(self) -> None:
        """Block for `SILENCE_SECONDS`, or until the server stops."""
        self._stopped.wait(SILENCE_SECONDS)

    def _fault_reply(self, path: str) -> Reply | None:
        with self._lock:
            fault = self._fault
            if fault is None or fault.path_kind != _kind_of(path) or self._fault_replies_left == 0:
                return None
            if self._fault_replies_left is not None:
                self._fault_replies_left -= 1
            return fault.reply

    def _details(self, payload: Any) -> Reply:
        """Return a page of the list of users, or what the fault of the list makes of it."""
        with self._lock:
            fault = self._details_fault
            is_later = not is_first_page(payload)
            if fault == "details-forbidden":
                return Reply.failure(403, "err_forbidden", "Forbidden")
            if fault == "details-page-fails" and is_later:
                return Reply(503)
            if fault in ("details-page-fails-once", "details-rate-limited-once") and is_later:
                self._details_fault = None
                limited = fault == "details-rate-limited-once"
                return Reply(429, headers={"X-RateLimit-Reset": "1000"}) if limited else Reply(503)
            if fault == "details-token-expires" and not is_later:
                self.api2.expire_tokens()
        return details_page(self.users(), payload, fault)

    def _summary(self, headers: dict[str, str]) -> Reply:
        score_counts = {letter: users for letter, users in self._counts().as_mapping().items() if letter != OTHER}
        request_id = headers.get("x-mc-req-id") or new_request_id()
        with self._lock:
            self.answered_ids.append(request_id)
        return Reply.json(
            200,
            {"fail": [], "meta": {"status": 200}, "data": [{"scoreCounts": score_counts}]},
            headers={} if "x-mc-req-id" in headers else {"x-request-id": request_id},
        )


def _kind_of(path: str) -> str:
    return {TOKEN_PATH: "token", PHISHING_CAMPAIGNS: "campaigns"}.get(path, "summary")


def _body_rejection(headers: dict[str, str], body: bytes, *, needs_data: bool) -> Reply | None:
    """Return the reply to a body that is not JSON with a list `data`, or None. The list of users needs no `data`."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Reply.assumed(400, "err_validation_content_type", "Content-Type is not application/json")
    try:
        payload = _parse_body(body)
    except (ValueError, RecursionError):
        return Reply.assumed(400, "err_validation_body", "The body is not JSON")
    data = payload.get("data", None if needs_data else []) if isinstance(payload, dict) else None
    if not isinstance(data, list):
        return Reply.assumed(400, "err_validation_body", "The body has no list named data")
    return None


def _parse_body(body: bytes) -> object:
    """Return the content of a body that is JSON, or JSON with single quotes as Mimecast's Python sample sends it."""
    return json.loads(body.replace(b"'", b'"') if _has_single_quotes(body) else body)


def _has_single_quotes(body: bytes) -> bool:
    return b"'" in body and b'"' not in body


def _departures(headers: dict[str, str], body: bytes) -> list[str]:
    """Return how an accepted request departs from Mimecast's documentation."""
    quotes = ["the body has single quotes, so it is not JSON"] if _has_single_quotes(body) else []
    return [*date_departures(headers.get("x-mc-date", "")), *quotes]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    """Connections that wait to be accepted. A client that finds no room tries again a second later."""
    sandbox: Sandbox

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: the server is not at fault when a client hangs up or does not trust the certificate."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        sandbox = self.server.sandbox
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        size = int(length) if length.isdecimal() else MAX_BODY_BYTES + 1
        departures: list[str] = []
        if size > MAX_BODY_BYTES:
            reply, self.close_connection = Reply.assumed(413, "err_too_large", "The body is too large"), True
        else:
            body = self.rfile.read(size)
            reply = sandbox.respond(self.command, self.path, headers, body)
            departures = _departures(headers, body) if reply.status == 200 else []
        note = f" (departs from Mimecast's documentation: {'; '.join(departures)})" if departures else ""
        sandbox.log(f"{self.command} {urlsplit(self.path).path} {reply.status}{note}")
        if reply.ending is not Ending.WHOLE:
            self.close_connection = True
        match reply.ending:
            case Ending.SILENT:
                sandbox.stay_silent()
            case Ending.HANG_UP:
                return
            case Ending.ENDLESS:
                self._send_head(reply, sandbox.count_request(headers), None)
                with suppress(OSError):
                    for _ in range(MAX_ENDLESS_CHUNKS):
                        self.wfile.write(reply.body)
            case Ending.WHOLE | Ending.CUT:
                missing = MISSING_BYTES if reply.ending is Ending.CUT else 0
                self._send_head(reply, sandbox.count_request(headers), len(reply.body) + missing)
                self.wfile.write(reply.body)

    def _send_head(self, reply: Reply, rate_limit: dict[str, str], length: int | None) -> None:
        """Send the status and the headers; without a length, the body ends where the connection does."""
        headers = {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **({} if reply.status == 429 else rate_limit),
            **({SANDBOX_HEADER: "1"} if self.server.sandbox.is_marked else {}),
            **reply.headers,
        }
        if reply.clock_offset is not None:
            headers["Date"] = format_datetime(datetime.now(UTC) + reply.clock_offset, usegmt=True)
        if length is not None:
            headers["Content-Length"] = str(length)
        self.send_response_only(reply.status)
        for name, value in (*headers.items(), *reply.repeated_headers):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        """Do nothing: `_serve` logs a line that contains no secret."""
