"""The Accounts page in a browser: a click opens the account, Back returns, the file is the table, and it fits."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from tests.support.browser import (
    ALL_CHARTS_DRAWN,
    PHONE,
    ColorScheme,
    address_of,
    chart_alts,
    emulate,
    open_page,
    show_whole_page,
    wait_until_complete,
)
from tests.support.exhaustive import EXHAUSTIVE
from tests.support.server import RunApp

NAMES = {"alpha": "Alphaville", "beta": "Betamax", "gamma": "Gammaray"}
HEADER = ROW = 35
AT_RISK = 300
"""Pixels from the left, inside the column of this name."""

NO_MARKUP_OF_OURS = {"svg-img-alt", "scrollable-region-focusable"}


@pytest.fixture
def three_accounts(store: Store, store_url: str) -> str:
    """Secrets of three accounts without a real Mimecast behind them, with snapshots that need no refresh."""
    now = datetime.now(UTC)
    for at_risk, account in ((10, "alpha"), (30, "beta"), (20, "gamma")):
        store.add(
            [
                Snapshot(account, now - timedelta(days=days, minutes=5), ScoreCounts(100 - at_risk, 0, 0, 0, at_risk))
                for days in range(60)
            ]
        )
    tables = [
        f'[mimecast.accounts.{account}]\nname = "{name}"\nbase_url = "http://127.0.0.1:9"\n'
        'client_id = "x"\nclient_secret = "y"\n'
        for account, name in NAMES.items()
    ]
    return "\n".join([*tables, f'[connections.snapshots]\nurl = "{store_url}"\n'])


def ready(tab: Page) -> None:
    """Everything is drawn; this page has no Refresh button to wait for."""
    app = tab.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(tab.get_by_role("heading", level=1, name="Accounts")).to_be_visible()
    expect(tab.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    tab.wait_for_function(ALL_CHARTS_DRAWN)


def expect_order(tab: Page, *names: str) -> None:
    """Wait until the first column has these texts, from top to bottom, as screen readers get them."""
    first = tab.get_by_test_id("stDataFrame").locator("table[role=grid] tbody tr td:first-child")
    expect(first).to_have_text(list(names))


def click(tab: Page, x: int, y: int) -> None:
    """Click at a place in the table, which is drawn as one picture."""
    box = tab.get_by_test_id("data-grid-canvas").bounding_box()
    assert box is not None
    tab.mouse.click(box["x"] + x, box["y"] + y)


def click_row(tab: Page, row: int) -> None:
    click(tab, 50, HEADER + ROW * row + ROW // 2)


def test_a_click_on_an_account_opens_its_overview_and_back_returns(
    run_app: RunApp, tab: Page, three_accounts: str
) -> None:
    with run_app(secrets=three_accounts) as url:
        tab.goto(f"{url}/accounts?range=90d")
        ready(tab)
        expect_order(tab, *NAMES.values())
        click_row(tab, 1)
        wait_until_complete(tab, "Overview")
        expect(tab.get_by_text("Betamax · ").first).to_be_visible()
        assert address_of(tab) == ("/", {"range": "90d", "account": "beta"})

        tab.go_back()
        ready(tab)
        assert address_of(tab) == ("/accounts", {"range": "90d", "account": "beta"})
        tab.wait_for_timeout(1500)  # time to be sent away again, if the click were remembered
        expect(tab.get_by_role("heading", level=1, name="Accounts")).to_be_visible()


@EXHAUSTIVE
def test_who_returns_by_the_sidebar_finds_the_accounts(run_app: RunApp, tab: Page, three_accounts: str) -> None:
    with run_app(secrets=three_accounts) as url:
        tab.goto(f"{url}/accounts?range=90d")
        ready(tab)
        click_row(tab, 2)
        wait_until_complete(tab, "Overview")
        expect(tab.get_by_text("Gammaray · ").first).to_be_visible()

        tab.get_by_role("link", name="Accounts").click()
        ready(tab)
        assert address_of(tab) == ("/accounts", {"range": "90d", "account": "gamma"})
        tab.reload()
        ready(tab)


@EXHAUSTIVE
def test_a_sorted_table_opens_the_account_that_was_clicked(run_app: RunApp, tab: Page, three_accounts: str) -> None:
    with run_app(secrets=three_accounts) as url:
        tab.goto(f"{url}/accounts")
        ready(tab)
        expect_order(tab, "Alphaville", "Betamax", "Gammaray")
        click(tab, AT_RISK, HEADER // 2)
        expect_order(tab, "Alphaville", "Gammaray", "Betamax")
        tab.wait_for_timeout(600)  # two clicks, not a double one
        click(tab, AT_RISK, HEADER // 2)
        expect_order(tab, "Betamax", "Gammaray", "Alphaville")
        click_row(tab, 1)
        wait_until_complete(tab, "Overview")
        expect(tab.get_by_text("Gammaray · ").first).to_be_visible()


@EXHAUSTIVE
def test_the_file_holds_exactly_the_table_and_the_charts_those_that_are_chosen(
    run_app: RunApp, tab: Page, three_accounts: str
) -> None:
    with run_app(secrets=three_accounts) as url:
        tab.goto(f"{url}/accounts")
        ready(tab)
        with tab.expect_download() as waited:
            tab.get_by_role("link", name="Download CSV").click()
        assert re.fullmatch(r"safe-score-accounts-\d{4}-\d\d-\d\d\.csv", waited.value.suggested_filename)
        rows = list(csv.DictReader(io.StringIO(Path(waited.value.path()).read_text(encoding="utf-8-sig"))))
        assert [(row["name"], row["at_risk_percent"], row["state"]) for row in rows] == [
            ("Alphaville", "10.0", "fresh"),
            ("Betamax", "30.0", "fresh"),
            ("Gammaray", "20.0", "fresh"),
        ]
        assert [name for name in NAMES.values() if name in chart_alts(tab)[0]] == list(NAMES.values())
        tab.get_by_test_id("stMultiSelect").get_by_role("button", name=re.compile("Betamax")).click()
        expect(tab.get_by_role("figure", name=re.compile("Alphaville"))).not_to_have_attribute(
            "aria-label", re.compile("Betamax")
        )
        tab.get_by_role("link", name="Overview").click()
        wait_until_complete(tab, "Overview")
        tab.go_back()
        ready(tab)
        assert "Betamax" not in chart_alts(tab)[0], "who comes back finds the charts as they were"


def violations(tab: Page) -> list[tuple[str, str, list[str]]]:
    """Return each accessibility rule that the page breaks, its title, and the elements."""
    rules = Axe().run(tab).response["violations"]
    return [(rule["id"], rule["help"], [node["html"] for node in rule["nodes"]]) for rule in rules]


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=EXHAUSTIVE)])
def test_the_page_fits_a_phone_and_neither_it_nor_setup_breaks_an_accessibility_rule(
    run_app: RunApp, tab: Page, three_accounts: str, scheme: ColorScheme
) -> None:
    emulate(tab, PHONE, scheme)
    with run_app(secrets=three_accounts) as url:
        tab.goto(f"{url}/accounts")
        ready(tab)
        overflow = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
        assert tab.evaluate(overflow) <= 0
        show_whole_page(tab)
        stamp = tab.locator(".js-plotly-plot .annotation").filter(has_text="3 accounts").bounding_box()
        assert stamp is not None
        assert stamp["x"] >= 0
        assert stamp["x"] + stamp["width"] <= PHONE["width"]
        assert violations(tab) == []

        open_page(tab, f"{url}/connection", has_charts=False)
        expect(tab.get_by_role("group", name="CSV or JSON files")).to_be_visible()
        show_whole_page(tab)
        assert violations(tab) == []
