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
    "--process-per-site",  # the tabs of a profile share a process, which compiles the scripts of the pages once
]

FORGET = "() => { try { localStorage.clear() } catch {} }"
"""JavaScript that deletes what a page has stored. A page that could not be loaded may not store anything."""

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


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser profile that has loaded the scripts of the pages in an earlier test.

    An empty page of the same site keeps their process.
    """
    with _new_profile(browser) as profile:
        page = profile.new_page()
        page.route("**/*", lambda route: route.fulfill(body=""))
        page.goto("http://127.0.0.1/")
        yield profile


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """Return the browser profile that the tests share, without cookies and tabs of another test."""
    kept = [*profile.pages]
    yield profile
    for page in profile.pages:
        if page not in kept:
            page.evaluate(FORGET)
            page.close()
    profile.clear_cookies()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """Return an empty tab. It is not called a page, because the dashboard has pages."""
    return context.new_page()


@pytest.fixture
def first_visit(browser: Browser) -> Iterator[Page]:
    """Return an empty tab of a profile that has never loaded the dashboard."""
    with _new_profile(browser) as profile:
        yield profile.new_page()


def _new_profile(browser: Browser) -> BrowserContext:
    """Return a browser profile without the dashboard's content security policy.

    The policy refuses the JavaScript with which tests wait. `test_headers.py` tests the policy.
    """
    profile = browser.new_context(viewport=DESKTOP, color_scheme="light", accept_downloads=True, bypass_csp=True)
    profile.set_default_timeout(TIMEOUT_MILLISECONDS)
    return profile
