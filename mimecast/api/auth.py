"""Authentication of requests: a signature for API 1.0, a bearer token for API 2.0.

Signing is a pure function; a thin `requests` adapter supplies the time and a request id. Source: Mimecast's API
documentation, "Authorization" and "Get SAFE Score summary". Only the path is signed, not the host, the query or the
body. The application key is part of the signed text and is never sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from mimecast.api.keys import Api1Keys


def authorization_header(keys: Api1Keys, *, date: str, request_id: str, path: str) -> str:
    """Return the value of the Authorization header of an API 1.0 request.

    Args:
        keys: The application's keys.
        date: The exact text of the header `x-mc-date`.
        request_id: The exact text of the header `x-mc-req-id`.
        path: The path of the URL, which begins with a slash.
    """
    signed_text = f"{date}:{request_id}:{path}:{keys.app_key}"
    digest = hmac.new(base64.b64decode(keys.secret_key), signed_text.encode(), hashlib.sha1).digest()
    return f"MC {keys.access_key}:{base64.b64encode(digest).decode()}"


def format_mc_date(now: datetime) -> str:
    """Return an instant as `x-mc-date` has it, in English and UTC: `Tue, 24 Nov 2026 12:50:11 UTC`."""
    return format_datetime(now.astimezone(UTC), usegmt=True).removesuffix("GMT") + "UTC"


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def new_request_id() -> str:
    """Return a random GUID for the header `x-mc-req-id`."""
    return str(uuid.uuid4())


class Api1Auth(AuthBase):
    """Authentication of API 1.0: signs each request that `requests` prepares, with the current time and a new id.

    Prepare a new request for every attempt: a request that is sent twice repeats its id.
    """

    def __init__(
        self,
        keys: Api1Keys,
        *,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = new_request_id,
    ) -> None:
        """Sign with `keys`, the time of `clock` (UTC) and the GUIDs of `new_id`."""
        self._keys = keys
        self._clock = clock
        self._new_id = new_id

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the four headers of API 1.0 to a request and return it."""
        date, request_id = format_mc_date(self._clock()), self._new_id()
        path = urlsplit(request.url or "").path
        request.headers["x-mc-app-id"] = self._keys.app_id
        request.headers["x-mc-date"] = date
        request.headers["x-mc-req-id"] = request_id
        request.headers["Authorization"] = authorization_header(self._keys, date=date, request_id=request_id, path=path)
        return request


class BearerAuth(AuthBase):
    """Authentication of API 2.0: sends an access token with each request."""

    def __init__(self, token: str) -> None:
        """Send `token`."""
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the Authorization header to a request and return it."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
