"""The browser's print: A4, nothing but the page, nothing clipped, nothing cut in two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, ViewportSize

from tests.support.browser import DESKTOP, ColorScheme, emulate, open_page
from tests.support.exhaustive import CROSSED, EXHAUSTIVE, every_nth
from tests.support.server import RunApp

A4 = (595, 842)
"""Points: width and height of the sheet upright."""

MARGIN = 30
"""Points that stay white on every side; the margin is 34."""

WIDE: ViewportSize = {"width": 2560, "height": 1300}


@dataclass
class Sheet:
    """One side of paper: its size in points, its characters without white space, the boxes of its words in points from
    the lower left corner, and whether its margins are white."""

    size: tuple[int, int]
    characters: str
    boxes: list[tuple[float, float, float, float]]
    has_white_margins: bool


AT_REST = """() => {
  const now = [...document.querySelectorAll('[data-testid=stMain], .main-svg')].map(element =>
    `${element.scrollHeight} ${JSON.stringify(element.getBoundingClientRect())}`).join();
  if (window.laidOut !== now) { window.laidOut = now; window.since = Date.now(); }
  return Date.now() - window.since > 700;
}"""
"""JavaScript that returns whether the layout has not changed for a moment: a refresh may still be drawing the page."""


def printed(tab: Page) -> list[Sheet]:
    """Return the page as the browser prints it, with backgrounds."""
    tab.wait_for_function(AT_REST)
    document = pypdfium2.PdfDocument(tab.pdf(prefer_css_page_size=True, print_background=True))
    sheets = [_sheet(page) for page in document]
    document.close()
    return sheets


def _sheet(page: Any) -> Sheet:
    text = page.get_textpage()
    boxes = [text.get_rect(index) for index in range(text.count_rects())]
    width, height = (round(side) for side in page.get_size())
    return Sheet((width, height), re.sub(r"\s+", "", text.get_text_bounded()), boxes, _margins_are_white(page))


def _margins_are_white(page: Any) -> bool:
    picture = page.render(scale=1)
    row, depth = picture.stride, picture.n_channels
    lines = [
        bytes(picture.buffer)[start : start + picture.width * depth] for start in range(0, row * picture.height, row)
    ]
    side = MARGIN * depth
    strips = [*lines[:MARGIN], *lines[-MARGIN:], *(line[:side] + line[-side:] for line in lines)]
    return all(set(strip) == {255} for strip in strips)


@CROSSED
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=EXHAUSTIVE)])
@pytest.mark.parametrize("viewport", [DESKTOP, pytest.param(WIDE, marks=EXHAUSTIVE)], ids=["1440", "2560"])
@pytest.mark.parametrize(
    ("page", "charts", "stamps", "most_sheets"),
    every_nth([("", ("UsersbySAFEScoregrade", "Grademixbyweek", "Shareofusersatrisk(D+F)"), 4, 2),
     ("history", ("Shareofusersatrisk(D+F)", "Grademixbyweek", "Shareofeachgrade,andusersgraded"), 4, 3),
     ("compare", ("Changebygrade", "Shareofusersatrisk(D+F)"), 1, 2),
     ("report", ("SAFEScorereport", "1,204usersgraded(", "Shareofusersatrisk(D+F)"), 1, 1)], 2),
)  # fmt: skip
def test_a_page_prints_cleanly_on_a4(
    run_app: RunApp, tab: Page, scheme: ColorScheme, viewport: ViewportSize, page: str, charts: tuple[str, ...],
    stamps: int, most_sheets: int,
) -> None:  # fmt: skip
    emulate(tab, viewport, scheme)
    with run_app() as url:
        open_page(tab, f"{url}/{page}")
        sheets = printed(tab)
        assert tab.locator(".main-svg[viewBox]").count() == 0

    assert len(sheets) <= most_sheets
    for sheet in sheets:
        assert sheet.size == (A4[::-1] if page == "report" else A4)
        assert sheet.has_white_margins
        assert sheet.characters
        for left, bottom, right, top in sheet.boxes:
            assert MARGIN <= left <= right <= sheet.size[0] - MARGIN
            assert MARGIN <= bottom <= top <= sheet.size[1] - MARGIN
    sheet_texts = [sheet.characters for sheet in sheets]
    assert "SAMPLEDATA" in sheet_texts[0]
    for chart in charts:
        assert [chart in sheet_text for sheet_text in sheet_texts].count(True) == 1, chart
    assert "".join(sheet_texts).count("1,204usersgraded·SAMPLEDATA") == stamps
    for hidden in ("Refresh", "Download", "PowerPoint", "Owndates", "Amade-upcompany"):
        assert hidden not in "".join(sheet_texts)


def test_a_chart_and_its_stamp_stand_on_the_same_sheet(run_app: RunApp, tab: Page) -> None:
    with run_app() as url:
        open_page(tab, f"{url}/history")
        sheets = printed(tab)
    for sheet in sheets:
        titles = ("Shareofusersatrisk(D+F)", "Grademixby", "Shareofeachgrade,andusersgraded")
        charts = sum(title in sheet.characters for title in titles)
        heading = sheet is sheets[0]
        assert sheet.characters.count("1,204usersgraded·SAMPLEDATA") - heading >= charts > 0
