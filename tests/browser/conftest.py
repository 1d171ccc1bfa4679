"""Fixtures for real pages in a real browser: Chromium, the dashboard's server, and the sandbox as its Mimecast."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.store_url import STORE_VARIABLE
from tests.support.browser import DESKTOP, MISSING, RunApp, chromium, end
from tests.support.networks import free_port
from tests.support.processes import unprivileged
from tests.support.requirements import skip_or_fail
from tests.support.waiting import wait_until

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

TIMEOUT_MILLISECONDS = 20_000
SERVER_START_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder with `browser`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium, started once for all tests of this process."""
    path = chromium()
    if path is None:
        skip_or_fail(MISSING)
    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser profile without the dashboard's content security policy.

    The policy refuses the JavaScript with which tests wait. `test_shell.py` tests the policy.
    """
    with browser.new_context(viewport=DESKTOP, color_scheme="light", accept_downloads=True, bypass_csp=True) as context:
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        yield context


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """Return an empty tab. It is not called a page, because the dashboard has pages."""
    return context.new_page()


@pytest.fixture(scope="session")
def sample_url(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server on sample data, for the tests that change nothing."""
    folder = tmp_path_factory.mktemp("sample") / "clone"
    shutil.copytree(project, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(folder.parent))
        with _serve(folder, {}) as url:
            yield url


@pytest.fixture
def run_app(request: pytest.FixtureRequest, project: Path, tmp_path: Path) -> RunApp:
    """Return a context manager that runs a new server of a new clone and yields its address.

    `secrets` is the content of the clone's secrets.toml, and `options` are added to `streamlit run`. Without arguments
    it yields the address of the server on sample data, which the tests share.
    """

    @contextlib.contextmanager
    def run(
        variables: dict[str, str] | None = None,
        *,
        secrets: str | bytes | None = None,
        name: str = "clone",
        is_unprivileged: bool = False,
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
        with _serve(clone, variables or {}, is_unprivileged=is_unprivileged, options=options) as url:
            yield url

    return run


@contextlib.contextmanager
def _serve(
    clone: Path, variables: dict[str, str], *, is_unprivileged: bool = False, options: Sequence[str] = ()
) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    command += options
    command = unprivileged(command) if is_unprivileged else command
    with (clone.parent / f"{clone.name}-{port}.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=clone, env={**os.environ, **variables}, stdout=log, stderr=log)

        def is_listening() -> bool:
            assert server.poll() is None, f"the server ended; see {log.name}"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
                return True
            return False

        try:
            wait_until(is_listening, seconds=SERVER_START_SECONDS)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(server)
