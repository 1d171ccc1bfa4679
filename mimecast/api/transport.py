"""One HTTP exchange: sent once to one host, ended in time, read up to a limit, and its failures named."""

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
"""Seconds to connect, and seconds of silence while an answer is awaited."""

MAX_RESPONSE_SECONDS: Final = 30.0
"""Seconds until the whole answer must be there, however steadily it trickles in."""

MAX_RESPONSE_BYTES: Final = 1 << 20
"""A summary has about a hundred bytes; whatever sends more than this, unpacked, is not Mimecast's API."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `headers` ignores case; nothing of it is shown in the repr."""

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
) -> Response:
    """Send one POST and read the answer, whatever its status. Redirects are not followed.

    Raises Unreachable, NameUnknown, ProxyFailed, TlsFailed, TimedOut, AnswerUnreadable. They are raised outside the
    handlers on purpose: the exceptions of `requests` hold the signed request, which must not travel in the chain.
    """
    outcome = _exchange(url, json, form, auth, timeout)
    if isinstance(outcome, MimecastError):
        raise outcome
    return outcome


def _exchange(
    url: str, json: object, form: Mapping[str, str] | None, auth: AuthBase | None, timeout: tuple[float, float]
) -> Response | MimecastError:
    host = urlsplit(url).netloc
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
            return Response(response.status_code, response.headers, _read(response))
    except requests.exceptions.SSLError:
        return TlsFailed(f"The certificate that {host} shows is not trusted by this computer.")
    except (requests.exceptions.Timeout, ReadTimeoutError, _TooSlow):
        return TimedOut(f"{host} took too long to answer.")
    except requests.exceptions.ProxyError:
        return ProxyFailed(f"The proxy did not connect this computer to {host}.")
    except requests.exceptions.ConnectionError as error:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NameResolutionError):
            return NameUnknown(f"There is no address for {urlsplit(url).hostname}.")
        return Unreachable(f"There is no connection to {host}.")
    except (requests.exceptions.InvalidURL, LocationParseError):
        return NameUnknown(f"{host} cannot be the name of a host.")
    except requests.exceptions.RequestException:
        return Unreachable(f"There is no connection to {host}.")
    except _TooLong:
        return ResponseUnreadable("Mimecast's answer is far longer than it can be.")
    except DecodeError:
        return ResponseUnreadable("Mimecast's answer is packed in a way that cannot be unpacked.")
    except HTTPError:
        return ResponseUnreadable("Mimecast's answer was cut off or damaged on its way.")
    except ValueError:  # what `http.client` raises for a header with a line break or a letter it cannot send
        return CredentialsRejected("One of the keys holds a character that cannot be sent.")


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without it, `requests` would look for a password in the user's .netrc."""
    return request


class _TooLong(Exception):
    pass


class _TooSlow(Exception):
    pass


def _read(response: requests.Response) -> bytes:
    """The unpacked body, read as it arrives, so that neither its length nor its slowness goes unnoticed."""
    until = time.monotonic() + MAX_RESPONSE_SECONDS
    read = bytearray()
    while chunk := response.raw.read1(64 * 1024, decode_content=True):
        read += chunk
        if len(read) > MAX_RESPONSE_BYTES:
            raise _TooLong
        if time.monotonic() > until:
            raise _TooSlow
    return bytes(read)
