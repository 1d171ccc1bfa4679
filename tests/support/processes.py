"""How tests run the command line and other programs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from subprocess import CompletedProcess

CommandLine = Callable[..., CompletedProcess[str]]
"""The fixture `command_line`: `command_line("export", "--json", variables=..., text=...)`."""


def assert_failed(run: CompletedProcess[str], status: int, *messages: str) -> None:
    """Check the exit status of a run, and that stderr contains these messages and no traceback."""
    assert run.returncode == status
    assert "Traceback" not in run.stderr
    for message in messages:
        assert message in run.stderr


def unprivileged(command: list[str]) -> list[str]:
    """Return the command without the capabilities that let root ignore file permissions."""
    if getattr(os, "geteuid", lambda: 1)() != 0:
        return command
    dropped = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}", *command]


def end(server: subprocess.Popen[bytes]) -> None:
    """End a server process.

    It is killed when it does not end within 10 seconds: uvicorn can wait forever for a connection that a browser opened
    and did not use while the server was closing.
    """
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
