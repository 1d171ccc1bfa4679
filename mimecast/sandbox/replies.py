"""Replies of the sandbox: status, headers, body, and how the response ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Any


class Ending(Enum):
    """What happens after the head of the response is sent, or instead of it."""

    WHOLE = auto()
    CUT = auto()
    """The body has fewer bytes than announced."""
    ENDLESS = auto()
    """The body goes on for as long as the client reads."""
    HANG_UP = auto()
    """Nothing is sent, and the connection is closed."""
    SILENT = auto()
    """Nothing is sent, and the connection stays open."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response of the sandbox.

    Attributes:
        status: The HTTP status.
        body: The body.
        headers: Headers that add to the usual ones or replace them.
        repeated_headers: Headers that are sent in addition to all others, also under the name of another.
        ending: How the response ends.
        clock_offset: How far the `Date` header is ahead of this computer's clock; None leaves the header out.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeated_headers: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.WHOLE
    clock_offset: timedelta | None = timedelta(0)

    @classmethod
    def json(cls, status: int, payload: Mapping[str, Any], **fields: Any) -> Reply:
        """Return a reply with a JSON body; `fields` are further fields of the reply."""
        return cls(status, json.dumps(payload).encode(), **fields)

    @classmethod
    def failure(
        cls, status: int, code: str, message: str, *, meta_status: int | None = None, retryable: bool = False
    ) -> Reply:
        """Return a failure in the nested form that functions of the API use: `fail[].errors[]`."""
        errors = [{"code": code, "message": message, "retryable": retryable}]
        meta = {"status": status if meta_status is None else meta_status}
        return cls.json(status, {"meta": meta, "data": [], "fail": [{"errors": errors}]})

    @classmethod
    def assumed(cls, status: int, code: str, message: str) -> Reply:
        """Return a failure of which there is no recording; its message says that it is assumed."""
        return cls.failure(status, code, f"{message} (assumed answer)")

    @classmethod
    def flat(cls, status: int, code: str, message: str, **fields: Any) -> Reply:
        """Return a failure in the flat form that API 2.0's gateway uses: `fail[]`."""
        return cls.json(status, {"fail": [{"code": code, "message": message}]}, **fields)
