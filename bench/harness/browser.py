"""Page times and transferred bytes in a real Chromium.

Times are measured by the browser's own clock, inside the page (`page_clock.js`), with the same criterion on every page.
"""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.harness.chromium import DESKTOP
from bench.harness.streamlit_client import kind_of

PAGE_CLOCK: Final = (Path(__file__).parent / "page_clock.js").read_text()

TIMEOUT_MS: Final = 300_000

SETTLING_MS: Final = 3000
"""How long a page is left alone after its first load, so that late files arrive before anything is measured."""

QUIET_MS: Final = 700
"""How long nothing changes inside a chart before it counts as redrawn. This time is not part of the result."""

BINARY_FRAME: Final = 2
"""Opcode of the WebSocket frames that carry Streamlit's messages (RFC 6455)."""


class Tab:
    """A browser tab on one page, in a browser profile of its own."""

    def __init__(self, browser: Browser, url: str, *, expected_charts: int | None = None) -> None:
        """Open an empty tab; `url` is loaded by the methods below.

        With `expected_charts`, the page is not taken as drawn before it has so many charts. A tab that is used several
        times learns the number in `warm_up`.
        """
        # The dashboard's content security policy would refuse the clock's script.
        self.context: BrowserContext = browser.new_context(viewport=DESKTOP, color_scheme="light", bypass_csp=True)
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.add_init_script(PAGE_CLOCK)
        if expected_charts is not None:
            self.context.add_init_script(f"if (location.host) pageClock.expectCharts({expected_charts})")
        self.page: Page = self.context.new_page()
        self.url = url

    def warm_up(self) -> int:
        """Load the page once, remember how many charts it has, and return that number."""
        self.page.goto(self.url)
        self._wait_until_drawn()
        self.page.wait_for_timeout(SETTLING_MS)
        charts = int(self.page.evaluate("pageClock.countCharts()"))
        self.page.evaluate("count => pageClock.expectCharts(count)", charts)
        return charts

    def reload(self) -> float:
        """Return the seconds from a reload until all charts are drawn."""
        self.park()
        self.page.goto(self.url, wait_until="commit")
        return self._wait_until_drawn()

    def park(self) -> None:
        """Leave the page, so that its automatic refresh does not disturb the measurement of another one."""
        self.page.goto("about:blank")

    def load(self) -> float:
        """Load the page and return the instant at which its charts were drawn, in seconds since 1970."""
        self.page.goto(self.url, wait_until="commit")
        return self.finish_visit()

    def first_visit(self) -> float:
        """Return the seconds from the navigation until all charts are drawn, in the tab's empty profile."""
        self.page.goto(self.url, wait_until="commit")
        return self._wait_until_drawn()

    def begin_visit(self) -> None:
        """Begin to load the page, and return at once."""
        self.page.evaluate("url => { setTimeout(() => { location.href = url; }); }", self.url)

    def finish_visit(self) -> float:
        """Wait until the page is drawn, and return the instant of that in seconds since 1970."""
        self.page.wait_for_url(self.url, wait_until="commit")
        self._wait_until_drawn()
        return float(self.page.evaluate("performance.timeOrigin + pageClock.drawnAt")) / 1000

    def change_range(self, option: str) -> float:
        """Return the seconds from a click on a range until every chart is redrawn.

        The end is the last change inside a chart, or the end of the script if that is later.
        """
        button = self.page.get_by_role("radio", name=option, exact=True)
        button = button.or_(self.page.get_by_role("button", name=option, exact=True)).first
        self.page.evaluate("pageClock.watchChanges()")
        clicked_ms = float(button.evaluate("button => { const now = performance.now(); button.click(); return now; }"))
        self.page.wait_for_function("milliseconds => pageClock.isQuiet(milliseconds)", arg=QUIET_MS)
        return (float(self.page.evaluate("pageClock.lastChange()")) - clicked_ms) / 1000

    def close(self) -> None:
        """Close the tab and forget its profile."""
        self.context.close()

    def _wait_until_drawn(self) -> float:
        self.page.wait_for_function("window.pageClock && pageClock.drawnAt > 0")
        return float(self.page.evaluate("pageClock.drawnAt")) / 1000


@dataclass
class Transfer:
    """Bytes that a first visit receives, by kind: files as sent over the network, messages uncompressed."""

    files: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)

    @property
    def total_bytes(self) -> int:
        """Return the bytes of all files and messages together."""
        return self.files.total() + self.messages.total()


def first_visit_transfer(browser: Browser, url: str) -> Transfer:
    """Load a page with an empty browser profile and return what it received until it settled."""
    tab, transfer = Tab(browser, url), Transfer()
    resource_types: dict[str, str] = {}

    def on_response(event: dict[str, Any]) -> None:
        resource_types[event["requestId"]] = event["type"].lower()

    def on_finished(event: dict[str, Any]) -> None:
        kind = resource_types.get(event["requestId"], "other")
        transfer.files[kind] += int(event["encodedDataLength"])

    def on_frame(event: dict[str, Any]) -> None:
        if event["response"]["opcode"] == BINARY_FRAME:
            data = base64.b64decode(event["response"]["payloadData"])
            transfer.messages[kind_of(ForwardMsg.FromString(data))] += len(data)

    devtools = tab.context.new_cdp_session(tab.page)
    devtools.send("Network.enable")
    devtools.on("Network.responseReceived", on_response)
    devtools.on("Network.loadingFinished", on_finished)
    devtools.on("Network.webSocketFrameReceived", on_frame)
    tab.warm_up()
    tab.close()
    return transfer
