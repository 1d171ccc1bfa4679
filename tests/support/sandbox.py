"""Sandboxes that pass for Mimecast itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from mimecast.sandbox.replies import Reply
from mimecast.sandbox.server import Sandbox


class UnmarkedSandbox(Sandbox):
    """The sandbox without the header that identifies it, so that its score counts count as Mimecast's."""

    is_marked: ClassVar[bool] = False


class SkewedSandbox(UnmarkedSandbox):
    """A sandbox whose `Date` differs from this computer's clock by `clock_offset`; it sends none if that is None."""

    clock_offset: timedelta | None = None

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Return the reply with another `Date`."""
        return replace(super().respond(method, path, headers, body), clock_offset=self.clock_offset)
