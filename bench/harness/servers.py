"""Servers that are measured, each started on this computer in a folder of its own: dashboard, floor and naive page."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.harness.people import KEY
from bench.harness.stores import StorePlan
from mimecast.api.keys import Api2Keys
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE

APPS: Final = Path(__file__).parents[1] / "apps"

MAX_START_SECONDS: Final = 120.0
MAX_STOP_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Server:
    """A server process: its URL, and when it was started (seconds since 1970)."""

    url: str
    process: subprocess.Popen[bytes]
    started_at: float

    @property
    def resident_mib(self) -> float:
        """Return the resident size of the process in MiB, which Linux reports in /proc."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@dataclass(frozen=True)
class Endpoint:
    """Base URL of an API, and the keys that it accepts."""

    base_url: str
    keys: Api2Keys


UNREACHABLE: Final = Endpoint("http://127.0.0.1:9", Api2Keys("bench", "bench"))
"""An address where nothing listens, so that a page that requests a snapshot while it is measured fails."""


def copy_dashboard(folder: Path, secrets: str) -> Path:
    """Copy what is needed to run the dashboard into a new folder, with these settings, and return the folder."""
    folder.mkdir(parents=True)
    shutil.copy(PROJECT / "app.py", folder)
    for part in ("pages", "mimecast", "static"):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    _copy_config(folder)
    write_secrets(folder, secrets)
    return folder


def copy_floor(folder: Path) -> Path:
    """Copy the floor's page into a new folder, with the dashboard's `config.toml`, and return the folder."""
    folder.mkdir(parents=True)
    shutil.copy(APPS / "floor_page.py", folder / "app.py")
    _copy_config(folder)
    return folder


def secrets_for(plan: StorePlan, store_url: str, endpoint: Endpoint = UNREACHABLE, *, refresh_after: str = "6h") -> str:
    """Return the text of a `secrets.toml` for the accounts of a generated store."""
    accounts = [
        f'[mimecast.accounts.{account}]\nname = "Company {account[-3:]}"\nbase_url = "{endpoint.base_url}"\n'
        f'client_id = "{endpoint.keys.client_id}"\nclient_secret = "{endpoint.keys.client_secret}"\n'
        for account in plan.account_ids
    ]
    store = f'[connections.snapshots]\nurl = "{store_url}"\n'
    people = f'people = "movement"\npseudonym_key = "{base64.b64encode(KEY).decode()}"\n' if plan.people else ""
    return "\n".join([*accounts, store, f'[dashboard]\nrefresh_after = "{refresh_after}"\n{people}'])


def write_secrets(folder: Path, secrets: str) -> None:
    """Write a folder's `.streamlit/secrets.toml`, readable by its owner only."""
    file = folder / ".streamlit" / "secrets.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(secrets)
    file.chmod(0o600)


def clean_environment(folder: Path) -> dict[str, str]:
    """Return this process's environment without its home folder and settings, so that only the folder's count.

    Python's own variables are left out as well: without bytecode on disk, every start would compile all modules.
    """
    ours = {*ENVIRONMENT_KEYS, STORE_VARIABLE}
    environment = {
        name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PYTHON")
    }
    return environment | {"HOME": os.fspath(folder / "home")}


@contextlib.contextmanager
def run_streamlit(folder: Path) -> Iterator[Server]:
    """Run `streamlit run app.py` in a folder, wait until it is healthy, and stop it afterwards."""
    with start_streamlit(folder) as server:
        wait_until_ok(server, "/_stcore/health")
        yield server


@contextlib.contextmanager
def start_streamlit(folder: Path) -> Iterator[Server]:
    """Start `streamlit run app.py` in a folder without waiting for it, and stop it afterwards."""
    port = _free_port()
    options = [f"--server.port={port}", "--server.headless=true"]
    with _start([sys.executable, "-m", "streamlit", "run", "app.py", *options], folder, port) as server:
        yield server


@contextlib.contextmanager
def run_naive_page(store_url: str, folder: Path) -> Iterator[Server]:
    """Run the naive page on Dash over a store, wait until it responds, and stop it afterwards."""
    port = _free_port()
    folder.mkdir(parents=True)
    command = [sys.executable, os.fspath(APPS / "naive_page.py"), store_url, str(port)]
    with _start(command, folder, port) as server:
        wait_until_ok(server, "/")
        yield server


def wait_until_ok(server: Server, path: str) -> None:
    """Wait until a GET of the path returns 200.

    Raises SystemExit if the server ends or takes longer than `MAX_START_SECONDS`.
    """
    deadline = time.monotonic() + MAX_START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise SystemExit(f"The server at {server.url} ended with status {server.process.returncode}.")
        with contextlib.suppress(OSError), urllib.request.urlopen(server.url + path, timeout=5) as response:  # noqa: S310 - loopback
            if response.status == 200:
                return
        time.sleep(0.05)
    raise SystemExit(f"The server at {server.url} did not start within {MAX_START_SECONDS:.0f} s.")


@contextlib.contextmanager
def _start(command: list[str], folder: Path, port: int) -> Iterator[Server]:
    environment = clean_environment(folder) | {"PYTHONPATH": os.fspath(folder)}
    with (folder / "server.log").open("wb") as log:
        started_at = time.time()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield Server(f"http://127.0.0.1:{port}", process, started_at)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate a server; kill it if it still waits for a connection that the browser left open."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=MAX_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _copy_config(folder: Path) -> None:
    (folder / ".streamlit").mkdir()
    shutil.copy(PROJECT / ".streamlit" / "config.toml", folder / ".streamlit")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
