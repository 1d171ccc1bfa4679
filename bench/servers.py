"""What is measured, started on this computer in folders of their own: dashboard, floor and naive page."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.stores import Plan
from mimecast.api.auth import Api2Keys
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE
from tests.support.browser import end

PAGES: Final = Path(__file__).parent

HEALTHY_WITHIN: Final = 120.0


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, its process, and when that was started (seconds since 1970)."""

    url: str
    process: subprocess.Popen[bytes]
    started: float


@dataclass(frozen=True)
class Mimecast:
    """Where an account's Mimecast is, and its keys."""

    base_url: str
    keys: Api2Keys


NOBODY: Final = Mimecast("http://127.0.0.1:9", Api2Keys("bench", "bench"))
"""Nobody listens there: whatever asks Mimecast while it is being measured fails."""


def clone(folder: Path, secrets: str, checkout: Path = PROJECT) -> Path:
    """A copy of what is needed to run the dashboard, with these settings."""
    for part in ("app.py", "pages", "mimecast", "static"):
        source = checkout / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / part)
    _config(folder)
    file = folder / ".streamlit" / "secrets.toml"
    file.write_text(secrets)
    file.chmod(0o600)
    return folder


def floor(folder: Path) -> Path:
    """A Streamlit page with one Plotly chart and nothing else, and the dashboard's `config.toml`."""
    folder.mkdir(parents=True)
    shutil.copy(PAGES / "floor_page.py", folder / "app.py")
    _config(folder)
    return folder


def secrets_for(plan: Plan, store_url: str, mimecast: Mimecast = NOBODY, refresh_after: str = "6h") -> str:
    """The settings for a generated store."""
    accounts = [
        f'[mimecast.accounts.{account}]\nname = "Company {account[-3:]}"\nbase_url = "{mimecast.base_url}"\n'
        f'client_id = "{mimecast.keys.client_id}"\nclient_secret = "{mimecast.keys.client_secret}"\n'
        for account in plan.ids
    ]
    store = f'[connections.snapshots]\nurl = "{store_url}"\n'
    return "\n".join([*accounts, store, f'[dashboard]\nrefresh_after = "{refresh_after}"\n'])


@contextlib.contextmanager
def streamlit(folder: Path) -> Iterator[Server]:
    """`streamlit run app.py` in the folder, healthy; ended afterwards."""
    with starting_streamlit(folder) as server:
        wait_until(f"{server.url}/_stcore/health", server)
        yield server


@contextlib.contextmanager
def starting_streamlit(folder: Path) -> Iterator[Server]:
    """The same, but not waited for."""
    port = _free_port()
    options = [f"--server.port={port}", "--server.headless=true"]
    with _started([sys.executable, "-m", "streamlit", "run", "app.py", *options], folder, port) as server:
        yield server


@contextlib.contextmanager
def naive_dash(store_url: str, folder: Path) -> Iterator[Server]:
    """The naive page on Dash over a store."""
    port = _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, os.fspath(PAGES / "naive_page.py"), store_url, str(port)]
    with _started(command, folder, port) as server:
        wait_until(server.url, server)
        yield server


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Resident size of a process in MiB, as Linux tells it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def wait_until(url: str, server: Server) -> None:
    """Wait until the address answers."""
    until = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise SystemExit(f"The server at {server.url} ended by itself.")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise SystemExit(f"The server at {server.url} did not start.")


@contextlib.contextmanager
def _started(command: list[str], folder: Path, port: int) -> Iterator[Server]:
    """Nobody's settings but the folder's: no home folder, no variable of ours."""
    ours = {*ENVIRONMENT_KEYS, STORE_VARIABLE}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"HOME": os.fspath(folder / "home"), "PYTHONPATH": os.fspath(folder)}
    with (folder / "server.log").open("wb") as log:
        started = time.time()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield Server(f"http://127.0.0.1:{port}", process, started)
        finally:
            end(process)


def _config(folder: Path) -> None:
    (folder / ".streamlit").mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / ".streamlit" / "config.toml", folder / ".streamlit" / "config.toml")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
