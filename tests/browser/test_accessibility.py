"""Pages without a mouse, at 200% zoom, and without motion, on sample data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import SAMPLE_PAGES, address_of, open_page
from tests.support.exhaustive import EXHAUSTIVE, every_nth
from tests.support.server import RunApp
from tests.support.waiting import wait_until

MAX_STOPS = 60
"""Presses of Tab after which a page must be over."""

FOCUSED = """() => {
  const look = node => {
    const looks = [];
    for (let step = 0; node && step < 4; step++, node = node.parentElement) {
      const style = getComputedStyle(node);
      looks.push([style.outline, style.boxShadow, style.border, style.backgroundColor, style.color].join());
    }
    return looks.join(' / ');
  };
  const before = window.lastStop, node = document.activeElement;
  const isHidden = before !== undefined && look(before.node) === before.look;
  const hidden = isHidden ? before.node.outerHTML.slice(0, 200) : null;
  if (!node || node === document.body) return { name: null, hidden };
  window.lastStop = { node, look: look(node) };
  return { name: (node.getAttribute('aria-label') || node.innerText || '').trim().slice(0, 60), hidden };
}"""
"""JavaScript that returns the name of the focused control, and the previous one if it looked as without focus."""

CLIPPED = """() => {
  const controls = document.querySelectorAll('button, a[href], input, textarea, summary, [role=combobox]');
  const isShown = control => control.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !control.matches('[type=checkbox], [type=radio], input[tabindex="-1"]')
    && !control.closest('[data-testid=stSkipToContent], [data-testid=stDataFrame], .modebar, .scrolling');
  const isCut = node => !node.matches('[data-testid=stIconMaterial], [data-testid=stIconMaterial] *')
    && getComputedStyle(node).overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1;
  const isOutside = control => {
    const box = control.getBoundingClientRect();
    let left = 0, right = innerWidth;
    for (let node = control.parentElement; node; node = node.parentElement) {
      if (getComputedStyle(node).overflowX === 'visible') continue;
      const limits = node.getBoundingClientRect();
      left = Math.max(left, limits.left);
      right = Math.min(right, limits.right);
    }
    return box.left < left - 1 || box.right > right + 1;
  };
  return [...controls].filter(isShown).filter(control => isOutside(control)
      || (control.tagName !== 'INPUT' && [control, ...control.querySelectorAll('*')].some(isCut)))
    .map(control => control.outerHTML.slice(0, 300));
}"""
"""JavaScript that returns the controls that are beyond the sides of the window, or cut, or whose text is cut."""

RECORD_MOTION = """
window.motions = [];
for (const name of ['transitionrun', 'animationstart']) addEventListener(name, event => {
  for (const motion of event.target.getAnimations()) {
    const { duration } = motion.effect.getComputedTiming();
    if (duration > 0) window.motions.push(`${name} of ${duration} ms: ${event.target.outerHTML.slice(0, 100)}`);
  }
}, true);
"""


@pytest.fixture
def still_tab(browser: Browser) -> Iterator[Page]:
    """Return a tab of a user who prefers reduced motion, which records what moves."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", bypass_csp=True) as own:
        tab = own.new_page()
        tab.add_init_script(RECORD_MOTION)
        yield tab


def test_tab_reaches_every_control_and_shows_where_it_is(run_app: RunApp, still_tab: Page) -> None:
    with run_app() as url:
        open_page(still_tab, f"{url}/history")
        stops, hidden = [], []
        for _ in range(MAX_STOPS):
            still_tab.keyboard.press("Tab")
            stop: dict[str, Any] = still_tab.evaluate(FOCUSED)
            hidden += [stop["hidden"]] if stop["hidden"] else []
            if stop["name"] is None:
                break
            stops.append(stop["name"])
        else:
            pytest.fail(f"Tab did not leave the page: {stops}")
    assert hidden == []
    texts = "\n".join(stops)
    places = [
        texts.index(name)
        for name in (
            *(
                "Skip to main content",
                "Overview",
                "History",
                "Compare",
                "Campaigns",
                "People",
                "Report",
                "Setup & data",
            ),
            *("Refresh", "30 days", "Auto", "Note", "Target", "Reference line", "Download plot as a PNG"),
            *("All 366 days", "Download CSV"),
        )
    ]
    assert places == sorted(places)


@EXHAUSTIVE
def test_a_range_is_chosen_and_a_form_opened_and_closed_with_the_keyboard(run_app: RunApp, still_tab: Page) -> None:
    tab = still_tab
    with run_app() as url:
        open_page(tab, f"{url}/history")
        tab.get_by_role("radio", name="30 days").focus()
        tab.keyboard.press("ArrowRight")
        expect(tab.get_by_role("radio", name="90 days")).to_be_focused()
        tab.keyboard.press("Enter")
        wait_until(lambda: address_of(tab) == ("/history", {"range": "90d"}))
        for label in ("Note", "Target", "Reference line"):
            button = tab.get_by_test_id("stPopover").filter(has_text=label).get_by_role("button")
            form = tab.get_by_role("dialog", name=label)
            button.focus()
            tab.keyboard.press("Enter")
            expect(form.locator("input").first).to_be_visible()
            tab.keyboard.press("Tab")
            expect(form.locator(":focus")).to_be_visible()
            tab.keyboard.press("Escape")
            expect(form).to_have_count(0)
            expect(button).to_be_focused()


@pytest.mark.parametrize("page", every_nth(SAMPLE_PAGES, 7))
def test_a_page_at_200_percent_scrolls_down_only_and_cuts_no_control(
    run_app: RunApp, browser: Browser, page: str
) -> None:
    with (
        run_app() as url,
        browser.new_context(viewport={"width": 720, "height": 450}, device_scale_factor=2, bypass_csp=True) as context,
    ):
        tab = context.new_page()
        open_page(tab, f"{url}/{page}", has_charts=page != "connection")
        overflow = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
        assert tab.evaluate(overflow) <= 0
        assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert tab.evaluate(CLIPPED) == []
        tab.get_by_test_id("stExpandSidebarButton").click()
        expect(tab.get_by_role("link", name="Setup & data")).to_be_in_viewport(ratio=1)
        assert tab.evaluate(CLIPPED) == []


@EXHAUSTIVE
def test_nothing_moves_for_a_user_who_prefers_reduced_motion(run_app: RunApp, still_tab: Page) -> None:
    tab = still_tab
    button = tab.get_by_test_id("stPopover").filter(has_text="Target").get_by_role("button")

    def use_the_page() -> None:
        button.hover()
        button.click()
        expect(tab.get_by_role("dialog", name="Target")).to_be_visible()
        button.click()
        expect(tab.get_by_role("dialog", name="Target")).to_have_count(0)
        tab.get_by_text("All 366 days").click()
        expect(tab.get_by_test_id("stDataFrame")).to_be_visible()

    with run_app() as url:
        open_page(tab, f"{url}/history")
        use_the_page()
        assert tab.evaluate("window.motions") == []

        tab.emulate_media(reduced_motion="no-preference")
        tab.get_by_role("link", name="Compare").hover()
        open_page(tab, f"{url}/history")
        use_the_page()
        assert tab.evaluate("window.motions") != [], "motion is recorded where there is some"
