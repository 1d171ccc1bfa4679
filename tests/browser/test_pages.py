"""What a user sees on sample data, on a phone, in both themes, and in downloaded files."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mimecast.formatting import format_signed
from mimecast.store.store import Store
from tests.support.browser import (
    DESKTOP,
    PHONE,
    SAMPLE_PAGES,
    ColorScheme,
    chart_alts,
    emulate,
    open_page,
    show_whole_page,
    wait_until_complete,
)
from tests.support.exhaustive import CROSSED, EXHAUSTIVE, every_nth
from tests.support.server import RunApp
from tests.support.waiting import wait_until

GRADES = re.compile(
    r"^Users by SAFE Score grade" + r".*".join(rf"[:,] {grade} [\d,]+ \(\d+\.\d%\)" for grade in "ABCDF")
)
PAGES = [*(page for page in SAMPLE_PAGES if page != "report"), "compare?from=2010-01-01"]
"""Every page that sample data has, and one whose address is wrong. `test_report.py` has the Report page."""

HEADLINE = re.compile(r"^\d+\.\d% of users are at risk, down from \d+\.\d% a year ago$")


def test_a_first_start_opens_on_sample_data_and_talks_to_no_other_host(run_app: RunApp, first_visit: Page) -> None:
    tab = first_visit
    requested_urls: list[str] = []
    tab.on("request", lambda request: requested_urls.append(request.url))
    with run_app() as url:
        open_page(tab, url)
        expect(tab.get_by_text("SAMPLE DATA", exact=True)).to_be_visible()
        expect(tab.get_by_text(HEADLINE)).to_be_visible()
        expect(tab.locator(".card")).to_have_count(4)
        assert len(chart_alts(tab)) == 3
        assert GRADES.match(_grades_chart(tab))
        expect(tab.locator(".js-plotly-plot").filter(has_text="SAMPLE DATA")).to_have_count(3)

        tab.get_by_role("link", name="History").click()
        wait_until_complete(tab, "History")
        expect(tab.get_by_text("351 of 366 days have a snapshot")).to_be_visible()
        assert len(chart_alts(tab)) == 3
        expect(tab.locator(".js-plotly-plot").filter(has_text="SAMPLE DATA")).to_have_count(3)
    assert [
        requested_url
        for requested_url in requested_urls
        if not requested_url.startswith((url, url.replace("http", "ws"), "data:", "blob:"))
    ] == []


def test_the_headline_the_trend_and_the_grades_need_no_scrolling_at_1440_by_900(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, url)
        headline = tab.get_by_text(HEADLINE).bounding_box()
        assert headline is not None
        for position in (0, 1):  # the trend, and the grades beside it
            chart = tab.get_by_test_id("stPlotlyChart").nth(position).bounding_box()
            assert chart is not None
            assert headline["y"] + headline["height"] < chart["y"]
            assert chart["y"] + chart["height"] <= DESKTOP["height"]


@CROSSED
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", every_nth(PAGES, 2))
def test_every_page_fits_a_phone_and_breaks_no_accessibility_rule(
    run_app: RunApp, tab: Page, scheme: ColorScheme, page: str
) -> None:
    emulate(tab, PHONE, scheme)
    with run_app() as url:
        open_page(tab, f"{url}/{page}", has_charts=page != "connection")
        background = tab.get_by_test_id("stApp").evaluate("node => getComputedStyle(node).backgroundColor")
        assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]
        overflow = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
        assert tab.evaluate(overflow) <= 0
        show_whole_page(tab)
        stamps = _stamps(tab)
        assert len(stamps) == len(chart_alts(tab))
        assert all("SAMPLE DATA" in stamp for stamp in stamps)
        violations = Axe().run(tab).response["violations"]
        assert {violation["id"]: violation["help"] for violation in violations} == {}


def _grades_chart(tab: Page) -> str:
    """Return the text alternative of the Overview's chart of grades."""
    return next(alt for alt in chart_alts(tab) if alt.startswith("Users by SAFE Score grade"))


def _stamps(tab: Page) -> list[str]:
    """Return the stamp of each figure, which must be inside the picture."""
    stamps = tab.locator(".js-plotly-plot .annotation").filter(has_text="users graded")
    texts = []
    for stamp in stamps.all():
        box = stamp.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        texts.append(str(stamp.text_content()))
    return texts


