"""The two dates of a comparison: chosen by widgets, kept in the address, and answered with real snapshots."""

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
from mimecast.store.comparisons import compare_back, snapshots_on_or_before
from mimecast.store.store import Store
from mimecast.ui.banners import show_notice
from mimecast.ui.url import state
from mimecast.ui.url.params import pick_dates

DEFAULT_DAYS: Final = 30
"""Days that are compared when the address does not say otherwise."""

PRESET_LABELS: Final = {
    "week": "A week before",
    "month": "30 days before",
    "quarter": "A quarter before (90 days)",
    "year": "A year before",
    "new_year": "Start of the year",
}
"""How far before the later date the earlier one lies."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What is compared; `complaint` and `remark` are sentences about what was asked for and is not there."""

    comparison: Comparison | None
    complaint: str = ""
    remark: str = ""


def choose_dates(store: Store, newest: Snapshot, today: date, zone: ZoneInfo) -> Comparison | None:
    """Draw the choice of two dates and return what they stand for. Raises StoreError."""
    params = state.current()
    oldest = store.oldest(newest.account) or newest
    picked = pick_comparison(store, params, oldest, newest, today, zone)
    if picked.complaint:
        show_notice(picked.complaint)
    comparison = picked.comparison
    later = comparison.now_day if comparison else reporting_day(newest.taken_at, zone)
    earlier = comparison.then_day if comparison else None
    offered = _offered(store, newest.account, later, zone)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["compare_from"], st.session_state["compare_to"] = earlier, later
        for label, key in (("From", "compare_from"), ("To", "compare_to")):
            st.date_input(
                label,
                key=key,
                min_value=reporting_day(oldest.taken_at, zone),
                max_value=max(today, later),
                format="YYYY-MM-DD",
                on_change=_picked,
                width=150,
                help="A day without a snapshot stands for the last one before it, at most 7 days earlier.",
            )
        if offered:
            st.session_state["compare_preset"] = _matching(offered, params, comparison)
            st.pills(
                "Compare with",
                list(offered),
                key="compare_preset",
                format_func=PRESET_LABELS.__getitem__,
                on_change=_preset,
                args=(later,),
                wrap=True,
            )
    if picked.remark:
        st.caption(picked.remark)
    return comparison


def pick_comparison(
    store: Store, params: Mapping[str, str], oldest: Snapshot, newest: Snapshot, today: date, zone: ZoneInfo
) -> Picked:
    """The comparison that the address asks for; where it cannot be had, that is said, and 30 days are compared.

    With less history than 30 days the first snapshot is the earlier one. Raises StoreError.
    """
    asked = pick_dates(params, today)
    if asked.complaint:
        return _usual(store, oldest, newest, zone, asked.complaint)
    now = newest
    if asked.later:
        (found,) = snapshots_on_or_before(store, newest.account, [asked.later], zone)
        if found is None:
            return _usual(store, oldest, newest, zone, _missing(asked.later, oldest, zone))
        now = found
    if asked.earlier is None:
        usual = _usual(store, oldest, now, zone)
        return Picked(usual.comparison, usual.complaint, usual.remark or _moved(usual.comparison, None, asked.later))
    (then,) = snapshots_on_or_before(store, newest.account, [asked.earlier], zone)
    if then is None:
        return _usual(store, oldest, now, zone, _missing(asked.earlier, oldest, zone))
    comparison = compare(then, now, zone)
    if comparison is None:
        same = f"The only snapshot for both dates is of {format_date(reporting_day(now.taken_at, zone))}"
        return _usual(store, oldest, newest, zone, same)
    return Picked(comparison, remark=_moved(comparison, asked.earlier, asked.later))


def _usual(store: Store, oldest: Snapshot, now: Snapshot, zone: ZoneInfo, complaint: str = "") -> Picked:
    """30 days, or since the first snapshot when that is younger; nothing when there is a gap at that place."""
    comparison, remark = compare_back(store, now, DEFAULT_DAYS, zone), ""
    wanted = reporting_day(now.taken_at, zone) - timedelta(days=DEFAULT_DAYS)
    if comparison is None and reporting_day(oldest.taken_at, zone) > wanted:
        comparison = compare(oldest, now, zone)
        remark = "There is no snapshot from 30 days earlier; the first one is compared." if comparison else ""
    elif comparison is None:
        remark = (
            f"There is no snapshot on {format_date(wanted)}, 30 days earlier, nor in the 7 days before it. "
            "Pick another day."
        )
    said = f"{complaint}{'.' if remark else '; 30 days are compared.'}" if complaint else ""
    return Picked(comparison, said, remark)


def _missing(wanted: date, oldest: Snapshot, zone: ZoneInfo) -> str:
    first = reporting_day(oldest.taken_at, zone)
    since = f" (the first one is of {format_date(first)})" if wanted < first else ""
    return f"There is no snapshot on {format_date(wanted)}, nor in the {MAX_LOOKBACK.days} days before it{since}"


def _moved(comparison: Comparison | None, earlier: date | None, later: date | None) -> str:
    """Which of the dates asked for have no snapshot, and what stands for them."""
    if comparison is None:
        return ""
    pairs = ((earlier, comparison.then_day), (later, comparison.now_day))
    return " ".join(
        f"{format_date(asked)} has no snapshot; the last one before it, of {format_date(real)}, is compared."
        for asked, real in pairs
        if asked and asked != real
    )


def preset_day(later: date, preset: str) -> date:
    """The day that a preset asks for; on 29 February a year earlier is 28 February."""
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


def _offered(store: Store, account: str, later: date, zone: ZoneInfo) -> dict[str, date]:
    """The presets for which there is a snapshot, with the day that each asks for."""
    days = {preset: preset_day(later, preset) for preset in PRESET_LABELS}
    found = snapshots_on_or_before(store, account, list(days.values()), zone)
    return {
        preset: wanted
        for (preset, wanted), then in zip(days.items(), found, strict=True)
        if then and reporting_day(then.taken_at, zone) < later
    }


def _matching(offered: dict[str, date], params: Mapping[str, str], comparison: Comparison | None) -> str | None:
    """The preset that was picked or comes to the same."""
    if comparison is None:
        return None
    asked = {day.isoformat(): preset for preset, day in reversed(offered.items())}
    if "from" in params:
        return asked.get(params["from"]) or asked.get(comparison.then_day.isoformat())
    return "month" if "month" in offered else None


def _picked() -> None:
    """A date was picked; whichever is earlier is the earlier one."""
    days = sorted(day for key in ("compare_from", "compare_to") if (day := st.session_state[key]))
    _put(days[0] if len(days) > 1 else None, days[-1])


def _preset(later: date) -> None:
    """A preset was picked; picking it a second time changes nothing."""
    preset = st.session_state["compare_preset"]
    if preset:
        _put(preset_day(later, preset), later)


def _put(earlier: date | None, later: date) -> None:
    dates = {"from": earlier.isoformat()} if earlier else {}
    state.update({**dates, "to": later.isoformat()}, instead_of=("from", "to"))
