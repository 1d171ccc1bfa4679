"""The options of a report: chosen by widgets, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from mimecast.domain.notes import Note
from mimecast.formatting import format_date
from mimecast.reports.report import DEFAULT_TITLE, MAX_TITLE_CHARS
from mimecast.ui.banners import show_notice
from mimecast.ui.url import state
from mimecast.ui.url.params import EARLIEST, DateRange
from mimecast.ui.url.report_params import COMPARE_LABELS, OWN, REPORT_PARAMS, ReportOptions, pick_options, pick_title


def read_options(chosen: DateRange, today: date) -> ReportOptions:
    """What the address asks for; whatever makes no sense in it is said."""
    params = {name: value for name, value in st.query_params.items() if name in REPORT_PARAMS}
    options = pick_options(params, chosen.first, today)
    for complaint in options.complaints:
        show_notice(complaint)
    return options


def choose_options(options: ReportOptions, stored: Sequence[Note], today: date) -> None:
    """Draw the choice. `stored` are the notes in the range."""
    with st.popover("Options", icon=":material/tune:"):
        st.session_state["report_title"] = options.title
        st.text_input(
            "Title", key="report_title", placeholder=DEFAULT_TITLE, max_chars=MAX_TITLE_CHARS, on_change=_titled
        )
        st.session_state["report_compare"] = options.compare
        st.selectbox(
            "Compare with",
            list(COMPARE_LABELS),
            key="report_compare",
            format_func=COMPARE_LABELS.__getitem__,
            on_change=_compared,
            args=(today,),
        )
        if options.compare == OWN:
            st.session_state["report_day"] = options.against
            st.date_input(
                "Day",
                key="report_day",
                min_value=EARLIEST,
                max_value=today,
                format="YYYY-MM-DD",
                on_change=_compared_day,
            )
        st.session_state["report_name"] = options.show_name
        st.checkbox("Show the account's name", key="report_name", on_change=_named)
        if stored:
            shown = {note.id: f"{format_date(note.day)}: {note.text}" for note in stored}
            st.session_state["report_notes"] = [one for one in shown if options.notes is None or one in options.notes]
            st.multiselect(
                "Notes",
                list(shown),
                key="report_notes",
                format_func=lambda one: shown[one],
                on_change=_noted,
                args=(list(shown),),
            )


def _titled() -> None:
    title, _ = pick_title(st.session_state["report_title"])
    state.update({"title": title} if title else {}, instead_of=("title",))


def _compared(today: date) -> None:
    compare = st.session_state["report_compare"]
    own = (today - timedelta(days=30)).isoformat()
    state.update({"compare": own if compare == OWN else compare}, instead_of=("compare",))


def _compared_day() -> None:
    state.update({"compare": st.session_state["report_day"].isoformat()}, instead_of=("compare",))


def _named() -> None:
    state.update({} if st.session_state["report_name"] else {"name": "0"}, instead_of=("name",))


def _noted(all_of_them: list[int]) -> None:
    """All of them need no word in the address; none of them is a 0."""
    chosen = st.session_state["report_notes"]
    listed = ",".join(map(str, chosen)) or "0"
    state.update({} if len(chosen) == len(all_of_them) else {"notes": listed}, instead_of=("notes",))
