"""Whether the history is being kept without anybody looking: the last scheduled run, and the next one expected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from mimecast.history.runs import Outcome, unattended
from mimecast.history.store import Store
from mimecast.ui.text import plain
from mimecast.wording import age, instant, length_of

if TYPE_CHECKING:
    from mimecast.ui.page import Page


def schedule_status(page: Page, store: Store | None) -> None:
    """Raises StoreError."""
    st.header("Unattended capture", anchor=False)
    known = unattended(store, page.account.id) if store else None
    if known is None or known.last is None:
        st.markdown("No scheduled run has been recorded yet. A day without a snapshot is lost for good.")
    else:
        last = known.last
        result = {
            Outcome.STORED: "It stored a snapshot.",
            Outcome.SHARED: "Another run was just storing one.",
            Outcome.FAILED: f"It failed. {last.title}: {last.sentence}",
        }[last.outcome]
        st.markdown(
            plain(f"The last run ended {age(page.now - last.ended)}, {instant(last.ended, page.zone)}. {result}")
        )
        if known.every and known.next_expected:
            due = instant(known.next_expected, page.zone)
            said = f"The next one was expected {due} and has not come." if known.next_expected < page.now else ""
            said = said or f"Runs come about every {length_of(_rounded(known.every))}; the next one is expected {due}."
            st.markdown(plain(said))
        else:
            st.markdown("There are too few runs, or they come too irregularly, to say when the next one is expected.")
    st.markdown("`python -m mimecast schedule` prints what to paste so that this machine takes snapshots by itself.")


def _rounded(span: timedelta) -> timedelta:
    """Schedulers are not exact to the second: whole hours, or whole minutes below two hours."""
    unit = timedelta(hours=1) if span >= timedelta(hours=2) else timedelta(minutes=1)
    return max(round(span / unit), 1) * unit
