"""One HTTP exchange, limited in time and size, with its failures turned into errors of this package."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import DecodeError, HTTPError, LocationParseError, NameResolutionError, ReadTimeoutError

from mimecast.api.errors import (
    CredentialsRejected,
    MimecastError,
    NameUnknown,
    ProxyFailed,
    ResponseUnreadable,
    TimedOut,
    TlsFailed,
    Unreachable,
)

TIMEOUT: Final = (5.0, 20.0)
"""Seconds to connect, and seconds of silence before a response counts as timed out."""

MAX_RESPONSE_SECONDS: Final = 30.0
"""Seconds within which the whole response must arrive, even if it trickles in steadily."""

MAX_RESPONSE_BYTES: Final = 1 << 20
"""Bytes of a decompressed response. A summary has about a hundred; a sender of more than this is not Mimecast's API."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. `headers` ignores case; the repr shows neither headers nor body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def post(
    url: str,
    *,
    json: object = None,
    form: Mapping[str, str] | None = None,
    auth: AuthBase | None = None,
    timeout: tuple[float, float] = TIMEOUT,
    max_bytes: int = MAX_RESPONSE_BYTES,
) -> Response:
    """Send one POST request and return the response, with any HTTP status. Redirects are not followed.

    A response of more than `max_bytes`, decompressed, is not read to its end.

    A response of more than `max_bytes`, decompressed, is not read to its end.

    Raises:
        Unreachable: There is no connection; `NameUnknown`, `ProxyFailed` and `TlsFailed` say why.
        TimedOut: The response did not arrive in time.
        ResponseUnreadable: The response is damaged or far too long.
        CredentialsRejected: A key contains a character that HTTP cannot carry.
    """
    outcome = _exchange(url, json, form, auth, timeout, max_bytes)
    if isinstance(outcome, MimecastError):
        # Raised outside the handlers: the exceptions of `requests` hold the signed request and must not be its context.
        raise outcome
    return outcome


def _exchange(
    url: str,
    json: object,
    form: Mapping[str, str] | None,
    auth: AuthBase | None,
    timeout: tuple[float, float],
    max_bytes: int,
) -> Response | MimecastError:
    """Return the response, or the error instead of raising it."""
    try:
        with (
            requests.Session() as session,
            session.post(
                url,
                json=json,
                data=form,
                headers={"Accept": "application/json"},
                auth=auth or _no_auth,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return Response(response.status_code, response.headers, _read_body(response, max_bytes))
    except (requests.exceptions.RequestException, LocationParseError) as error:
        return _connection_error(error, url)
    except (ReadTimeoutError, _BodyTooSlowError):
        return _timed_out(url)
    except _BodyTooLongError:
        return ResponseUnreadable("Mimecast's response is far too long.")
    except DecodeError:
        return ResponseUnreadable("Mimecast's answer has an invalid content encoding.")
    except HTTPError:
        return ResponseUnreadable("Mimecast's answer was cut off or damaged in transit.")
    except ValueError:  # `http.client` raises it for a header with a line break or a character outside Latin-1
        return CredentialsRejected("One of the keys contains a character that cannot be sent.")


def _connection_error(error: Exception, url: str) -> MimecastError:
    """Return the error for a request that got no response."""
    host = urlsplit(url).netloc
    match error:
        case requests.exceptions.SSLError():
            return TlsFailed(f"The certificate that {host} shows is not trusted by this computer.")
        case requests.exceptions.Timeout():
            return _timed_out(url)
        case requests.exceptions.ProxyError():
            return ProxyFailed(f"The proxy did not connect this computer to {host}.")
        case requests.exceptions.ConnectionError() if isinstance(_reason(error), NameResolutionError):
            return NameUnknown(f"The host name {urlsplit(url).hostname} cannot be resolved.")
        case requests.exceptions.InvalidURL() | LocationParseError():
            return NameUnknown(f"{host} is not a valid host name.")
        case _:
            return Unreachable(f"There is no connection to {host}.")


def _reason(error: Exception) -> object:
    """Return the urllib3 error inside a `ConnectionError` of `requests`."""
    return getattr(error.args[0] if error.args else None, "reason", None)


def _timed_out(url: str) -> TimedOut:
    return TimedOut(f"{urlsplit(url).netloc} took too long to answer.")


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request unchanged. Without this, `requests` would look for a password in the user's .netrc."""
    return request


class _BodyTooLongError(Exception):
    """The body has more bytes than the caller accepts."""


class _BodyTooSlowError(Exception):
    """The body took more than `MAX_RESPONSE_SECONDS`."""


def _read_body(response: requests.Response, max_bytes: int) -> bytes:
    """Return the decompressed body, read chunk by chunk so that both limits are noticed as soon as they are passed."""
    deadline = time.monotonic() + MAX_RESPONSE_SECONDS
    body = bytearray()
    while chunk := response.raw.read1(64 * 1024, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise _BodyTooLongError
        if time.monotonic() > deadline:
            raise _BodyTooSlowError
    return bytes(body)
