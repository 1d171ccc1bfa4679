"""The options of a report: chosen by widgets, kept in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import DayRange
from mimecast.formatting import format_date
from mimecast.reports.report import DEFAULT_COMPARE_DAYS, DEFAULT_TITLE, MAX_TITLE_CHARS
from mimecast.ui.access.guard import guard
from mimecast.ui.show_problem import show_notice
from mimecast.ui.url import state
from mimecast.ui.url.params import EARLIEST
from mimecast.ui.url.report_params import COMPARE_LABELS, OWN, REPORT_PARAMS, ReportOptions, pick_options, pick_title


def read_options(days: DayRange) -> ReportOptions:
    """Return what the URL asks for, and say which of its values are invalid."""
    params = {name: value for name, value in st.query_params.items() if name in REPORT_PARAMS}
    options = pick_options(params, days.first, days.last)
    for complaint in options.complaints:
        show_notice(complaint)
    return options


def choose_options(options: ReportOptions, notes: Sequence[Note], today: date) -> None:
    """Draw the choice. `notes` are those in the range."""
    with st.popover("Options", icon=":material/tune:"):
        st.session_state["report_title"] = options.title
        st.text_input(
            "Title",
            key="report_title",
            placeholder=DEFAULT_TITLE,
            max_chars=MAX_TITLE_CHARS,
            on_change=guard(_apply_title),
        )
        st.session_state["report_compare"] = options.compare
        st.selectbox(
            "Compare with",
            list(COMPARE_LABELS),
            key="report_compare",
            format_func=COMPARE_LABELS.__getitem__,
            on_change=guard(_apply_compare),
            args=(today,),
        )
        if options.compare == OWN:
            st.session_state["report_day"] = options.compare_with
            st.date_input(
                "Day",
                key="report_day",
                min_value=EARLIEST,
                max_value=today,
                format="YYYY-MM-DD",
                on_change=guard(_apply_compare_day),
            )
        st.session_state["report_name"] = options.show_name
        st.checkbox("Show the account's name", key="report_name", on_change=guard(_apply_name))
        if notes:
            labels = {note.id: f"{format_date(note.day)}: {note.text}" for note in notes}
            shown = [note_id for note_id in labels if options.notes is None or note_id in options.notes]
            st.session_state["report_notes"] = shown
            st.multiselect(
                "Notes",
                list(labels),
                key="report_notes",
                format_func=labels.__getitem__,
                on_change=guard(_apply_notes),
                args=(len(labels),),
            )


def _apply_title() -> None:
    title, _ = pick_title(st.session_state["report_title"])
    state.update({"title": title} if title else {}, instead_of=("title",))


def _apply_compare(today: date) -> None:
    compare = st.session_state["report_compare"]
    day = (today - timedelta(days=DEFAULT_COMPARE_DAYS)).isoformat()
    state.update({"compare": day if compare == OWN else compare}, instead_of=("compare",))


def _apply_compare_day() -> None:
    state.update({"compare": st.session_state["report_day"].isoformat()}, instead_of=("compare",))


def _apply_name() -> None:
    state.update({} if st.session_state["report_name"] else {"name": "0"}, instead_of=("name",))


def _apply_notes(count: int) -> None:
    """Put the chosen notes into the URL: nothing for all of them, a 0 for none."""
    chosen = st.session_state["report_notes"]
    listed = ",".join(map(str, chosen)) or "0"
    state.update({} if len(chosen) == count else {"notes": listed}, instead_of=("notes",))
