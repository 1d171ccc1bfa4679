"""What the sandbox answers: a status, headers, a body, and how the answer ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Any


class Ending(Enum):
    """How the connection goes on once the head of the answer is sent, or should be."""

    WHOLE = auto()
    CUT = auto()
    """Fewer bytes than announced."""
    ENDLESS = auto()
    """Bytes for as long as anybody reads."""
    HANG_UP = auto()
    """No answer at all; the connection is closed."""
    SILENT = auto()
    """No answer at all; the connection stays open."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`headers` come on top of the usual ones. `clock` is how far Mimecast's clock is said to be ahead of this
    computer's, None for an answer without a date."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = Ending.WHOLE
    clock: timedelta | None = timedelta(0)

    @classmethod
    def of(cls, status: int, answer: Mapping[str, Any], **more: Any) -> Reply:
        """A JSON answer."""
        return cls(status, json.dumps(answer).encode(), **more)

    @classmethod
    def failure(
        cls, status: int, code: str, message: str, *, inner_status: int | None = None, retryable: bool = False
    ) -> Reply:
        """The nested form of a failure, in which functions answer: `fail[].errors[]`."""
        errors = [{"code": code, "message": message, "retryable": retryable}]
        meta = {"status": status if inner_status is None else inner_status}
        return cls.of(status, {"meta": meta, "data": [], "fail": [{"errors": errors}]})

    @classmethod
    def assumed(cls, status: int, code: str, message: str) -> Reply:
        """A failure that nobody recorded; its message says so."""
        return cls.failure(status, code, f"{message} (assumed answer)")

    @classmethod
    def flat(cls, status: int, code: str, message: str, **more: Any) -> Reply:
        """The flat form of a failure, in which API 2.0's gateway answers: `fail[]`."""
        return cls.of(status, {"fail": [{"code": code, "message": message}]}, **more)
