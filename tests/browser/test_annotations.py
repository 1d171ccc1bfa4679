"""Notes in a real browser: numbers that can be read on a phone, and a change that is undone by a click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.annotations.notes import load_notes, write_note
from mimecast.store.annotations.targets import set_target
from mimecast.store.store import Store
from tests.support.browser import PHONE, open_page, show_whole_page, wait_until_complete
from tests.support.exhaustive import EXHAUSTIVE
from tests.support.server import RunApp
from tests.support.waiting import wait_until


@pytest.fixture
def annotated_store(store: Store) -> Store:
    """Return a store of a year with twelve notes, two of them of the same day and three within a week, and a target."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    store.add(
        Snapshot("default", now - timedelta(days=ago), ScoreCounts(800, d=100 + ago % 30, f=20)) for ago in range(365)
    )
    for order, ago in enumerate([330, 300, 250, 200, 200, 150, 100, 60, 58, 55, 3, 0]):
        day = now.date() - timedelta(days=ago)
        at = now + timedelta(seconds=order)
        write_note(store, "default", day, f"Note of {ago} days ago", author="", now=at, today=now.date())
    by = now.date() + timedelta(days=90)
    set_target(store, "default", 8.0, by, author="", now=now, today=now.date())
    return store


def open_note_form(tab: Page) -> None:
    tab.get_by_test_id("stPopover").filter(has_text="Note").get_by_role("button").click()


@EXHAUSTIVE
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=EXHAUSTIVE)])
def test_twelve_notes_can_be_read_on_a_phone(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], annotated_store: Store, scheme: Any
) -> None:
    tab.set_viewport_size(PHONE)
    tab.emulate_media(color_scheme=scheme)
    with run_app(account_variables) as url:
        open_page(tab, f"{url}/history")
        show_whole_page(tab)
        charts = tab.locator(".js-plotly-plot")
        expect(charts).to_have_count(3)
        for chart in charts.all():
            tags = chart.locator(".annotation").filter(has_text=re.compile(r"^\d\d?$")).all()
            assert [tag.text_content() for tag in tags] == [str(number) for number in range(1, 13)]
            boxes = [box for tag in tags if (box := tag.locator("rect").first.bounding_box())]
            assert len(boxes) == 12
            assert all(box["x"] + box["width"] <= other["x"] + 0.5 for box, other in pairwise(boxes))
            assert all(0 <= box["x"] <= PHONE["width"] - box["width"] for box in boxes)
        expect(tab.get_by_text("Note of 330 days ago")).to_be_visible()
        overflow = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
        assert tab.evaluate(overflow) <= 0
        open_note_form(tab)
        expect(tab.get_by_label("What happened")).to_be_visible()
        assert {violation["id"]: violation["help"] for violation in Axe().run(tab).response["violations"]} == {}


@EXHAUSTIVE
def test_a_note_is_pointed_at_deleted_and_brought_back(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], annotated_store: Store
) -> None:
    with run_app(account_variables) as url:
        open_page(tab, f"{url}/history")
        chart = tab.locator(".js-plotly-plot").first
        chart.locator(".annotation").filter(has_text="12").first.hover()
        expect(chart.locator(".hoverlayer")).to_contain_text("Note of 0 days ago")
        open_note_form(tab)
        tab.get_by_role("combobox", name="Note").click()
        tab.get_by_role("option", name="Note of 0 days ago").click()
        tab.get_by_role("button", name="Delete", exact=True).click()
        wait_until(lambda: len(load_notes(annotated_store, "default")) == 11)
        expect(tab.get_by_text("Deleted: ")).to_be_visible()
        tab.get_by_role("button", name="Undo", exact=True).click()
        wait_until(lambda: len(load_notes(annotated_store, "default")) == 12)
        wait_until_complete(tab)
        expect(tab.get_by_text("Undone. The note is back")).to_be_visible()
