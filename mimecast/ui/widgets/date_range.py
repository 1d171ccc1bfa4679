"""The range of days a page shows, and its resolution: chosen by widgets, kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mimecast.domain.reporting_days import DayRange, Resolution, reporting_day
from mimecast.formatting import join_and
from mimecast.text.timelines import no_snapshot_sentence
from mimecast.ui.access.guard import guard
from mimecast.ui.context import AccountPage
from mimecast.ui.show_problem import show_notice
from mimecast.ui.url import state
from mimecast.ui.url.params import EARLIEST, dates_of, shorten

RANGE_LABELS: Final = {"30d": "30 days", "90d": "90 days", "1y": "1 year", "all": "All", "own": "Custom"}
RANGE_DAYS: Final = {"30d": 30, "90d": 90, "1y": 365}
DEFAULT_RANGE: Final = "1y"

RESOLUTION_LABELS: Final = {"day": "Daily", "week": "Weekly", "month": "Monthly"}

AUTOMATIC: Final = "auto"
"""No resolution is requested: the range decides."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Reporting days from `first` to `last`, both included; `complaint` is a sentence about an invalid value."""

    name: str
    first: date
    last: date
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class RangeChoice:
    """The chosen days, and the requested resolution, None where the range decides."""

    days: DayRange
    requested: Resolution | None = None

    @property
    def finest(self) -> Resolution:
        """The finest resolution that is acceptable."""
        return self.requested or Resolution.DAY


def choose_range(page: AccountPage) -> RangeChoice:
    """Draw the choice of range and return it."""
    chosen = _requested(page)
    with _row():
        _range_widgets(chosen, page.today)
    return RangeChoice(DayRange(chosen.first, chosen.last, page.zone))


def choose_range_and_resolution(page: AccountPage) -> RangeChoice:
    """Draw the choices of range and resolution side by side and return both."""
    chosen = _requested(page)
    resolution, complaint = pick_resolution(state.current().get("by"))
    if complaint:
        show_notice(f"{complaint} The resolution depends on the range.")
    with _row():
        _range_widgets(chosen, page.today)
        _resolution_widget(resolution)
    requested = None if resolution == AUTOMATIC else Resolution(resolution)
    return RangeChoice(DayRange(chosen.first, chosen.last, page.zone), requested)


def pick_range(params: Mapping[str, str], today: date, oldest: date) -> DateRange:
    """Return the range of days to show. `oldest` is the day of the first snapshot.

    A named range begins on the day that a change over its length is counted from: 30 days begin 30 days before today.
    """
    name = params.get("range") or ("own" if params.get("from") or params.get("to") else DEFAULT_RANGE)
    if name not in RANGE_LABELS:
        complaint = f"The URL names the range “{shorten(name)}”, which is unknown; one year is shown."
        return _named_range(DEFAULT_RANGE, today, oldest, complaint)
    if name != "own":
        return _named_range(name, today, oldest)
    days, complaint = dates_of(params, today)
    if complaint:
        return _named_range(DEFAULT_RANGE, today, oldest, f"{complaint}; one year is shown.")
    last = days.get("to", today)
    return DateRange("own", days.get("from", _named_range(DEFAULT_RANGE, last, oldest).first), last)


def pick_resolution(requested: str | None) -> tuple[str, str]:
    """Return `auto`, `day`, `week` or `month`, and a complaint or nothing."""
    if requested in (None, AUTOMATIC) or requested in RESOLUTION_LABELS:
        return requested or AUTOMATIC, ""
    valid = join_and(list(RESOLUTION_LABELS))
    return AUTOMATIC, f"The URL says by={shorten(requested or '')}, which is none of {valid}."


def show_empty_range(days: DayRange) -> None:
    """Say that a range has no snapshot."""
    st.info(f"{no_snapshot_sentence(days.first, days.last)} Choose another range.")


def _requested(page: AccountPage) -> DateRange:
    oldest = page.state.oldest or page.newest
    chosen = pick_range(state.current(), page.today, reporting_day(oldest.taken_at, page.zone))
    if chosen.complaint:
        show_notice(chosen.complaint)
    return chosen


def _named_range(name: str, today: date, oldest: date, complaint: str = "") -> DateRange:
    first = min(oldest, today) if name == "all" else today - timedelta(days=RANGE_DAYS[name])
    return DateRange(name, first, today, complaint)


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom", width="content")


def _range_widgets(chosen: DateRange, today: date) -> None:
    st.session_state["range_name"] = chosen.name
    st.segmented_control(
        "Range",
        list(RANGE_LABELS),
        key="range_name",
        format_func=RANGE_LABELS.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=guard(_apply_named_range),
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
                on_change=guard(_apply_own_range),
                args=(key,),
                width=150,
            )


def _resolution_widget(resolution: str) -> None:
    labels = {AUTOMATIC: "Auto", **RESOLUTION_LABELS}
    st.session_state["resolution"] = resolution
    st.segmented_control(
        "Resolution",
        list(labels),
        key="resolution",
        format_func=labels.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=guard(_apply_resolution),
    )


def _apply_named_range(shown: DateRange) -> None:
    """Put a named range into the URL. Custom dates start as those that were shown, and stay when another is picked."""
    name = st.session_state["range_name"]
    if name == "own":
        _put_own_range(shown.first, shown.last)
    else:
        state.update({"range": name}, instead_of=("range",))


def _apply_own_range(edited: str) -> None:
    """Put own dates into the URL. The other date follows when the range would end before it begins."""
    first, last = st.session_state["range_from"], st.session_state["range_to"]
    if first > last:
        first = last = first if edited == "range_from" else last
    _put_own_range(first, last)


def _put_own_range(first: date, last: date) -> None:
    choices = {"range": "own", "from": first.isoformat(), "to": last.isoformat()}
    state.update(choices, instead_of=("range", "from", "to"))


def _apply_resolution() -> None:
    resolution = st.session_state["resolution"]
    state.update({} if resolution == AUTOMATIC else {"by": resolution}, instead_of=("by",))
