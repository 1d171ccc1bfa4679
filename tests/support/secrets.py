"""Recognisable keys and tokens, and a detector of them in everything that is shown or written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.api1 import Api1
from mimecast.sandbox.api2 import Api2
from mimecast.sandbox.replies import Reply
from mimecast.sandbox.server import Sandbox
from tests.support.sandbox import UnmarkedSandbox

KEYS = Api1Keys(
    "recognisable-access", "cmVjb2duaXNhYmxlLXNlY3JldA==", "recognisable-application", "recognisable-app-key"
)
"""The secret key is base64 of `recognisable-secret`."""

CLIENT = Api2Keys("recognisable-client", "recognisable-client-secret")
TOKEN = "recognisable-token"

_SECRET = re.compile(rb"recognisable|cmVjb2duaXNhYmxl")


@dataclass
class LeakDetector:
    """Searches contents for the secrets above and for the signatures that were sent.

    `authorizations` are the Authorization headers that the sandbox received. `leaks` describe each secret and where
    it was.
    """

    authorizations: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)

    def inspect(self, place: str, content: str | bytes) -> None:
        """Search a content, and add a leak with the name of its place if it contains a secret."""
        searched = content.encode() if isinstance(content, str) else content
        signatures = [header.rpartition(":")[2].encode() for header in self.authorizations if header.startswith("MC ")]
        if match := _SECRET.search(searched):
            self.leaks.append(f"{place}: ...{searched[max(match.start() - 60, 0) : match.end() + 60]!r}...")
        elif any(signature in searched for signature in signatures):
            self.leaks.append(f"{place}: a signature")

    def inspect_processes(self) -> None:
        """Search the arguments of every process that this one has started, where the system shows them."""
        own_processes = {os.getpid()}
        for process in sorted(int(folder.name) for folder in Path("/proc").glob("[0-9]*")):
            try:
                parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
                arguments = Path(f"/proc/{process}/cmdline").read_bytes()
            except OSError:
                continue
            if parent in own_processes:
                own_processes.add(process)
                self.inspect(f"the arguments of process {process}", arguments)


class _RecordingSandbox(UnmarkedSandbox):
    detector: LeakDetector

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        self.detector.authorizations.add(headers.get("authorization", ""))
        return super().respond(method, path, headers, body)


def recognisable_sandbox(counts: Callable[[], ScoreCounts], detector: LeakDetector) -> Sandbox:
    """Return a sandbox with recognisable keys, which tells the detector the Authorization headers that it receives."""
    numbers = iter(range(1_000_000))
    client = Api2(CLIENT, make_token=lambda: f"{TOKEN}-{next(numbers)}")
    sandbox = _RecordingSandbox(counts, api1=Api1(KEYS), api2=client)
    sandbox.detector = detector
    return sandbox
