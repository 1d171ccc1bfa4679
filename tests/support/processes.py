"""How tests run the command line and other programs."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Self

CommandLine = Callable[..., CompletedProcess[str]]
"""The fixture `command_line`: `command_line("export", "--json", variables=..., text=...)`."""


RUN_TIMEOUT_SECONDS = 120

INTERPRETER_VARIABLES = ("PYTHON", "LC_", "LANG")
"""Beginnings of the variables that Python reads only when it starts."""


class ForkServer:
    """A process that runs programs in forks of itself, which saves the imports. See `command_server.py`."""

    def __init__(self, kind: str, variables: dict[str, str]) -> None:
        """Start the process for `commands` or `dashboards`."""
        program = Path(__file__).with_name("command_server.py")
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(program), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **variables, "OPENBLAS_NUM_THREADS": "1"},  # a fork has one thread
            bufsize=0,
        )

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.communicate(timeout=RUN_TIMEOUT_SECONDS)

    def _fork(self, run: Mapping[str, object]) -> int:
        """Fork for a run, and return the number with which the program answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(run).encode() + b"\n")
        has_answered, _, _ = select.select([self._process.stdout], [], [], RUN_TIMEOUT_SECONDS)
        if not has_answered:
            raise subprocess.TimeoutExpired(str(run["arguments"]), RUN_TIMEOUT_SECONDS)
        return int(self._process.stdout.readline())


class CommandServer(ForkServer):
    """A process that has imported the command line, and runs commands."""

    def __init__(self, project: Path, folder: Path) -> None:
        """Start the process for the clone `project`. The input and output of its commands are files in `folder`."""
        self._files = {name: folder / name for name in ("stdin", "stdout", "stderr")}
        self._is_free = threading.Lock()
        super().__init__("commands", {"PYTHONPATH": str(project)})

    def run(
        self, arguments: tuple[str, ...], environment: dict[str, str], folder: Path, text: str | None
    ) -> CompletedProcess[str]:
        """Run `python -m mimecast` with these arguments, this environment and this folder, one run at a time."""
        assert self._is_free.acquire(blocking=False), "Runs at the same time need interpreters of their own."
        try:
            return self._run(arguments, environment, folder, text)
        finally:
            self._is_free.release()

    def _run(
        self, arguments: tuple[str, ...], environment: dict[str, str], folder: Path, text: str | None
    ) -> CompletedProcess[str]:
        self._files["stdin"].write_text(text or "")
        self._files["stdout"].write_bytes(b"")
        self._files["stderr"].write_bytes(b"")
        files = {name: str(file) for name, file in self._files.items()}
        status = self._fork({"arguments": arguments, "environment": environment, "folder": str(folder), **files})
        stdout, stderr = self._files["stdout"].read_text(), self._files["stderr"].read_text()
        return CompletedProcess(list(arguments), status, stdout, stderr)


class DashboardServer(ForkServer):
    """A process that has imported the libraries of a dashboard, and starts dashboards."""

    def __init__(self) -> None:
        """Start the process. The clone that a dashboard runs in has the modules."""
        super().__init__("dashboards", {})

    def start(self, arguments: Sequence[str], environment: dict[str, str], folder: Path, log: Path) -> ForkedProcess:
        """Run `python -m streamlit` with these arguments, this environment and this folder, and append to its log."""
        files = {"stdin": os.devnull, "stdout": str(log), "stderr": str(log)}
        run = {"arguments": arguments, "environment": environment, "folder": str(folder), **files}
        return ForkedProcess(self._fork(run))


class ForkedProcess:
    """A running process that another one has started. Its methods are those of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        """Watch the process with this id."""
        try:
            self._descriptor: int | None = os.pidfd_open(pid)
        except ProcessLookupError:  # it has ended already
            self._descriptor = None

    def poll(self) -> int | None:
        """Return None while the process runs. Its exit status is not known."""
        return None if self._is_running(0) else 0

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self._descriptor is not None and self._is_running(0):
            signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = RUN_TIMEOUT_SECONDS) -> None:
        """Wait until the process has ended, and stop watching it."""
        if self._is_running(timeout):
            raise subprocess.TimeoutExpired("streamlit", timeout)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _is_running(self, seconds: float) -> bool:
        return self._descriptor is not None and not select.select([self._descriptor], [], [], seconds)[0]


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


def end(server: subprocess.Popen[bytes] | ForkedProcess) -> None:
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
