"""Fixtures for real pages in a real browser: Chromium, the dashboard's server, and the sandbox as its Mimecast."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support.browser import DESKTOP, MISSING, chromium
from tests.support.requirements import skip_or_fail

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

TIMEOUT_MILLISECONDS = 60_000
"""How long a test waits for what has to appear: long enough for a slow and busy machine."""


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

    The policy refuses the JavaScript with which tests wait. `test_headers.py` tests the policy.
    """
    with browser.new_context(viewport=DESKTOP, color_scheme="light", accept_downloads=True, bypass_csp=True) as context:
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        yield context


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """Return an empty tab. It is not called a page, because the dashboard has pages."""
    return context.new_page()
