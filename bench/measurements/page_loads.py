"""What a reader waits for in the browser: reloads, changes of the range, cold starts and transferred bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bench.harness.browser import Tab, first_visit_transfer
from bench.harness.results import Result, compare, compare_in_seconds
from bench.harness.servers import copy_floor, start_streamlit, wait_until_ok
from bench.harness.stores import ONE_YEAR, TEN_YEARS_HOURLY
from bench.harness.workspace import FLOOR, Timer, Workspace
from bench.measurements.pages import (
    ACCOUNTS,
    COMPARED_ONLY,
    HISTORY,
    HISTORY_HOURLY,
    HISTORY_TEN_DAYS,
    OVERVIEW,
    OVERVIEW_HOURLY,
    OVERVIEW_TEN_DAYS,
    PAGES,
    PEOPLE,
)

NEW_RANGE: Final = "History, one year daily, in a range that was not shown before"
NAIVE: Final = "Naive page on Dash, one year daily"
NAIVE_HOURLY: Final = "Naive page on Dash, ten years hourly"

DETAILS: Final = {*COMPARED_ONLY, NAIVE, NAIVE_HOURLY}
"""Reloads that a summary leaves out, except where another page is compared with them."""

MAX_RELOAD_RATIOS: Final = {OVERVIEW.name: 1.45, HISTORY.name: 1.6, ACCOUNTS.name: 1.8, PEOPLE.name: 1.8}
MAX_LONG_HISTORY_RATIO: Final = 1.1
MAX_RATIO_TO_NAIVE_PAGE: Final = 0.45
MAX_RANGE_CHANGE_RATIO: Final = 0.5
MAX_COLD_START_RATIO: Final = 1.35

PAUSE_BEFORE_CLICK_MS: Final = 300


def measure_reloads(workspace: Workspace) -> list[Result]:
    """Measure reloads until all charts are drawn, every page in turn with the floor and the naive page."""
    tabs = _open_tabs(workspace)
    for tab in tabs.values():
        tab.warm_up()
        tab.park()
    timers: dict[str, Timer] = {name: partial(_reload_and_park, tab) for name, tab in tabs.items()}
    timers[NEW_RANGE] = partial(_reload_with_new_range, tabs[NEW_RANGE], tabs[NEW_RANGE].url, iter(range(360, 0, -1)))
    seconds = workspace.measure_in_turn(timers)
    for tab in tabs.values():
        tab.close()
    to_floor = compare_in_seconds("Reload until all charts are drawn", seconds, FLOOR, MAX_RELOAD_RATIOS, DETAILS)
    return [*to_floor, *_compare_long_histories(seconds)]


def _open_tabs(workspace: Workspace) -> dict[str, Tab]:
    urls = {FLOOR: workspace.floor.url}
    urls |= {page.name: page.url(workspace.dashboard(page.plan)) for page in PAGES}
    urls[NEW_RANGE] = HISTORY.url(workspace.dashboard(HISTORY.plan))
    if find_spec("dash"):
        urls[NAIVE] = workspace.naive_page(ONE_YEAR).url
        urls[NAIVE_HOURLY] = workspace.naive_page(TEN_YEARS_HOURLY).url
    else:
        workspace.log("Dash is not installed (bench/requirements.txt), so the naive page is left out.")
    return {name: Tab(workspace.browser, url) for name, url in urls.items()}


def _reload_and_park(tab: Tab) -> float:
    seconds = tab.reload()
    tab.park()
    return seconds


def _reload_with_new_range(tab: Tab, url: str, days_ago: Iterator[int]) -> float:
    """Reload with a range that begins a day later each time, so that no cache holds anything of it."""
    first_day = datetime.now(UTC).date() - timedelta(days=next(days_ago))
    tab.url = f"{url}?range=own&from={first_day}"
    return _reload_and_park(tab)


def _compare_long_histories(seconds: dict[str, list[float]]) -> list[Result]:
    pairs = [
        (HISTORY_HOURLY.name, HISTORY_TEN_DAYS.name, MAX_LONG_HISTORY_RATIO),
        (OVERVIEW_HOURLY.name, OVERVIEW_TEN_DAYS.name, MAX_LONG_HISTORY_RATIO),
        (HISTORY_HOURLY.name, NAIVE_HOURLY, MAX_RATIO_TO_NAIVE_PAGE),
    ]
    return [
        compare(
            "Reload with a long history",
            name,
            "s",
            seconds[name],
            reference=reference,
            reference_values=seconds[reference],
            max_ratio=max_ratio,
        )
        for name, reference, max_ratio in pairs
        if reference in seconds
    ]


def measure_range_changes(workspace: Workspace) -> list[Result]:
    """Measure a click on another range until the charts are redrawn, in turn with a reload of the same page."""
    results = []
    for page, first_option, second_option in ((HISTORY, "90 days", "1 year"), (HISTORY_HOURLY, "1 year", "All")):
        tab = Tab(workspace.browser, page.url(workspace.dashboard(page.plan)))
        tab.warm_up()
        reloads = []
        changes: dict[str, list[float]] = {first_option: [], second_option: []}
        for option in changes:
            tab.change_range(option)
        for _ in range(workspace.rounds):
            reloads.append(tab.reload())
            tab.page.wait_for_timeout(PAUSE_BEFORE_CLICK_MS)
            for option, values in changes.items():
                values.append(tab.change_range(option))
        tab.close()
        results += [
            compare(
                "Change of the range",
                f"{page.name}: to {option}",
                "s",
                values,
                reference="its reload",
                reference_values=reloads,
                max_ratio=MAX_RANGE_CHANGE_RATIO,
            )
            for option, values in changes.items()
        ]
    return results


def measure_cold_starts(workspace: Workspace) -> list[Result]:
    """Measure the time from `streamlit run app.py` until a browser with an empty profile has drawn the first page."""
    folders = {
        FLOOR: copy_floor(workspace.folder / "cold-floor"),
        OVERVIEW.name: workspace.copy_dashboard(OVERVIEW.plan, "cold-dashboard"),
    }
    timers: dict[str, Timer] = {name: partial(_cold_start, workspace, folder) for name, folder in folders.items()}
    for timer in timers.values():
        timer()  # the first start compiles Python's bytecode
    seconds = workspace.measure_in_turn(timers, rounds=max(workspace.rounds // 2, 3))
    return compare_in_seconds(
        "Cold start until all charts are drawn", seconds, FLOOR, {OVERVIEW.name: MAX_COLD_START_RATIO}
    )


def _cold_start(workspace: Workspace, folder: Path) -> float:
    with start_streamlit(folder) as server:
        wait_until_ok(server, "/_stcore/health")
        tab = Tab(workspace.browser, server.url)
        drawn_at = tab.load()
        tab.close()
        return drawn_at - server.started_at


def measure_transfer(workspace: Workspace) -> list[Result]:
    """Measure the bytes that a first visit receives: files as sent, messages uncompressed."""
    section = "Bytes of a first visit"
    urls = {FLOOR: workspace.floor.url}
    urls |= {page.name: page.url(workspace.dashboard(page.plan)) for page in PAGES}
    transfers = {name: first_visit_transfer(workspace.browser, url) for name, url in urls.items()}
    results = []
    for name, transfer in transfers.items():
        total = compare(
            section,
            name,
            "kB",
            [transfer.total_bytes / 1000],
            reference=FLOOR,
            reference_values=[transfers[FLOOR].total_bytes / 1000],
            detail=name in COMPARED_ONLY,
        )
        parts = {"files": transfer.files.total(), "messages": transfer.messages.total()}
        parts |= {f"messages of kind {kind}": size for kind, size in transfer.messages.most_common(4)}
        results += [
            total,
            *(Result(section, f"{name}: {part}", "kB", (size / 1000,), detail=True) for part, size in parts.items()),
        ]
    return results
