"""The two dates of a comparison: chosen by widgets, kept in the URL, and answered with real snapshots."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from mimecast.domain.comparison import MAX_LOOKBACK, Comparison, compare
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_date
from mimecast.store.causes.restarts import load_restarts
from mimecast.store.comparisons import compare_back, snapshots_on_or_before
from mimecast.store.store import Store
from mimecast.ui.access.guard import guard
from mimecast.ui.context import AccountPage
from mimecast.ui.show_problem import show_notice
from mimecast.ui.url import state
from mimecast.ui.url.params import pick_dates

DEFAULT_DAYS: Final = 30
"""Days that are compared when the URL does not say otherwise."""

PRESET_LABELS: Final = {
    "week": "A week before",
    "month": "30 days before",
    "quarter": "90 days before",
    "year": "A year before",
    "new_year": "Start of the year",
}
"""How far before the later date the earlier one lies."""


@dataclass(frozen=True, slots=True)
class PickedComparison:
    """What is compared; `complaint` and `remark` are sentences about requested days that cannot be had."""

    comparison: Comparison | None
    complaint: str = ""
    remark: str = ""


def choose_dates(page: AccountPage) -> Comparison | None:
    """Draw the choice of two dates and return their comparison, None where there is nothing to compare with.

    Raises StoreError.
    """
    store, newest, today, zone = page.store, page.newest, page.today, page.zone
    url_params = state.current()
    oldest = store.oldest(newest.account) or newest
    picked = pick_comparison(store, url_params, oldest, newest, today, zone)
    if picked.complaint:
        show_notice(picked.complaint)
    comparison = picked.comparison
    later = comparison.now_day if comparison else reporting_day(newest.taken_at, zone)
    earlier = comparison.then_day if comparison else None
    offered = _offered_presets(store, newest.account, later, zone)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["compare_from"], st.session_state["compare_to"] = earlier, later
        for label, key in (("From", "compare_from"), ("To", "compare_to")):
            st.date_input(
                label,
                key=key,
                min_value=reporting_day(oldest.taken_at, zone),
                max_value=max(today, later),
                format="YYYY-MM-DD",
                on_change=guard(_apply_dates),
                width=150,
                help="If a day has no snapshot, the last snapshot before it is used, at most 7 days earlier.",
            )
        if offered:
            st.session_state["compare_preset"] = _matching_preset(offered, url_params, comparison)
            st.pills(
                "Compare with",
                list(offered),
                key="compare_preset",
                format_func=PRESET_LABELS.__getitem__,
                on_change=guard(_apply_preset),
                args=(later,),
                wrap=True,
            )
    if picked.remark:
        st.caption(picked.remark)
    return comparison


def pick_comparison(
    store: Store, url_params: Mapping[str, str], oldest: Snapshot, newest: Snapshot, today: date, zone: ZoneInfo
) -> PickedComparison:
    """Return the comparison that the URL asks for or, where it cannot be had, the default and the reason.

    With a history shorter than the default, the first snapshot is the earlier one. Raises StoreError.
    """
    requested = pick_dates(url_params, today)
    if requested.complaint:
        return _default(store, oldest, newest, zone, requested.complaint)
    now = newest
    if requested.later:
        (later,) = snapshots_on_or_before(store, newest.account, [requested.later], zone)
        if later is None:
            return _default(store, oldest, newest, zone, _missing(requested.later, oldest, zone))
        now = later
    if requested.earlier is None:
        default = _default(store, oldest, now, zone)
        remark = default.remark or _replaced(default.comparison, None, requested.later)
        return PickedComparison(default.comparison, default.complaint, remark)
    (then,) = snapshots_on_or_before(store, newest.account, [requested.earlier], zone)
    if then is None:
        return _default(store, oldest, now, zone, _missing(requested.earlier, oldest, zone))
    comparison = compare(then, now, zone, load_restarts(store, newest.account))
    if comparison is None:
        same = f"The only snapshot for both dates is from {format_date(reporting_day(now.taken_at, zone))}"
        return _default(store, oldest, newest, zone, same)
    return PickedComparison(comparison, remark=_replaced(comparison, requested.earlier, requested.later))


def preset_day(later: date, preset: str) -> date:
    """Return the day that a preset asks for. A year before 29 February is 28 February."""
    match preset:
        case "week":
            return later - timedelta(days=7)
        case "month":
            return later - timedelta(days=DEFAULT_DAYS)
        case "quarter":
            return later - timedelta(days=90)
        case "year":
            year = later.year - 1
            return later.replace(year=year, day=min(later.day, calendar.monthrange(year, later.month)[1]))
        case "new_year":
            return later.replace(month=1, day=1)
    raise ValueError(f"{preset} is not a preset")


def _default(store: Store, oldest: Snapshot, now: Snapshot, zone: ZoneInfo, complaint: str = "") -> PickedComparison:
    """Compare with 30 days earlier, or with a younger first snapshot; with nothing where there is a gap instead."""
    recent = compare_back(store, now, DEFAULT_DAYS, zone)
    comparison, remark = recent if isinstance(recent, Comparison) else None, ""
    day = reporting_day(now.taken_at, zone) - timedelta(days=DEFAULT_DAYS)
    if comparison is None and reporting_day(oldest.taken_at, zone) > day:
        comparison = compare(oldest, now, zone, load_restarts(store, now.account))
        remark = "There is no snapshot from 30 days earlier; the first one is used instead." if comparison else ""
    elif comparison is None:
        remark = (
            f"There is no snapshot from 30 days earlier ({format_date(day)}) or the 7 days before. Pick another day."
        )
    fallback = "; the day 30 days earlier is used instead." if comparison and not remark else "."
    sentence = f"{complaint}{fallback}" if complaint else ""
    return PickedComparison(comparison, sentence, remark)


def _missing(day: date, oldest: Snapshot, zone: ZoneInfo) -> str:
    first = reporting_day(oldest.taken_at, zone)
    since = f" (the first one is from {format_date(first)})" if day < first else ""
    return f"There is no snapshot on {format_date(day)} or in the {MAX_LOOKBACK.days} days before{since}"


def _replaced(comparison: Comparison | None, earlier: date | None, later: date | None) -> str:
    """Say which of the requested days have no snapshot, and which ones replace them."""
    if comparison is None:
        return ""
    pairs = ((earlier, comparison.then_day), (later, comparison.now_day))
    return " ".join(
        f"{format_date(requested)} has no snapshot; the last one before it, from {format_date(actual)}, is used."
        for requested, actual in pairs
        if requested and requested != actual
    )


def _offered_presets(store: Store, account: str, later: date, zone: ZoneInfo) -> dict[str, date]:
    """Return the presets for which there is a snapshot, with the day that each asks for."""
    days = {preset: preset_day(later, preset) for preset in PRESET_LABELS}
    snapshots = snapshots_on_or_before(store, account, list(days.values()), zone)
    return {
        preset: day
        for (preset, day), then in zip(days.items(), snapshots, strict=True)
        if then and reporting_day(then.taken_at, zone) < later
    }


def _matching_preset(
    offered: dict[str, date], url_params: Mapping[str, str], comparison: Comparison | None
) -> str | None:
    """Return the preset that was picked, or that gives the same day."""
    if comparison is None:
        return None
    presets = {day.isoformat(): preset for preset, day in reversed(offered.items())}
    if "from" in url_params:
        return presets.get(url_params["from"]) or presets.get(comparison.then_day.isoformat())
    return "month" if "month" in offered else None


def _apply_dates() -> None:
    """Put the picked dates into the URL, in order."""
    days = sorted(day for key in ("compare_from", "compare_to") if (day := st.session_state[key]))
    _put_dates(days[0] if len(days) > 1 else None, days[-1])


def _apply_preset(later: date) -> None:
    """Put the dates of a preset into the URL. Picking it a second time changes nothing."""
    preset = st.session_state["compare_preset"]
    if preset:
        _put_dates(preset_day(later, preset), later)


def _put_dates(earlier: date | None, later: date) -> None:
    dates = {"from": earlier.isoformat()} if earlier else {}
    state.update({**dates, "to": later.isoformat()}, instead_of=("from", "to"))