@EXHAUSTIVE
def test_what_is_downloaded_is_what_is_shown(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, url)
        name, rows = _downloaded(tab)
        assert re.fullmatch(r"SAMPLE-DATA-safe-score-overview-contoso-made-up-\d{4}-\d\d-\d\d\.csv", name)
        stated = dict(re.findall(r"([ABCDF]) ([\d,]+) \(", _grades_chart(tab)))
        assert {row["grade"]: row["users"] for row in rows[:5]} == {
            grade: users.replace(",", "") for grade, users in stated.items()
        }
        assert {row["source"] for row in rows} == {"SAMPLE DATA"}

        open_page(tab, f"{url}/history?range=30d")
        name, rows = _downloaded(tab)
        assert len(rows) == 31
        assert sum(bool(row["taken_at"]) for row in rows) == 31
        expect(tab.get_by_text("31 of 31 days have a snapshot")).to_be_visible()

        open_page(tab, f"{url}/history?range=90d")
        name, rows = _downloaded(tab)
        assert len(rows) == 91
        assert [row["a"] for row in rows if not row["taken_at"]] == [""]
        expect(tab.get_by_text("90 of 91 days have a snapshot")).to_be_visible()


def test_the_file_of_a_comparison_is_what_is_shown(run_app: RunApp, tab: Page) -> None:
    today = datetime.now(UTC).date()
    with run_app() as url:
        open_page(tab, f"{url}/compare?from={today - timedelta(days=365)}&to={today}")
        name, rows = _downloaded(tab)
        assert re.fullmatch(r"SAMPLE-DATA-safe-score-compare-contoso-made-up-\d{4}-\d\d-\d\d\.csv", name)
        shown = {row["grade"]: row for row in rows}
        shares_by_grade = re.findall(r"([ABCDF]) (\d+\.\d)% then, (\d+\.\d)% now", chart_alts(tab)[0])
        assert [grade for grade, _, _ in shares_by_grade] == list("ABCDF")
        for grade, *shares in shares_by_grade:
            for when, share in zip(("then", "now"), shares, strict=True):
                users, graded = (int(shown[name][f"users_{when}"]) for name in (grade, "users_graded"))
                assert f"{100 * users / graded:.1f}" == share
                assert float(shown[grade][f"share_{when}_percent"]) == pytest.approx(100 * users / graded, abs=0.006)
        parts = [
            int(shown[f"at_risk{part}"]["net_change_users"]) for part in ("", "_headcount_part", "_behaviour_part")
        ]
        assert parts[0] == parts[1] + parts[2]
        metrics = tab.locator(".card .value").all_inner_texts()
        assert metrics == [format_signed(part) for part in parts]
        assert {row["source"] for row in rows} == {"SAMPLE DATA"}


def _downloaded(tab: Page) -> tuple[str, list[dict[str, str]]]:
    with tab.expect_download() as waited:
        tab.get_by_role("link", name="Download CSV").click()
    file = waited.value
    return file.suggested_filename, list(csv.DictReader(io.StringIO(Path(file.path()).read_text(encoding="utf-8-sig"))))


GREY_AREAS = ".shapelayer path[style*='fill: rgb(128, 128, 128)']"
"""Gaps. The reference line of the sample data is a shape as well."""


def test_gaps_are_drawn_as_gaps(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/history?range=1y")
        expect(tab.get_by_test_id("stPlotlyChart").first.locator(".scatterlayer .js-line")).to_have_count(4)
        expect(tab.get_by_test_id("stPlotlyChart").first.locator(GREY_AREAS)).to_have_count(2)


def test_a_connected_account_is_asked_stored_and_shown(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], store_url: str
) -> None:
    with run_app(account_variables) as url:
        open_page(tab, url)
        expect(tab.get_by_text(re.compile("Contoso · .* · 1,204 users graded · live from Mimecast"))).to_be_visible()
        expect(tab.get_by_text("SAMPLE DATA")).to_have_count(0)
        expect(tab.get_by_text("First comparison over 30 days: ")).to_be_visible()
        (first,) = Store.open(store_url).all_snapshots("default")
        wait_until(lambda: datetime.now(UTC) > first.taken_at + timedelta(seconds=1))  # of a second, one is kept
        tab.get_by_role("button", name="Refresh", exact=True).click()
        wait_until(lambda: len(list(Store.open(store_url).all_snapshots("default"))) == 2)
        wait_until_complete(tab)
        expect(tab.get_by_text("Taken just now")).to_be_visible()
