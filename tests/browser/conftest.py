"""Real pages in a real browser: the dashboard's own server, the sandbox behind it, Chromium in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.store_url import STORE_VARIABLE
from tests.conftest import REQUIRED
from tests.support.browser import DESKTOP, MISSING, RunApp, chromium, end
from tests.support.unprivileged import unprivileged

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
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *as_root])
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Without the dashboard's content security policy, which refuses what tests wait with; test_shell.py holds it."""
    with browser.new_context(viewport=DESKTOP, color_scheme="light", accept_downloads=True, bypass_csp=True) as made:
        made.set_default_timeout(20_000)
        yield made


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def sample_url(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on sample data for all tests that only look."""
    folder = tmp_path_factory.mktemp("sample") / "clone"
    shutil.copytree(project, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(folder.parent))
        with _serving(folder, {}) as url:
            yield url


@pytest.fixture
def run_app(request: pytest.FixtureRequest, project: Path, tmp_path: Path) -> RunApp:
    """`with run_app(variables, secrets=...) as url`: a fresh server of a fresh clone, ended afterwards.

    `run_app()` alone is the one on sample data that all tests share, which only look.
    """

    @contextlib.contextmanager
    def run(
        variables: dict[str, str] | None = None,
        *,
        secrets: str | bytes | None = None,
        name: str = "clone",
        as_nobody: bool = False,
        options: Sequence[str] = (),
    ) -> Iterator[str]:
        if variables is None and secrets is None and not options:
            yield request.getfixturevalue("sample_url")
            return
        clone = tmp_path / name
        if not clone.exists():
            shutil.copytree(project, clone)
        if secrets is not None:
            file = clone / ".streamlit" / "secrets.toml"
            file.write_bytes(secrets if isinstance(secrets, bytes) else secrets.encode())
            file.chmod(0o600)
        with _serving(clone, variables or {}, as_nobody=as_nobody, options=options) as url:
            yield url

    return run


@contextlib.contextmanager
def _serving(
    clone: Path, variables: dict[str, str], *, as_nobody: bool = False, options: Sequence[str] = ()
) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    command += options
    command = unprivileged(command) if as_nobody else command
    with (clone.parent / f"{clone.name}-{port}.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=clone, env={**os.environ, **variables}, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_listening(port, server)
            yield url
        finally:
            end(server)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_listening(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended by itself"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start")
