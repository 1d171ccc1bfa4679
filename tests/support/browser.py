"""What browser tests share: finding Chromium, and waiting for pages and reading them."""

from __future__ import annotations

import os
import shutil
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, ViewportSize, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found, so the browser tests cannot run. "
    "Install it (Debian: apt-get install chromium) or name its file in CHROMIUM."
)
ColorScheme = Literal["light", "dark"]

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

SAMPLE_PAGES = ("", "history?range=all&by=month", "compare", "people", "campaigns", "report", "connection")
"""The addresses of every page that sample data has. Accounts needs several accounts."""

ALL_CHARTS_DRAWN = """() => {
  const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
  return charts.length > 0 && charts.every(chart => chart.querySelector('.js-plotly-plot .main-svg'));
}"""
"""JavaScript that returns whether the page has charts and all of them are drawn."""


def chromium() -> str | None:
    """Return the browser's executable, if one is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def emulate(tab: Page, viewport: ViewportSize, scheme: ColorScheme) -> None:
    """Give a tab the size and the colour scheme of a device."""
    tab.set_viewport_size(viewport)
    tab.emulate_media(color_scheme=scheme)


def open_page(tab: Page, url: str, *, has_charts: bool = True) -> None:
    """Open an address and wait until the page is complete. The Connection page has no charts."""
    tab.goto(url)
    wait_until_complete(tab, has_charts=has_charts)


def wait_until_complete(tab: Page, heading: str | None = None, *, has_charts: bool = True) -> None:
    """Wait until the page's script and its automatic refresh have ended and every chart is drawn."""
    app = tab.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(tab.get_by_role("heading", level=1, name=heading)).to_be_visible()
    expect(tab.get_by_role("button", name="Refresh", exact=True)).to_be_visible()
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    if has_charts:
        tab.wait_for_function(ALL_CHARTS_DRAWN)


def address_of(tab: Page) -> tuple[str, dict[str, str]]:
    """Return the path and the query parameters in the address bar."""
    parts = urlsplit(tab.evaluate("location.href"))
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def alerts(tab: Page) -> Locator:
    """Return the page's banners except the one that no scheduled run was recorded, which no test's store has."""
    return tab.get_by_test_id("stAlert").filter(has_not_text="No scheduled snapshot has been recorded yet")


def chart_alts(tab: Page) -> list[str]:
    """Return the text alternatives of the page's charts, from top to bottom."""
    charts = tab.locator("[data-testid='stPlotlyChart'] [role='figure'], [data-testid='stPlotlyChart'][role='figure']")
    labels = charts.evaluate_all("charts => charts.map(chart => chart.getAttribute('aria-label'))")
    return [str(label) for label in labels]


def show_whole_page(tab: Page) -> None:
    """Make the window as tall as the page, so that all of the page is laid out."""
    height = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size: Any = tab.viewport_size
    tab.set_viewport_size({"width": size["width"], "height": height + 20})
