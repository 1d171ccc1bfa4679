"""Sign-in through a real OpenID Connect provider, in a real browser: no page shows a number before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from mimecast.store.store import Store
from mimecast.ui.navigation import PAGES as SIDEBAR
from tests.support.browser import PHONE, ColorScheme, address_of, emulate
from tests.support.exhaustive import EXHAUSTIVE, every_nth, sample
from tests.support.oidc import CLIENT_SECRET, COOKIE_SECRET, Provider
from tests.support.server import RunApp
from tests.support.waiting import wait_until

PAGES = {title: "" if script == "app.py" else Path(script).stem for script, title, _ in SIDEBAR}
"""Heading and address of every page there is."""

COUNTS = ("1,204", "1204", "525", "43.6", "128", "10.6")
"""What the sandbox's account would show on one page or another."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def frames(tab: Page) -> list[bytes]:
    """Everything that the server sends to the tab's pages by WebSocket."""
    seen: list[bytes] = []

    def watch(websocket: WebSocket) -> None:
        websocket.on("framereceived", lambda frame: seen.append(frame.encode() if isinstance(frame, str) else frame))

    tab.on("websocket", watch)
    return seen


def sees_only_the_sign_in(tab: Page, frames: list[bytes]) -> None:
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    text = tab.locator("body").inner_text()
    assert "Contoso" not in text
    assert not any(re.search(rf"(?<![\w.,]){re.escape(count)}(?![\w])", text) for count in COUNTS), text
    expect(tab.get_by_test_id("stPlotlyChart")).to_have_count(0)
    expect(tab.get_by_test_id("stPageLink")).to_have_count(0)
    assert frames
    for frame in frames:
        assert b"Contoso" not in frame
        assert b"1,204" not in frame
        assert b'"data":[' not in frame


def signs_in(tab: Page) -> None:
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("link", name="Continue").click()


@pytest.mark.parametrize("heading", every_nth([*PAGES], 8))
def test_a_fresh_server_shows_the_sign_in_at_every_page_s_own_address_and_afterwards_that_page(
    run_app: RunApp,
    tab: Page,
    frames: list[bytes],
    provider: Provider,
    account_variables: dict[str, str],
    store_url: str,
    heading: str,
) -> None:
    secrets = f'{provider.auth_table()}[dashboard]\nallowed_emails = ["ada@contoso.com"]\n'
    with run_app(account_variables, secrets=secrets) as url:
        tab.goto(f"{url}/{PAGES[heading]}?range=90d")
        sees_only_the_sign_in(tab, frames)
        assert Store.open(store_url).accounts() == [], "a request was sent although no user has signed in"
        signs_in(tab)
        expect(tab.get_by_role("heading", level=1, name=heading)).to_be_visible()
        stored = "no snapshot yet" if heading == "Accounts" else "1,204 users graded"  # it asks for nothing
        expect(tab.get_by_text(stored).first).to_be_visible()
        assert address_of(tab) == (f"/{PAGES[heading]}", {"range": "90d"})
        expect(tab.get_by_test_id("stSidebar").get_by_text("Signed in as Ada")).to_be_visible()
        has_banner = heading in ("Overview", "Compare", "Campaigns", "People", "Accounts")  # and says what is missing
        expect(tab.get_by_test_id("stAlert")).to_have_count(1 if has_banner else 0)
        sent = b"".join(frames)
        assert CLIENT_SECRET.encode() not in sent
        assert COOKIE_SECRET.encode() not in sent


def test_who_signs_out_sees_nothing_more_and_the_provider_is_notified(
    run_app: RunApp, tab: Page, frames: list[bytes], provider: Provider, account_variables: dict[str, str]
) -> None:
    with run_app(account_variables, secrets=f"{provider.auth_table('contoso')}") as url:
        tab.goto(url)
        expect(tab.get_by_role("button", name="Sign in with contoso")).to_be_visible()
        signs_in(tab)
        expect(tab.get_by_text("1,204 users graded").first).to_be_visible()
        expect(tab.get_by_text("Anyone your identity provider authenticates can view this dashboard")).to_be_visible()
        tab.get_by_role("button", name="Sign out").click()
        expect(tab.get_by_role("button", name="Sign in with contoso")).to_be_visible()
        wait_until(lambda: provider.sign_out_count == 1)  # the browser has left for the provider, without its cookie
        frames.clear()
        tab.reload()
        sees_only_the_sign_in(tab, frames)
        frames.clear()
        tab.goto(f"{url}/history")
        sees_only_the_sign_in(tab, frames)


