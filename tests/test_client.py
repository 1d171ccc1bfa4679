"""Asking over real HTTP: the sandbox when all is well, and a server that misbehaves in one way at a time."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from pathlib import Path

import pytest

from mimecast.api.auth import authorization_header, format_mc_date, new_request_id, utc_now
from mimecast.api.client import SAFE_SCORE_SUMMARY, Client
from mimecast.api.errors import (
    ApplicationRejected,
    CredentialsRejected,
    MimecastError,
    NameUnknown,
    Redirected,
    ResponseUnreadable,
    ServiceError,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from mimecast.api.keys import Api1Keys
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from tests.support.clock import TODAY
from tests.support.networks import NEW_KEY

KEYS = Api1Keys(
    "recognisable-access", "cmVjb2duaXNhYmxlLXNlY3JldA==", "recognisable-application", "recognisable-app-key"
)


def test_the_counts_of_today_come_back(sandbox: Sandbox, company: DemoCompany) -> None:
    before = utc_now()
    response = Client(sandbox.base_url, sandbox.keys).safe_score_summary()
    assert response.summary.counts == company.counts_on(TODAY)
    assert response.summary.warnings == ()
    assert before <= response.received_at <= utc_now()
    assert sandbox.answered_ids == [response.request_id]


def test_every_request_has_a_new_id(sandbox: Sandbox) -> None:
    client = Client(sandbox.base_url + "/", sandbox.keys)
    request_ids = [client.safe_score_summary().request_id for _ in range(3)]
    assert sandbox.answered_ids == request_ids
    assert len(set(request_ids)) == 3


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"access_key": "other"}, CredentialsRejected),
        ({"secret_key": "b3RoZXI="}, CredentialsRejected),
        ({"app_key": "other"}, CredentialsRejected),
        ({"app_id": "other"}, ApplicationRejected),
    ],
    ids=["access key", "secret key", "application key", "application id"],
)
def test_a_wrong_key_is_refused_as_mimecast_was_recorded_to(
    sandbox: Sandbox, change: dict[str, str], kind: type[MimecastError]
) -> None:
    assert type(refused(sandbox.base_url, replace(sandbox.keys, **change))) is kind
    assert sandbox.answered_ids == []


@pytest.mark.parametrize(
    "change",
    [
        {"access_key": "recognisable’access"},
        {"access_key": "recognisable\naccess"},
        {"app_id": "recognisable’application"},
        {"app_id": "recognisable\napplication"},
    ],
    ids=["quote in access key", "line break in access key", "quote in application id", "line break in application id"],
)
def test_a_key_that_was_copied_with_a_stray_sign_is_not_shown(sandbox: Sandbox, change: dict[str, str]) -> None:
    refused(sandbox.base_url, replace(KEYS, **change))


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""]).encode()


GOOD = b'{"data": [{"scoreCounts": {"a": 1}}]}'
MISBEHAVING: dict[str, tuple[bytes, type[MimecastError]]] = {
    "redirect": (head("302 Found", "Location: http://127.0.0.1:9/elsewhere", "Content-Length: 0"), Redirected),
    "server error": (head("500 Oops", "Content-Length: 0"), ServiceError),
    "proxy's page": (head("502 Bad Gateway", "Content-Type: text/html") + b"<html>no</html>", ServiceError),
    "sign-in page": (head("200 OK", "Content-Type: text/html") + b"<html>sign in</html>", ResponseUnreadable),
    "empty": (head("200 OK", "Content-Length: 0"), ResponseUnreadable),
    "cut off": (head("200 OK", "Content-Length: 500") + GOOD, ResponseUnreadable),
    "cut off between chunks": (
        head("200 OK", "Transfer-Encoding: chunked") + f"{len(GOOD):x}\r\n".encode() + GOOD + b"\r\n",
        ResponseUnreadable,
    ),
    "damaged chunks": (head("200 OK", "Transfer-Encoding: chunked") + b"zz\r\n", ResponseUnreadable),
    "not gzip": (head("200 OK", "Content-Encoding: gzip", "Content-Length: 4") + b"abcd", ResponseUnreadable),
    "no HTTP at all": (b"SSH-2.0-OpenSSH\r\n", Unreachable),
    "hangs up": (b"", Unreachable),
}


@dataclass
class Served:
    base_url: str
    requests: list[bytes] = field(default_factory=list)
    """The head of every request that came, oldest first."""


@contextlib.contextmanager
def server(answer: Iterable[bytes], context: ssl.SSLContext | None = None, *, silent: bool = False) -> Iterator[Served]:
    """Answers every connection with these parts; a `silent` one says nothing more and keeps the connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    served = Served(f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}")

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection, context.wrap_socket(connection, server_side=True) if context else connection as wire:
                    wire.settimeout(5)
                    if not (request := whole_request(wire)):
                        continue
                    served.requests.append(request)
                    for part in answer:
                        wire.sendall(part)
                    if silent:
                        ended.wait()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            socket.create_connection(listener.getsockname(), timeout=60).close()
        thread.join()
        listener.close()


