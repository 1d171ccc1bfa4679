"""How tests run the command line and other programs."""

from __future__ import annotations

import os
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