@EXHAUSTIVE
def test_who_presses_refresh_is_in_the_log_and_who_refuses_at_the_provider_is_asked_again(
    run_app: RunApp, tab: Page, provider: Provider, account_variables: dict[str, str], tmp_path: Path
) -> None:
    with run_app(account_variables, secrets=provider.auth_table()) as url:
        tab.goto(url)
        tab.get_by_role("button", name="Sign in").click()
        tab.get_by_role("link", name="Refuse").click()
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
        signs_in(tab)
        tab.get_by_role("button", name="Refresh", exact=True).click()
        log = next(tmp_path.glob("clone-*.log"))
        wait_until(lambda: 'Ada@contoso.com refreshed (account "default").' in log.read_text())
        assert "recognisable" not in log.read_text()


@EXHAUSTIVE
@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"email": "eve@fabrikam.com"}, "you are not on the list of users who may see this dashboard"),
        pytest.param(
            {"email": "eve@contoso.com", "email_verified": False},
            "does not say that your e-mail address is verified",
            marks=EXHAUSTIVE,
        ),
    ],
    ids=["not allowed", "not verified"],
)
def test_who_may_not_see_it_gets_one_sentence_and_the_way_out(
    run_app: RunApp,
    tab: Page,
    frames: list[bytes],
    provider: Provider,
    account_variables: dict[str, str],
    claims: dict[str, object],
    message: str,
) -> None:
    provider.claims |= claims
    secrets = f'{provider.auth_table()}[dashboard]\nallowed_domains = ["contoso.com"]\n'
    with run_app(account_variables, secrets=secrets) as url:
        tab.goto(f"{url}/history")
        signs_in(tab)
        for page in sample(PAGES.values(), 4):
            tab.goto(f"{url}/{page}")
            expect(tab.get_by_text(message)).to_be_visible()
            expect(tab.get_by_text("dministrator")).to_be_visible()
            expect(tab.get_by_test_id("stPageLink")).to_have_count(0)
        assert b"1,204" not in b"".join(frames)
        assert "users graded" not in tab.locator("body").inner_text()
        tab.get_by_role("button", name="Sign out").click()
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=EXHAUSTIVE)])
def test_the_sign_in_fits_a_phone_breaks_no_accessibility_rule_and_says_where_it_leads(
    run_app: RunApp, tab: Page, provider: Provider, scheme: ColorScheme
) -> None:
    emulate(tab, PHONE, scheme)
    with run_app(secrets=provider.auth_table()) as url:
        tab.goto(url.replace("127.0.0.1", "localhost"))
        expect(tab.get_by_role("button", name="Sign in")).to_be_visible(timeout=60_000)
        expect(tab.get_by_test_id("stAlert")).to_contain_text("Open the dashboard there to sign in.", timeout=60_000)
        assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth") <= 0
        assert [violation["id"] for violation in Axe().run(tab).response["violations"]] == []


@EXHAUSTIVE
def test_a_forged_or_foreign_cookie_gives_no_access(
    run_app: RunApp,
    tab: Page,
    context: BrowserContext,
    frames: list[bytes],
    provider: Provider,
    account_variables: dict[str, str],
) -> None:
    with run_app(account_variables, secrets=provider.auth_table()) as url:
        tab.goto(url)
        signs_in(tab)
        expect(tab.get_by_text("1,204 users graded").first).to_be_visible()
        (cookie,) = [cookie for cookie in context.cookies() if cookie.get("name") == "_streamlit_user"]
    forged = run_app(account_variables, secrets=provider.auth_table().replace(COOKIE_SECRET, "x" * 40), name="other")
    with forged as url:
        context.clear_cookies()
        context.add_cookies([{"name": "_streamlit_user", "value": str(cookie.get("value")), "url": url}])
        frames.clear()
        tab.goto(f"{url}/history")
        sees_only_the_sign_in(tab, frames)
