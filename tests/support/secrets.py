"""Recognisable keys and tokens, and somebody who looks for them in whatever is shown or written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mimecast.api.auth import Api1Keys, Api2Keys
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.api2 import Api2
from mimecast.sandbox.replies import Reply
from mimecast.sandbox.server import Sandbox

KEYS = Api1Keys(
    "recognisable-access", "cmVjb2duaXNhYmxlLXNlY3JldA==", "recognisable-application", "recognisable-app-key"
)
"""The secret key is base64 of `recognisable-secret`."""

CLIENT = Api2Keys("recognisable-client", "recognisable-client-secret")
TOKEN = "recognisable-token"

_TELLTALE = re.compile(rb"recognisable|cmVjb2duaXNhYmxl")


@dataclass
class Witness:
    """`heard` are the Authorization headers that were sent; `told` the places where something secret was found."""

    heard: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    def sees(self, place: str, shown: str | bytes) -> None:
        content = shown.encode() if isinstance(shown, str) else shown
        signatures = [header.rpartition(":")[2].encode() for header in self.heard if header.startswith("MC ")]
        if found := _TELLTALE.search(content):
            self.told.append(f"{place}: ...{content[max(found.start() - 60, 0) : found.end() + 60]!r}...")
        elif any(signature in content for signature in signatures):
            self.told.append(f"{place}: a signature")

    def sees_processes(self) -> None:
        """The arguments of every process that this one has started, where the system shows them."""
        mine = {os.getpid()}
        for process in sorted(int(one.name) for one in Path("/proc").glob("[0-9]*")):
            try:
                parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
                arguments = Path(f"/proc/{process}/cmdline").read_bytes()
            except OSError:
                continue
            if parent in mine:
                mine.add(process)
                self.sees(f"the arguments of process {process}", arguments)


class _Listening(Sandbox):
    witness: Witness

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        self.witness.heard.add(headers.get("authorization", ""))
        return super().answer(method, path, headers, body)


def recognisable_sandbox(counts: Callable[[], ScoreCounts], witness: Witness) -> Sandbox:
    numbers = iter(range(1_000_000))
    client = Api2(CLIENT, make_token=lambda: f"{TOKEN}-{next(numbers)}")
    sandbox = _Listening(counts, keys=KEYS, client=client)
    sandbox.witness = witness
    return sandbox
