"""A real dashboard server, run as a user would run it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tests.support.networks import free_port
from tests.support.processes import DashboardServer, ForkedProcess, end, unprivileged
from tests.support.waiting import wait_until

SERVER_START_SECONDS = 60

RunApp = Callable[..., AbstractContextManager[str]]
"""The fixture `run_app`: `with run_app(variables, secrets=...) as url` runs a new server of a new clone."""

PORTS: list[int] = []
"""Ports of the servers of this test process."""


def _free_port() -> int:
    """Return a port on which nothing listens: that of an earlier server if possible, whose scripts a browser keeps."""
    for port in PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    PORTS.append(free_port())
    return PORTS[-1]


@contextlib.contextmanager
def serve(
    clone: Path,
    variables: dict[str, str],
    *,
    is_unprivileged: bool = False,
    options: Sequence[str] = (),
    dashboard_server: DashboardServer | None = None,
) -> Iterator[str]:
    """Run `streamlit run app.py` in a clone, and yield its address. Its log is beside the clone.

    With `dashboard_server`, the libraries are not imported again, unless the server has to be unprivileged.
    """
    port = _free_port()
    arguments = ["run", "app.py", f"--server.port={port}", "--server.headless=true", *options]
    environment = {**os.environ, **variables}
    log = clone.parent / f"{clone.name}-{port}.log"
    log.touch()
    server: subprocess.Popen[bytes] | ForkedProcess
    if dashboard_server and not is_unprivileged:
        server = dashboard_server.start(arguments, environment, clone, log)
    else:
        command = [sys.executable, "-m", "streamlit", *arguments]
        command = unprivileged(command) if is_unprivileged else command
        with log.open("ab") as file:
            server = subprocess.Popen(command, cwd=clone, env=environment, stdout=file, stderr=file)

    def is_listening() -> bool:
        assert server.poll() is None, f"the server ended; see {log}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
        return False

    try:
        wait_until(is_listening, seconds=SERVER_START_SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(server)
