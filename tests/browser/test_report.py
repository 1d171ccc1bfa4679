"""The report page: one screenshot, one click for the picture, files made on demand, addresses that can be shared."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pptx import Presentation

from tests.support.browser import (
    DESKTOP,
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
from tests.support.waiting import wait_until

NAME = r"SAMPLE-DATA-safe-score-report-contoso-made-up-\d{4}-\d\d-\d\d"


def picture(tab: Page) -> Any:
    return tab.locator(".st-key-report_frame")


def characters(tab: Page) -> str:
    """Everything that is written on the picture."""
    return "\n".join(tab.locator(".js-plotly-plot .annotation-text").all_text_contents())


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=EXHAUSTIVE)])
def test_the_whole_report_is_on_one_screenshot_and_light_in_any_theme(
    run_app: RunApp, tab: Page, scheme: ColorScheme
) -> None:
    emulate(tab, DESKTOP, scheme)
    with run_app() as url:
        open_page(tab, f"{url}/report")
        box = picture(tab).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= DESKTOP["height"]
        assert box["x"] + box["width"] <= DESKTOP["width"]
        assert box["width"] > 900
        assert box["width"] / box["height"] == pytest.approx(16 / 9, abs=0.01)
        drawn = tab.locator(".js-plotly-plot .main-svg").first
        assert drawn.evaluate("svg => [svg.width.baseVal.value, svg.height.baseVal.value]") == [1600, 900]
        assert drawn.evaluate("svg => getComputedStyle(svg).backgroundColor") == "rgb(255, 255, 255)"
        shown = drawn.bounding_box()
        assert shown is not None
        assert shown["width"] == pytest.approx(box["width"], abs=20)
        for text in tab.locator(
            ".js-plotly-plot .annotation-text, .js-plotly-plot .xtick, .js-plotly-plot .ytick"
        ).all():
            place = text.bounding_box()
            assert place is not None
            assert box["x"] <= place["x"]
            assert place["x"] + place["width"] <= box["x"] + box["width"]
            assert box["y"] <= place["y"]
            assert place["y"] + place["height"] <= box["y"] + box["height"]
        for words in ("are at risk", "users graded", "SAMPLE DATA", "Share of users at risk (D + F)"):
            assert words in characters(tab)


def test_the_camera_gives_a_sharp_picture_with_a_telling_name(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/report")
        tab.locator(".js-plotly-plot").hover(position={"x": 300, "y": 20})
        with tab.expect_download() as waited:
            tab.locator(".modebar-btn").first.click()
        content = Path(waited.value.path()).read_bytes()
        assert re.fullmatch(rf"{NAME}\.png", waited.value.suggested_filename)
        assert struct.unpack(">II", content[16:24]) == (3200, 1800)


def test_the_downloads_are_the_report_that_is_shown(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/report?range=90d&title=Board+pack")
        fact = re.search(r"\d+\.\d% of users are at risk, down from \d+\.\d% on \d+ \w+ \d{4}", chart_alts(tab)[0])
        assert fact is not None

        deck = Presentation(io.BytesIO(downloaded(tab, "PowerPoint", ".pptx")))
        assert deck.slides[0].shapes.title.text == fact[0]
        assert deck.core_properties.title == "Board pack"

        book = openpyxl.load_workbook(io.BytesIO(downloaded(tab, "Excel", ".xlsx")))
        assert str(book["Report"]["A2"].value).startswith(fact[0])
        assert book["Daily values"].max_row == 92

        sheets = pypdfium2.PdfDocument(downloaded(tab, "PDF", ".pdf"))
        assert fact[0] in " ".join(sheets[0].get_textpage().get_text_bounded().split())
        sheets.close()
        assert struct.unpack(">II", downloaded(tab, "PNG", ".png")[16:24]) == (3200, 1800)

        page = downloaded(tab, "HTML", ".html").decode()
        assert f"<strong>{fact[0]}.</strong>" in page


def downloaded(tab: Page, label: str, ending: str) -> bytes:
    with tab.expect_download() as waited:
        tab.get_by_role("link", name=label).click()
    assert re.fullmatch(NAME + re.escape(ending), waited.value.suggested_filename)
    return Path(waited.value.path()).read_bytes()


@EXHAUSTIVE
def test_an_address_with_every_option_survives_reload_a_click_and_back(run_app: RunApp, tab: Page) -> None:
    options = {"range": "90d", "compare": "7d", "title": "Board pack", "name": "0", "notes": "0"}
    query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in options.items())
    with run_app() as url:
        open_page(tab, f"{url}/report?{query}")
        expect(tab.get_by_role("radio", name="90 days")).to_be_checked()
        for _ in range(2):
            page_text = characters(tab)
            assert "Board pack" in page_text
            assert "7 days" in page_text
            assert "Contoso" not in page_text
            assert address_of(tab) == ("/report", options)
            tab.reload()
            wait_until_complete(tab, "Report")

        tab.get_by_role("link", name="History").click()
        wait_until_complete(tab, "History")
        expect(tab.get_by_role("radio", name="90 days")).to_be_checked()
        tab.go_back()
        wait_until_complete(tab, "Report")
        expect(tab.locator(".js-plotly-plot").filter(has_text="Board pack")).to_be_visible()
        assert address_of(tab) == ("/report", options)


@EXHAUSTIVE
def test_options_that_are_chosen_stand_in_the_address(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/report")
        tab.get_by_role("button", name="Options").click()
        tab.get_by_role("textbox", name="Title").fill("Q4 <b>board</b>")
        tab.get_by_role("textbox", name="Title").press("Enter")
        expect(tab.locator(".js-plotly-plot").filter(has_text="Q4 <b>board</b>")).to_be_visible()
        tab.get_by_text("Show the account's name").click()
        expect(tab.locator(".js-plotly-plot").filter(has_text="Contoso")).to_have_count(0)
        tab.get_by_role("combobox", name="Compare with").click()
        tab.get_by_role("option", name="A year earlier").click()
        expect(tab.locator(".js-plotly-plot").filter(has_text="365 days")).to_be_visible()
        address = ("/report", {"title": "Q4 <b>board</b>", "name": "0", "compare": "1y"})
        wait_until(lambda: address_of(tab) == address)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=EXHAUSTIVE)])
def test_the_report_fits_a_phone_and_breaks_no_accessibility_rule(
    run_app: RunApp, tab: Page, scheme: ColorScheme
) -> None:
    emulate(tab, PHONE, scheme)
    with run_app() as url:
        open_page(tab, f"{url}/report")
        assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth") <= 0
        box = picture(tab).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"]
        show_whole_page(tab)
        violations = Axe().run(tab).response["violations"]
        assert {violation["id"]: violation["help"] for violation in violations} == {}


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=EXHAUSTIVE)])
def test_the_html_file_opens_without_a_network_in_both_themes(
    run_app: RunApp, tab: Page, browser: Browser, tmp_path: Path, scheme: Any
) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/report")
        (tmp_path / "report.html").write_bytes(downloaded(tab, "HTML", ".html"))
    requests: list[str] = []
    errors: list[str] = []
    with browser.new_context(offline=True, color_scheme=scheme) as context:
        alone = context.new_page()
        alone.on("request", lambda request: requests.append(request.url))
        alone.on("pageerror", lambda error: errors.append(str(error)))
        alone.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        alone.goto((tmp_path / "report.html").as_uri())
        expect(alone.locator(".js-plotly-plot .main-svg").nth(11)).to_be_attached()
        paper = alone.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]
        letter = alone.locator(".js-plotly-plot .gtitle").first.evaluate("text => getComputedStyle(text).fill")
        assert letter == {"light": "rgb(15, 24, 34)", "dark": "rgb(230, 234, 239)"}[scheme]
        expect(alone.locator("[data-title*='cloud' i], [data-title*='share' i]")).to_have_count(0)
        violations = Axe().run(alone).response["violations"]
        assert {violation["id"]: violation["help"] for violation in violations} == {}
    assert [requested_url for requested_url in requests if not requested_url.startswith("file:")] == []
    assert errors == []
