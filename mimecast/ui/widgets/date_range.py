"""The range of days a page shows, and how finely: chosen by widgets, kept in the address."""

from __future__ import annotations

from datetime import date

import streamlit as st

from mimecast.domain.reporting_days import Resolution
from mimecast.ui.banners import show_notice
from mimecast.ui.url import state
from mimecast.ui.url.params import (
    AUTOMATIC,
    EARLIEST,
    RANGE_LABELS,
    RESOLUTION_LABELS,
    DateRange,
    pick_range,
    pick_resolution,
)


def choose_range(today: date, oldest: date | None) -> DateRange:
    """Draw the choice of range and return it. `oldest` is the first reporting day with a snapshot."""
    chosen = _requested(today, oldest)
    with _row():
        _range(chosen, today)
    return chosen


def choose_range_and_resolution(today: date, oldest: date | None) -> tuple[DateRange, Resolution | None]:
    """The same with a choice of resolution beside it; None when the range is to decide."""
    chosen = _requested(today, oldest)
    by, complaint = pick_resolution(state.current().get("by"))
    if complaint:
        show_notice(f"{complaint} The range decides.")
    with _row():
        _range(chosen, today)
        _resolution(by)
    return chosen, None if by == AUTOMATIC else Resolution(by)


def _requested(today: date, oldest: date | None) -> DateRange:
    chosen = pick_range(state.current(), today, oldest)
    if chosen.complaint:
        show_notice(chosen.complaint)
    return chosen


def _row() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom")


def _range(chosen: DateRange, today: date) -> None:
    st.session_state["range_name"] = chosen.name
    st.segmented_control(
        "Range",
        list(RANGE_LABELS),
        key="range_name",
        format_func=RANGE_LABELS.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=_named,
        args=(chosen,),
    )
    if chosen.name == "own":
        st.session_state["range_from"], st.session_state["range_to"] = chosen.first, chosen.last
        for label, key in (("From", "range_from"), ("To", "range_to")):
            st.date_input(
                label,
                key=key,
                min_value=EARLIEST,
                max_value=today,
                format="YYYY-MM-DD",
                on_change=_own,
                args=(key,),
                width=150,
            )


def _resolution(by: str) -> None:
    names = {AUTOMATIC: "Auto", **RESOLUTION_LABELS}
    st.session_state["resolution"] = by
    st.segmented_control(
        "Resolution",
        list(names),
        key="resolution",
        format_func=names.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=_by,
    )


def _named(shown: DateRange) -> None:
    """A range was picked by name; own dates begin with those that were shown, and stay when another is picked."""
    name = st.session_state["range_name"]
    if name == "own":
        _put(shown.first, shown.last)
    else:
        state.update({"range": name}, instead_of=("range",))


def _own(edited: str) -> None:
    """A date was picked; the other one follows when the range would end before it begins."""
    first, last = st.session_state["range_from"], st.session_state["range_to"]
    if first > last:
        first = last = first if edited == "range_from" else last
    _put(first, last)


def _put(first: date, last: date) -> None:
    state.update(
        {"range": "own", "from": first.isoformat(), "to": last.isoformat()}, instead_of=("range", "from", "to")
    )


def _by() -> None:
    by = st.session_state["resolution"]
    state.update({} if by == AUTOMATIC else {"by": by}, instead_of=("by",))