def whole_request(wire: socket.socket) -> bytes:
    """Return the head of a request after reading its body: closing with unread bytes would reset the connection."""
    read = b""
    while b"\r\n\r\n" not in read:
        part = wire.recv(65536)
        if not part:
            return read
        read += part
    start, _, body = read.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", start.lower())
    while length and len(body) < int(length[1]):
        body += wire.recv(65536)
    return start


def refused(base_url: str, keys: Api1Keys = KEYS, timeout: tuple[float, float] = (5.0, 5.0)) -> MimecastError:
    """Return the error of a request, and check that it and its causes contain no secret."""
    at, request_id = utc_now(), new_request_id()
    client = Client(base_url, keys, timeout=timeout, clock=lambda: at, new_id=lambda: request_id)
    with pytest.raises(MimecastError) as caught:
        client.safe_score_summary()
    signed = authorization_header(keys, date=format_mc_date(at), request_id=request_id, path=SAFE_SCORE_SUMMARY)
    key = base64.b64decode(keys.secret_key).decode()
    secrets = {keys.access_key, keys.secret_key, key, keys.app_key, keys.app_id, signed, signed.rpartition(":")[2]}
    shown = "\n".join(all_of(caught.value))
    assert not [secret for secret in secrets if secret in shown or repr(secret)[1:-1] in shown]
    assert "Authorization" not in shown
    assert caught.value.request_id == request_id
    assert caught.value.message.endswith(".")
    assert caught.value.remedy
    return caught.value


def all_of(error: BaseException | None) -> Iterator[str]:
    """Everything that an error, and each error that it came from, shows or carries."""
    if error is None:
        return
    request = getattr(error, "request", None)
    yield f"{error} {error!r} {vars(error)} {getattr(request, 'headers', '')} {getattr(request, 'body', '')}"
    yield from all_of(error.__cause__)
    yield from all_of(error.__context__)


@pytest.mark.parametrize(("answer", "kind"), MISBEHAVING.values(), ids=MISBEHAVING)
def test_a_server_that_misbehaves_is_named(answer: bytes, kind: type[MimecastError]) -> None:
    with server([answer]) as served:
        assert type(refused(served.base_url)) is kind
    assert served.requests[0].startswith(f"POST {SAFE_SCORE_SUMMARY} HTTP/1.1\r\n".encode())


def test_a_server_that_behaves_is_understood() -> None:
    with server([head("200 OK", f"Content-Length: {len(GOOD)}") + GOOD]) as served:
        response = Client(served.base_url, KEYS).safe_score_summary()
    assert response.summary.counts == ScoreCounts(a=1)
    assert response.request_id.encode() in served.requests[0]


def test_a_long_answer_is_not_read_to_the_counts_at_its_end() -> None:
    with server(chain([head("200 OK")], repeat(b" " * 65536, 500), [GOOD])) as served:
        assert type(refused(served.base_url)) is ResponseUnreadable


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed_and_the_other_host_hears_nothing(status: str) -> None:
    with server([head("200 OK", f"Content-Length: {len(GOOD)}") + GOOD]) as other:
        answer = head(status, f"Location: {other.base_url}{SAFE_SCORE_SUMMARY}", "Content-Length: 0")
        with server([answer]) as first:
            error = refused(first.base_url)
        assert type(error) is Redirected
        assert len(first.requests) == 1
        assert other.requests == []


def test_silence_ends_in_time() -> None:
    with server([], silent=True) as served:
        assert type(refused(served.base_url, timeout=(5.0, 0.2))) is TimedOut


def test_silence_in_the_middle_of_an_answer_is_the_same_as_before_it() -> None:
    with server([head("200 OK", "Content-Length: 500") + GOOD], silent=True) as served:
        assert type(refused(served.base_url, timeout=(5.0, 0.2))) is TimedOut


def test_a_refused_connection_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = refused(f"http://127.0.0.1:{port}")
    assert type(error) is Unreachable
    assert error.can_retry


@pytest.mark.parametrize(
    "host", ["no-such-host.invalid", "eu-api..invalid", f"{'a' * 64}.invalid"], ids=["unknown", "two dots", "too long"]
)
def test_a_host_name_that_cannot_be_looked_up_is_named(host: str) -> None:
    error = refused(f"https://{host}")
    assert type(error) is NameUnknown
    assert host in error.message


def test_a_certificate_that_no_one_vouches_for_is_refused(tmp_path: Path) -> None:
    command = ["openssl", "req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run([*command, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with server([head("200 OK") + GOOD], context) as served:
        error = refused(served.base_url)
    assert type(error) is TlsFailed
    assert not error.can_retry
    assert served.requests == []
