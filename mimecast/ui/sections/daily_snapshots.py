"""Whether the history is being kept without anybody looking: the last scheduled run, and the next one expected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from mimecast.domain.scheduled_runs import RunOutcome
from mimecast.formatting import format_age, format_datetime, format_duration
from mimecast.store.scheduled_runs import load_schedule_status
from mimecast.store.store import Store
from mimecast.ui.escaping import escape_markdown

if TYPE_CHECKING:
    from mimecast.ui.context import Page


def show_daily_snapshots(page: Page, store: Store | None) -> None:
    """Raises StoreError."""
    st.header("Unattended capture", anchor=False)
    known = load_schedule_status(store, page.account.id) if store else None
    if known is None or known.last is None:
        st.markdown("No scheduled run has been recorded yet. A day without a snapshot is lost for good.")
    else:
        last = known.last
        result = {
            RunOutcome.STORED: "It stored a snapshot.",
            RunOutcome.SHARED: "Another run was just storing one.",
            RunOutcome.FAILED: f"It failed. {last.title}: {last.message}",
        }[last.outcome]
        st.markdown(
            escape_markdown(
                f"The last run ended {format_age(page.now - last.ended)}, "
                f"{format_datetime(last.ended, page.zone)}. {result}"
            )
        )
        if known.interval and known.next_expected:
            due = format_datetime(known.next_expected, page.zone)
            said = f"The next one was expected {due} and has not come." if known.next_expected < page.now else ""
            said = (
                said
                or f"Runs come about every {format_duration(_rounded(known.interval))}; the next one is expected {due}."
            )
            st.markdown(escape_markdown(said))
        else:
            st.markdown("There are too few runs, or they come too irregularly, to say when the next one is expected.")
    st.markdown("`python -m mimecast schedule` prints what to paste so that this machine takes snapshots by itself.")


def _rounded(span: timedelta) -> timedelta:
    """Schedulers are not exact to the second: whole hours, or whole minutes below two hours."""
    unit = timedelta(hours=1) if span >= timedelta(hours=2) else timedelta(minutes=1)
    return max(round(span / unit), 1) * unit
