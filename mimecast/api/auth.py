"""Credentials, and what they make of a request: a signature for API 1.0, a bearer token for API 2.0.

Signing is a pure function under a thin `requests` shell that gives it the time and an id. Method: Mimecast's
documentation, "Authorization" and "Get SAFE Score summary". Only the path is signed, neither the host, the query nor
the body; the application key is used in the signature and never sent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase


@dataclass(frozen=True, slots=True)
class Api1Keys:
    """The four keys of API 1.0. The secret ones are left out of the repr.

    Raises ValueError when the secret key is not base64: Mimecast hands it out so, and signs with the decoded bytes.
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    app_id: str = field(repr=False)
    app_key: str = field(repr=False)

    def __post_init__(self) -> None:
        if not is_base64(self.secret_key):
            raise ValueError("secret_key is not base64")


@dataclass(frozen=True, slots=True)
class Api2Keys:
    """The credentials of an API 2.0 application, left out of the repr."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


def is_base64(text: str) -> bool:
    """Whether `text` is non-empty standard base64 with its padding."""
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False


def authorization(keys: Api1Keys, *, date: str, request_id: str, path: str) -> str:
    """The value of the Authorization header for one request.

    `date` and `request_id` are the exact texts of `x-mc-date` and `x-mc-req-id`; `path` begins with a slash.
    """
    to_sign = f"{date}:{request_id}:{path}:{keys.app_key}"
    digest = hmac.new(base64.b64decode(keys.secret_key), to_sign.encode(), hashlib.sha1).digest()
    return f"MC {keys.access_key}:{base64.b64encode(digest).decode()}"


def date_text(now: datetime) -> str:
    """`Tue, 24 Nov 2026 12:50:11 UTC`: English whatever the machine's locale, and always UTC."""
    return format_datetime(now.astimezone(UTC), usegmt=True).removesuffix("GMT") + "UTC"


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_request_id() -> str:
    return str(uuid.uuid4())


class Api1Auth(AuthBase):
    """Signs each request that `requests` prepares, with the time and an id of its own.

    Every attempt must be prepared anew: a request that is sent twice repeats its id.
    """

    def __init__(
        self,
        keys: Api1Keys,
        *,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = new_request_id,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._new_id = new_id

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        date, request_id = date_text(self._clock()), self._new_id()
        path = urlsplit(request.url or "").path
        request.headers["x-mc-app-id"] = self._keys.app_id
        request.headers["x-mc-date"] = date
        request.headers["x-mc-req-id"] = request_id
        request.headers["Authorization"] = authorization(self._keys, date=date, request_id=request_id, path=path)
        return request


class BearerAuth(AuthBase):
    """Shows a token of API 2.0 with each request."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
