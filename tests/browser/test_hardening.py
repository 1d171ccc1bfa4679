"""Typed text stays text, and a page sends requests to its own server only."""

from __future__ import annotations

import csv
import http.client
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE
from mimecast.store.annotations.notes import write_note
from mimecast.store.store import Store
from tests.support.browser import DESKTOP
from tests.support.exhaustive import EXHAUSTIVE, sample
from tests.support.server import RunApp

PAGES = ("", *(page.stem for page in sorted((PROJECT / "pages").glob("*.py"))))

HOSTILE = "<img src=x onerror=alert(1)> **b** $x$ [a](http://x) =1+1 @x www.evil.com :red[r] &lt;i&gt;"

ALIVE = """() => [...document.querySelectorAll(
    'img[src="x"], .katex, a[href*="evil"], a[href="http://x"], a[href^="http://x/"], a[href^="mailto:"], svg a, ' +
    'svg image, iframe, object, embed'
  )].map(node => node.outerHTML).concat(
    [...document.querySelectorAll('strong, b, em, i')].filter(node => ['b', 'r', 'i', 'x'].includes(node.textContent))
    .map(node => node.outerHTML))"""
"""Return the parts of the name that have become more than text."""


@pytest.fixture
def noted(store: Store, store_url: str) -> dict[str, str]:
    """A store where a note would like to be more than a note, and its URL as a variable."""
    now = datetime.now(UTC)
    store.add([Snapshot("fabrikam", now - timedelta(days=days), ScoreCounts(400, 300, 300, 90, 40)) for days in (3, 1)])
    write_note(store, "fabrikam", now.date() - timedelta(days=2), HOSTILE, author="", now=now, today=now.date())
    return {STORE_VARIABLE: store_url}


@pytest.fixture
def hostile(sandbox: Sandbox) -> str:
    """Secrets of two accounts, both with a name that would like to be more than a name."""
    keys = sandbox.keys
    return "\n".join(
        f"[mimecast.accounts.{account}]\nname = '{HOSTILE}'\nbase_url = \"{sandbox.base_url}\"\n"
        f'access_key = "{keys.access_key}"\nsecret_key = "{keys.secret_key}"\n'
        f'app_id = "{keys.app_id}"\napp_key = "{keys.app_key}"\n'
        for account in ("contoso", "fabrikam")
    )


def drawn(tab: Page, url: str) -> None:
    tab.goto(url)
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.get_by_text(re.compile("live from Mimecast|SAMPLE DATA")).first).to_be_visible()
    expect(tab.get_by_role("button", name="Refreshing")).to_have_count(0)
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)


def test_names_notes_and_titles_are_text_on_every_page_in_every_chart_and_every_file(
    run_app: RunApp, tab: Page, hostile: str, noted: dict[str, str], subtests: pytest.Subtests
) -> None:
    dialogs: list[str] = []

    def opened(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", opened)
    with run_app(noted, secrets=hostile) as url:
        for page in sample(PAGES, 4):
            with subtests.test(page=page or "overview"):
                drawn(tab, f"{url}/{page}?account=fabrikam&title={quote(HOSTILE)}")
                shown = tab.get_by_test_id("stMain").inner_text().replace("\u2060", "")
                assert HOSTILE in shown
                if page == "history":
                    expect(tab.get_by_test_id("stMain").get_by_text("onerror").first).to_be_visible()
                if tab.get_by_role("button", name="Check now").count():
                    tab.get_by_role("button", name="Check now").click()
                    tab.get_by_text("Copy for support").click()
                    expect(tab.get_by_text("Time of the request")).to_be_visible()
                tab.get_by_role("combobox", name="Account", exact=True).click()
                expect(tab.get_by_role("option").first).to_be_visible()
                assert tab.evaluate(ALIVE) == []
                tab.keyboard.press("Escape")
                for stamp in tab.locator(".js-plotly-plot .annotation").filter(has_text="src=x").all():
                    assert "<img src=x onerror=al" in str(stamp.text_content())
                for button in tab.get_by_role("link", name="Download CSV").all():
                    with tab.expect_download() as waited:
                        button.click()
                    holds_no_formula(Path(waited.value.path()).read_text(encoding="utf-8-sig"))
                    assert re.fullmatch(r"[\w.-]+", waited.value.suggested_filename)
    assert dialogs == []


def holds_no_formula(text: str) -> None:
    """Nothing that a spreadsheet would calculate."""
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert cells
    assert [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?!\d+(\.\d+)?$)", cell)] == []


@EXHAUSTIVE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_asks_its_own_server_only(run_app: RunApp, browser: Browser, scheme: Any) -> None:
    requested_urls: set[str] = set()
    with run_app() as url, browser.new_context(viewport=DESKTOP, color_scheme=scheme, bypass_csp=True) as context:
        context.on("request", lambda request: requested_urls.add(request.url))
        tab = context.new_page()
        tab.on("websocket", lambda websocket: requested_urls.add(websocket.url))
        for page in PAGES:
            drawn(tab, f"{url}/{page}")
            tab.wait_for_load_state("networkidle")
    ours = urlsplit(url).netloc
    assert [
        requested_url
        for requested_url in requested_urls
        if not requested_url.startswith(("data:", "blob:")) and urlsplit(requested_url).netloc != ours
    ] == []
    assert any(requested_url.startswith("ws") for requested_url in requested_urls)
    assert any(requested_url.endswith((".woff2", ".ttf")) for requested_url in requested_urls), (
        "the fonts are the server's own"
    )


@EXHAUSTIVE
def test_an_upload_of_more_than_5_mb_is_refused(run_app: RunApp, tab: Page) -> None:
    frames: list[bytes] = []
    tab.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(as_bytes(frame))))
    with run_app() as url:
        drawn(tab, url)
        token = next(cookie.get("value") for cookie in tab.context.cookies() if cookie.get("name") == "_streamlit_xsrf")
        sessions = set(re.findall(rb"\$([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", frames[0]))

        def answers(size: int) -> set[int]:
            return {
                tab.request.put(
                    f"{url}/_stcore/upload_file/{session.decode()}/one",
                    headers={"X-Xsrftoken": str(token)},
                    multipart={"file": {"name": "x.csv", "mimeType": "text/csv", "buffer": b"x" * size}},
                ).status
                for session in sessions
            }

        assert 204 in answers(1000)
        assert answers(6 * 1024 * 1024) & {204, 413} == {413}


def as_bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def test_no_page_of_another_host_may_steer_this_one(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        assert tab.request.get(f"{url}/_stcore/host-config").json()["allowedOrigins"] == []


@pytest.mark.parametrize(
    ("host", "status"), [("localhost", 101), ("127.0.0.1", 101), ("evil.example", 403), ("127.0.0.1.evil.example", 403)]
)
def test_a_foreign_host_name_that_resolves_to_this_server_is_refused(run_app: RunApp, host: str, status: int) -> None:
    """A web page elsewhere can let its own name lead to 127.0.0.1, and would then count as the same origin."""
    with run_app() as url:
        port = urlsplit(url).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {
            "Host": f"{host}:{port}",
            "Origin": f"http://{host}:{port}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        connection.request("GET", "/_stcore/stream", headers=headers)
        assert connection.getresponse().status == status
        connection.close()
