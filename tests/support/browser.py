"""How the browser tests look at a page."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found, so the browser tests cannot run. "
    "Install it (Debian: apt-get install chromium) or name its file in CHROMIUM."
)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}

RunApp = Callable[..., AbstractContextManager[str]]
"""`with run_app(variables, secrets=...) as url`: a fresh server of a fresh clone, ended afterwards."""

DRAWN = """() => {
  const all = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
  return all.length > 0 && all.every(one => one.querySelector('.js-plotly-plot .main-svg'));
}"""


def chromium() -> str | None:
    """The file of the browser, if there is one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def open_page(tab: Page, url: str, *, draws: bool = True) -> None:
    """Go there and wait until everything is drawn; the Connection page `draws` no figure."""
    tab.goto(url)
    settled(tab, draws=draws)


def settled(tab: Page, heading: str | None = None, *, draws: bool = True) -> None:
    """Wait until the script has ended, an automatic refresh too, and every figure is drawn."""
    app = tab.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(tab.get_by_role("heading", level=1, name=heading)).to_be_visible()
    expect(tab.get_by_role("button", name="Refresh", exact=True)).to_be_visible()
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    if draws:
        tab.wait_for_function(DRAWN)


def alts(tab: Page) -> list[str]:
    """The text alternatives of the page's figures, from top to bottom."""
    charts = tab.locator("[data-testid='stPlotlyChart'] [role='figure'], [data-testid='stPlotlyChart'][role='figure']")
    return [str(label) for label in charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")]


def whole_page(tab: Page) -> None:
    """Make the window as tall as the page, so that all of it is laid out."""
    height = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size: Any = tab.viewport_size
    tab.set_viewport_size({"width": size["width"], "height": height + 20})


def end(server: subprocess.Popen[bytes]) -> None:
    """End a server. uvicorn may wait for ever for a connection that a browser opened, unused, while it was closing."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def eventually(check: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until it is so."""
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)
