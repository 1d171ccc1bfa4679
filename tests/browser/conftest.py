"""Real pages in a real browser: the dashboard's own server, the sandbox behind it, Chromium in front of it."""

from __future__ import annotations

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
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.driving import DESKTOP, MISSING, RunApp, chromium
from tests.conftest import REQUIRED
from tests.unprivileged import unprivileged

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        if os.environ.get(REQUIRED):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    expect.set_options(timeout=20_000)
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *as_root])
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=DESKTOP, color_scheme="light", accept_downloads=True) as made:
        made.set_default_timeout(20_000)
        yield made


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def run_app(project: Path, tmp_path: Path) -> RunApp:
    """`with run_app(variables, secrets=...) as url`: a fresh server of a fresh clone, ended afterwards."""

    @contextlib.contextmanager
    def run(
        variables: dict[str, str] | None = None,
        *,
        secrets: str | bytes | None = None,
        name: str = "clone",
        as_nobody: bool = False,
    ) -> Iterator[str]:
        clone = tmp_path / name
        if not clone.exists():
            shutil.copytree(project, clone)
        if secrets is not None:
            file = clone / ".streamlit" / "secrets.toml"
            file.write_bytes(secrets if isinstance(secrets, bytes) else secrets.encode())
            file.chmod(0o600)
        port = _free_port()
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            f"--server.port={port}",
            "--server.headless=true",
        ]
        command = unprivileged(command) if as_nobody else command
        with (tmp_path / f"{name}-{port}.log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=clone, env={**os.environ, **(variables or {})}, stdout=log, stderr=log
            )
            try:
                url = f"http://127.0.0.1:{port}"
                _wait_until_healthy(url, server)
                yield url
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=20)

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended by itself"
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not become healthy")
