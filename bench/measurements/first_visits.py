"""What a reader waits for at the first visit: with an empty browser profile, alone and with four others."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

from bench.harness.browser import Tab
from bench.harness.results import Result, compare_in_seconds
from bench.harness.workspace import FLOOR, Timer, Workspace
from bench.measurements.pages import HISTORY, OVERVIEW

MAX_FIRST_VISIT_RATIOS: Final = {OVERVIEW.name: 1.3}
MAX_SIMULTANEOUS_RATIOS: Final = {OVERVIEW.name: 1.5}

BROWSERS: Final = 5
"""Browsers that visit at once. They share the machine with each other and with the server."""


def measure_first_visits(workspace: Workspace) -> list[Result]:
    """Measure the time until a browser with an empty profile has drawn a page of a running server."""
    timers: dict[str, Timer] = {
        name: partial(_visit_once, workspace, url, charts) for name, (url, charts) in _warm_pages(workspace).items()
    }
    seconds = workspace.measure_in_turn(timers)
    return compare_in_seconds("First visit until all charts are drawn", seconds, FLOOR, MAX_FIRST_VISIT_RATIOS)


def measure_simultaneous_visits(workspace: Workspace) -> list[Result]:
    """Measure the time until the last of several browsers with empty profiles that begin together has drawn a page."""
    timers: dict[str, Timer] = {
        name: partial(_visit_together, workspace, url, charts) for name, (url, charts) in _warm_pages(workspace).items()
    }
    seconds = workspace.measure_in_turn(timers, rounds=max(workspace.rounds // 2, 3))
    section = f"First visits of {BROWSERS} browsers at once, until the last has drawn all charts"
    return compare_in_seconds(section, seconds, FLOOR, MAX_SIMULTANEOUS_RATIOS)


def _warm_pages(workspace: Workspace) -> dict[str, tuple[str, int]]:
    """Visit each page once, and return its URL and its number of charts."""
    urls = {FLOOR: workspace.floor.url}
    urls |= {page.name: page.url(workspace.dashboard(page.plan)) for page in (OVERVIEW, HISTORY)}
    charts = {}
    for name, url in urls.items():
        tab = Tab(workspace.browser, url)
        charts[name] = tab.warm_up()
        tab.close()
    return {name: (url, charts[name]) for name, url in urls.items()}


def _visit_once(workspace: Workspace, url: str, charts: int) -> float:
    tab = Tab(workspace.browser, url, expected_charts=charts)
    seconds = tab.first_visit()
    tab.close()
    return seconds


def _visit_together(workspace: Workspace, url: str, charts: int) -> float:
    tabs = [Tab(workspace.browser, url, expected_charts=charts) for _ in range(BROWSERS)]
    started_at = time.time()
    for tab in tabs:
        tab.begin_visit()
    drawn_at = max(tab.finish_visit() for tab in tabs)
    for tab in tabs:
        tab.close()
    return drawn_at - started_at
