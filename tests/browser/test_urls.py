"""URLs can be shared: a deep link, a click on another page, Back and a reload keep the choices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from mimecast import formatting
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.store.store import Store
from tests.support.browser import address_of, chart_alts, open_page, wait_until_complete
from tests.support.exhaustive import EXHAUSTIVE, every_nth
from tests.support.server import RunApp
from tests.support.waiting import wait_until


@pytest.fixture
def two_accounts(sandbox: Sandbox) -> str:
    keys = sandbox.keys
    return "\n".join(
        f"""[mimecast.accounts.{account}]
name = "{name}"
base_url = "{sandbox.base_url}"
access_key = "{keys.access_key}"
secret_key = "{keys.secret_key}"
app_id = "{keys.app_id}"
app_key = "{keys.app_key}"
"""
        for account, name in (("contoso", "Contoso Ltd"), ("fabrikam", "Fabrikam Inc"))
    )


def shows(tab: Page, heading: str, account: str) -> None:
    wait_until_complete(tab, heading)
    expect(tab.get_by_text(f"{account} · ").first).to_be_visible()


def pick(tab: Page, label: str, **query: str) -> None:
    """Pick a choice of History, and wait until it is in the address and shown.

    The radio button is checked before the server has answered, while the page is complete with the old range.
    """
    tab.get_by_text(label, exact=True).click()
    wait_until(lambda: query.items() <= address_of(tab)[1].items())
    expect(tab.get_by_role("radio", name=label)).to_be_checked()
    wait_until_complete(tab)


def test_history_keeps_account_and_range_on_a_deep_link_a_click_back_and_reload(
    run_app: RunApp, tab: Page, two_accounts: str
) -> None:
    with run_app(secrets=two_accounts) as url:
        open_page(tab, f"{url}/history?account=fabrikam&range=90d")
        shows(tab, "History", "Fabrikam Inc")
        expect(tab.get_by_role("radio", name="90 days")).to_be_checked()

        tab.get_by_role("link", name="Overview").click()
        shows(tab, "Overview", "Fabrikam Inc")
        assert address_of(tab) == ("/", {"account": "fabrikam", "range": "90d"})

        tab.go_back()
        shows(tab, "History", "Fabrikam Inc")
        expect(tab.get_by_role("radio", name="90 days")).to_be_checked()
        assert address_of(tab) == ("/history", {"account": "fabrikam", "range": "90d"})

        tab.reload()
        shows(tab, "History", "Fabrikam Inc")
        assert address_of(tab) == ("/history", {"account": "fabrikam", "range": "90d"})


@EXHAUSTIVE
def test_back_from_a_picked_range_shows_the_range_before(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, url)
        tab.get_by_role("link", name="History").click()
        wait_until_complete(tab, "History")
        pick(tab, "30 days", range="30d")
        tab.go_back()
        expect(tab.get_by_role("radio", name="1 year")).to_be_checked()
        tab.go_back()
        wait_until_complete(tab, "Overview")


@EXHAUSTIVE
def test_overview_keeps_the_account_and_remembers_the_range(run_app: RunApp, tab: Page, two_accounts: str) -> None:
    with run_app(secrets=two_accounts) as url:
        open_page(tab, f"{url}/?account=fabrikam")
        shows(tab, "Overview", "Fabrikam Inc")
        tab.get_by_role("link", name="History").click()
        shows(tab, "History", "Fabrikam Inc")
        pick(tab, "30 days", range="30d")
        assert address_of(tab) == ("/history", {"account": "fabrikam", "range": "30d"})
        tab.get_by_role("link", name="Overview").click()
        shows(tab, "Overview", "Fabrikam Inc")
        tab.get_by_role("link", name="History").click()
        shows(tab, "History", "Fabrikam Inc")
        expect(tab.get_by_role("radio", name="30 days")).to_be_checked()


@EXHAUSTIVE
def test_an_account_picked_in_the_sidebar_is_in_the_address(run_app: RunApp, tab: Page, two_accounts: str) -> None:
    with run_app(secrets=two_accounts) as url:
        open_page(tab, url)
        shows(tab, "Overview", "Contoso Ltd")
        tab.get_by_role("combobox", name="Account").click()
        tab.get_by_role("option", name="Fabrikam Inc").click()
        shows(tab, "Overview", "Fabrikam Inc")
        assert address_of(tab) == ("/", {"account": "fabrikam"})
        tab.go_back()
        shows(tab, "Overview", "Contoso Ltd")


@pytest.mark.parametrize(
    ("query", "complaint"),
    every_nth(
        [
            ("range=fortnight", "The URL names the range “fortnight”, which is unknown"),
            ("range=own&from=2026-13-45", "The URL says from=2026-13-45, which is not a date"),
            ("range=own&from=2026-09-01&to=2026-08-01", "ends (2026-08-01) before it begins (2026-09-01)"),
            ("account=no_one", "The URL names the account “no_one”, which does not exist"),
            ("account=<b>x</b>$y$", "The URL names the account “<b>x</b>$y$”"),
        ],
        5,
    ),
)
def test_an_address_that_makes_no_sense_is_named_and_the_default_is_shown(
    run_app: RunApp, tab: Page, query: str, complaint: str
) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/history?{query}")
        expect(tab.get_by_test_id("stAlert").filter(has_text=complaint)).to_be_visible()
        expect(tab.get_by_role("radio", name="1 year")).to_be_checked()
        assert len(chart_alts(tab)) == 3


@EXHAUSTIVE
def test_own_dates_can_be_shared(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/history?range=all")
        tab.get_by_text("Custom", exact=True).click()
        expect(tab.get_by_role("radio", name="Custom")).to_be_checked()
        wait_until(lambda: set(address_of(tab)[1]) == {"range", "from", "to"})
        wait_until_complete(tab)
        _, query = address_of(tab)
        open_page(tab, f"{url}/history?range=own&from={query['from']}&to={query['from']}")
        expect(tab.get_by_text("1 of 1 day has a snapshot")).to_be_visible()


@pytest.fixture
def two_histories(two_accounts: str, store_url: str) -> str:
    """A snapshot a day of the last 400 days, of both accounts."""
    noon = datetime.now(UTC) - timedelta(minutes=1)
    Store.open(store_url).add(
        Snapshot(account, noon - timedelta(days=days), ScoreCounts(500 + days, 300, 200, 80 + days % 7, 40))
        for account in ("contoso", "fabrikam")
        for days in range(400)
    )
    return f'{two_accounts}\n[connections.snapshots]\nurl = "{store_url}"\n'


def day_before(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days, minutes=1)).date().isoformat()


def written(text: str) -> str:
    return formatting.format_date(date.fromisoformat(text))


def compares(tab: Page, earlier: str, later: str) -> None:
    wait_until_complete(tab, "Compare")
    expect(tab.get_by_text(f"From {written(earlier)} to {written(later)}")).to_be_visible()
    wait_until(lambda: f"{written(earlier)} and {written(later)}" in "".join(chart_alts(tab)[:1]))


@EXHAUSTIVE
def test_compare_keeps_account_and_dates_on_a_deep_link_a_click_back_and_reload(
    run_app: RunApp, tab: Page, two_histories: str
) -> None:
    earlier, later = day_before(100), day_before(9)
    query = {"account": "fabrikam", "range": "90d", "from": earlier, "to": later}
    with run_app(secrets=two_histories) as url:
        open_page(tab, f"{url}/compare?{urlencode(query)}")
        shows(tab, "Compare", "Fabrikam Inc")
        compares(tab, earlier, later)

        tab.get_by_role("link", name="Overview").click()
        shows(tab, "Overview", "Fabrikam Inc")
        assert address_of(tab) == ("/", query)

        tab.go_back()
        shows(tab, "Compare", "Fabrikam Inc")
        compares(tab, earlier, later)
        assert address_of(tab) == ("/compare", query)

        tab.reload()
        compares(tab, earlier, later)
        assert address_of(tab) == ("/compare", query)

        tab.get_by_role("link", name="History").click()
        shows(tab, "History", "Fabrikam Inc")
        expect(tab.get_by_role("radio", name="90 days")).to_be_checked()
        tab.get_by_role("link", name="Compare").click()
        shows(tab, "Compare", "Fabrikam Inc")
        compares(tab, earlier, later)


@EXHAUSTIVE
def test_a_preset_counts_from_the_later_date_and_back_shows_the_comparison_before(
    run_app: RunApp, tab: Page, two_histories: str
) -> None:
    later = day_before(20)
    with run_app(secrets=two_histories) as url:
        open_page(tab, f"{url}/compare")
        compares(tab, day_before(30), day_before(0))
        expect(tab.get_by_role("radio", name="30 days before")).to_be_checked()
        open_page(tab, f"{url}/compare?to={later}")
        compares(tab, day_before(50), later)
        for preset, days in (("A week before", 7), ("90 days before", 90), ("A year before", 365)):
            earlier = (date.fromisoformat(later) - timedelta(days=days)).isoformat()
            tab.get_by_text(preset, exact=True).click()
            expect(tab.get_by_role("radio", name=preset)).to_be_checked()
            compares(tab, earlier, later)
            assert address_of(tab) == ("/compare", {"from": earlier, "to": later})
        tab.go_back()
        compares(tab, (date.fromisoformat(later) - timedelta(days=90)).isoformat(), later)


@EXHAUSTIVE
def test_a_picked_date_is_in_the_address_and_the_earlier_one_comes_first(
    run_app: RunApp, tab: Page, two_histories: str
) -> None:
    with run_app(secrets=two_histories) as url:
        open_page(tab, f"{url}/compare?from={day_before(60)}&to={day_before(30)}")
        tab.get_by_role("spinbutton", name="year, From").click()
        tab.keyboard.type(day_before(10).replace("-", ""))
        tab.get_by_role("heading", level=1).click()
        compares(tab, day_before(30), day_before(10))
        assert address_of(tab) == ("/compare", {"from": day_before(30), "to": day_before(10)})


@pytest.mark.parametrize(
    ("query", "complaint"),
    every_nth(
        [
            ("from=2026-09-01&to=2026-08-01", "ends (2026-08-01) before it begins (2026-09-01)"),
            ("from=yesterday", "The URL says from=yesterday, which is not a date"),
            ("to=2999-01-01", "The URL says to=2999-01-01, which is not a date"),
            ("from=2010-01-01", "There is no snapshot on 1 Jan 2010 or in the 7 days before"),
            ("from=<b>$x$</b>", "The URL says from=<b>$x$</b>, which is not a date"),
        ],
        5,
    ),
)
def test_dates_that_make_no_sense_are_named_and_thirty_days_are_compared(
    run_app: RunApp, tab: Page, query: str, complaint: str
) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/compare?{query}")
        expect(tab.get_by_test_id("stAlert")).to_have_count(1)
        expect(tab.get_by_test_id("stAlert")).to_contain_text(complaint)
        expect(tab.get_by_test_id("stAlert")).to_contain_text("; the day 30 days earlier is used instead.")
        expect(tab.get_by_role("radio", name="30 days before")).to_be_checked()
        expect(tab.get_by_test_id("stPlotlyChart")).to_have_count(2)


@EXHAUSTIVE
def test_the_resolution_is_kept_and_a_range_picked_on_history_keeps_the_dates_of_compare(
    run_app: RunApp, tab: Page, two_histories: str
) -> None:
    dates = {"from": day_before(60), "to": day_before(30)}
    with run_app(secrets=two_histories) as url:
        open_page(tab, f"{url}/history?{urlencode(dates)}")
        expect(tab.get_by_role("radio", name="Custom")).to_be_checked()
        expect(tab.get_by_text("31 of 31 days have a snapshot")).to_be_visible()
        pick(tab, "1 year", range="1y")
        pick(tab, "Monthly", by="month")
        expect(tab.get_by_text("Monthly values")).to_be_visible()
        assert address_of(tab) == ("/history", {**dates, "range": "1y", "by": "month"})

        tab.get_by_role("link", name="Compare").click()
        compares(tab, dates["from"], dates["to"])
        tab.go_back()
        wait_until_complete(tab, "History")
        expect(tab.get_by_role("radio", name="Monthly")).to_be_checked()
        tab.reload()
        wait_until_complete(tab, "History")
        expect(tab.get_by_role("radio", name="Monthly")).to_be_checked()
        tab.get_by_text("Auto", exact=True).click()
        wait_until(lambda: address_of(tab) == ("/history", {**dates, "range": "1y"}))
        expect(tab.get_by_text("Daily values")).to_be_visible()
