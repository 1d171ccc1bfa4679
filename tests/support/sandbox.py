"""A sandbox that passes for Mimecast itself."""

from __future__ import annotations

from typing import ClassVar

from mimecast.sandbox.server import Sandbox


class UnmarkedSandbox(Sandbox):
    """The sandbox without the header that identifies it, so that its score counts count as Mimecast's."""

    is_marked: ClassVar[bool] = False
