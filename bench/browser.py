"""Clocks in a real Chromium: how long until all charts of a page are drawn.

The clock is the browser's own and runs inside the page. It stops when the page has as many charts as in the warm-up,
each with its drawing (`.main-svg`), and, on a page of Streamlit, when the script has ended: at the frame that shows it.
The criterion is the same for every page that is measured.
"""

from __future__ import annotations

import base64
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.protocol import kind_of
from tests.browser.conftest import FLAGS
from tests.support.browser import DESKTOP, MISSING, chromium

TIMEOUT: Final = 120_000
QUIET: Final = 0.7
"""Seconds without a change inside a chart after which it is taken for redrawn; they are not counted."""

CLOCK: Final = """
(() => {
  const drawn = () => {
    const charts = [...document.querySelectorAll('.js-plotly-plot')];
    const app = document.querySelector('[data-testid=stApp]');
    const ended = !app || (app.dataset.testScriptState === 'notRunning'
      && app.dataset.testConnectionState === 'CONNECTED');
    const held = document.querySelectorAll('[data-testid=stPlotlyChart]').length;
    return ended && charts.length && charts.length >= Math.max(held, window.bench.wanted())
      && charts.every(one => one.querySelector('.main-svg'));
  };
  window.bench = {
    at: 0, changed: 0, running: false,
    wanted: () => Number(sessionStorage.getItem('bench charts') || 1),
    charts: () => document.querySelectorAll('.js-plotly-plot').length,
    state: () => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState,
  };
  const look = new MutationObserver(() => {
    if (!drawn()) return;
    look.disconnect();
    requestAnimationFrame(() => { window.bench.at = performance.now(); });
  });
  look.observe(document, {subtree: true, childList: true, attributes: true});
  window.bench.watch = () => {
    const seen = new MutationObserver(() => { window.bench.changed = performance.now(); });
    for (const one of document.querySelectorAll('.js-plotly-plot'))
      seen.observe(one, {subtree: true, childList: true, attributes: true, characterData: true});
    const app = document.querySelector('[data-testid=stApp]');
    new MutationObserver(() => {
      if (app.dataset.testScriptState === 'notRunning') window.bench.ended = performance.now();
      else { window.bench.running = true; }
    }).observe(app, {attributes: true});
  };
})();
"""


@contextmanager
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        raise SystemExit(MISSING)
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *as_root])
        yield made
        made.close()


class Tab:
    """One open page, loaded once before anything is measured; files that a browser keeps are kept."""

    def __init__(self, chromium: Browser, url: str) -> None:
        # The dashboard's policy would refuse the clock too, which is not a script of its own.
        self.context: BrowserContext = chromium.new_context(viewport=DESKTOP, color_scheme="light", bypass_csp=True)
        self.context.set_default_timeout(TIMEOUT)
        self.context.add_init_script(CLOCK)
        self.page: Page = self.context.new_page()
        self.url = url

    def warm_up(self) -> int:
        """Open the page, let it settle and remember how many charts it has."""
        self.page.goto(self.url)
        self._drawn()
        self.page.wait_for_timeout(3000)
        charts = int(self.page.evaluate("window.bench.charts()"))
        self.page.evaluate(f"sessionStorage.setItem('bench charts', {charts})")
        return charts

    def reload(self) -> float:
        """Seconds from the reload until all charts are drawn."""
        self.leave()
        self.page.goto(self.url, wait_until="commit")
        return self._drawn()

    def leave(self) -> None:
        """So that the tab does nothing while another one is measured: a dashboard looks for news now and then."""
        self.page.goto("about:blank")

    def first_visit(self) -> float:
        """The instant at which the first chart is drawn, in seconds since 1970."""
        self.page.goto(self.url, wait_until="commit")
        self._drawn()
        return float(self.page.evaluate("performance.timeOrigin + window.bench.at")) / 1000

    def change_range(self, option: str) -> float:
        """Seconds from the click on another range until every chart is drawn anew.

        That is the last change inside a chart, or the end of the script where that is later.
        """
        button = self.page.get_by_role("radio", name=option, exact=True)
        button = button.or_(self.page.get_by_role("button", name=option, exact=True))
        self.page.evaluate("window.bench.watch()")
        self.page.evaluate("window.bench.running = false; window.bench.ended = window.bench.changed = 0")
        clicked = float(button.first.evaluate("one => { const at = performance.now(); one.click(); return at; }"))
        self.page.wait_for_function(
            "quiet => bench.running && bench.changed && bench.state() === 'notRunning'"
            " && performance.now() - Math.max(bench.changed, bench.ended) > quiet",
            arg=QUIET * 1000,
        )
        return (float(self.page.evaluate("Math.max(bench.changed, bench.ended)")) - clicked) / 1000

    def close(self) -> None:
        self.context.close()

    def _drawn(self) -> float:
        self.page.wait_for_function("window.bench && window.bench.at > 0")
        return float(self.page.evaluate("window.bench.at")) / 1000


@dataclass
class Traffic:
    """Bytes that a first visit brings: files as they came over the wire, messages unpacked."""

    files: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)


def traffic(chromium: Browser, url: str) -> Traffic:
    """Everything a browser that holds nothing yet is sent until the page has settled."""
    tab, seen = Tab(chromium, url), Traffic()
    kinds: dict[str, str] = {}
    wire = tab.context.new_cdp_session(tab.page)
    wire.send("Network.enable")

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"].lower()

    def finished(event: dict[str, Any]) -> None:
        seen.files[kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    def message(event: dict[str, Any]) -> None:
        if event["response"]["opcode"] == 2:
            data = base64.b64decode(event["response"]["payloadData"])
            seen.messages[kind_of(ForwardMsg.FromString(data))] += len(data)

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    wire.on("Network.webSocketFrameReceived", message)
    tab.warm_up()
    tab.close()
    return seen
