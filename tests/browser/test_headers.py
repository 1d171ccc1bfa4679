"""What a browser gets before any page's script has run: where the server is, safe headers, and a strict policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mimecast.ui.server.boot_hints import PLOTLY, PRELOADED_ELEMENTS
from mimecast.ui.server.page_head import build_head
from tests.support.browser import DESKTOP
from tests.support.exhaustive import EXHAUSTIVE, every_nth
from tests.support.server import RunApp

FOREIGN = "document.body.append(Object.assign(document.createElement('script'), {text: 'window.alive = 1'}))"

PAGES = {"": "Overview", "history": "History", "compare": "Compare", "report": "Report", "connection": "Setup & data"}


@pytest.fixture
def strict(browser: Browser) -> Iterator[Page]:
    """A tab that keeps to the dashboard's content security policy, as a reader's browser does."""
    with browser.new_context(viewport=DESKTOP, accept_downloads=True) as context:
        context.set_default_timeout(60_000)
        yield context.new_page()


@pytest.mark.parametrize("page", every_nth([*PAGES], 5))
def test_every_page_keeps_to_a_policy_that_lets_in_no_script_but_ours(run_app: RunApp, strict: Page, page: str) -> None:
    errors: list[str] = []
    strict.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    strict.on("pageerror", lambda error: errors.append(str(error)))
    with run_app() as url:
        answer = strict.goto(f"{url}/{page}")
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        expect(strict.get_by_role("heading", level=1, name=PAGES[page])).to_be_visible()
        expect(strict.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        if page != "connection":
            expect(strict.locator(".js-plotly-plot .main-svg").first).to_be_attached()
        strict.evaluate(FOREIGN)
        assert strict.evaluate("window.alive") is None
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert len([error for error in errors if "Content Security Policy" in error]) == 1, (
        "only the script that was put in here"
    )
    assert [error for error in errors if "Content Security Policy" not in error] == []


def test_every_answer_has_headers_that_leave_nothing_to_guess(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        for path in ("", "history", "_stcore/health", "favicon.png", "no/such/page"):
            headers = tab.request.get(f"{url}/{path}").headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"
            assert "camera=()" in headers["permissions-policy"]


@EXHAUSTIVE
@pytest.mark.parametrize("page", every_nth(["", "history", "history?range=30d"], 3))
def test_a_page_knows_where_its_server_is_and_asks_once(run_app: RunApp, first_visit: Page, page: str) -> None:
    requested_urls: list[str] = []
    first_visit.on("request", lambda request: requested_urls.append(request.url))
    with run_app() as url:
        first_visit.goto(f"{url}/{page}")
        expect(first_visit.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
        assert [requested_url for requested_url in requested_urls if requested_url.endswith("/_stcore/health")] == [
            f"{url}/_stcore/health"
        ]


@EXHAUSTIVE
@pytest.mark.parametrize("page", every_nth(["", "history", "accounts"], 3))
def test_what_draws_the_charts_is_loaded_ahead_and_once(run_app: RunApp, first_visit: Page, page: str) -> None:
    """Before the client has found its server, and so long before it knows that there are charts."""
    files: list[str] = []
    first_visit.on("request", lambda request: files.append(request.url.rpartition("/")[2]))
    with run_app() as url:
        first_visit.goto(f"{url}/{page}")
        expect(first_visit.locator(".js-plotly-plot .main-svg").first).to_be_attached()
    for element in PRELOADED_ELEMENTS:
        assert len([file for file in files if file.startswith(f"{element}.")]) == 1
    assert next(files.index(file) for file in files if file.startswith(f"{PLOTLY}.")) < files.index("health")


def test_this_streamlit_has_every_file_that_is_loaded_ahead() -> None:
    assert [name for name in PRELOADED_ELEMENTS if f"./static/js/{name}." not in build_head().decode()] == []


def test_under_a_path_of_a_proxy_every_page_works_too(run_app: RunApp, tab: Page) -> None:
    with run_app(options=["--server.baseUrlPath=scores"]) as url:
        tab.goto(f"{url}/scores/history")
        expect(tab.get_by_role("heading", level=1, name="History")).to_be_visible()
        tab.get_by_role("link", name="Compare").click()
        expect(tab.get_by_role("heading", level=1, name="Compare")).to_be_visible()
        assert tab.url.startswith(f"{url}/scores/compare")
