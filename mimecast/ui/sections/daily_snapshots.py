"""Daily snapshots: the last scheduled run, and the next one expected."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.formatting import format_age, format_datetime, format_duration
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown


def show_daily_snapshots(page: Page) -> None:
    """Draw what is known about the account's scheduled captures."""
    st.header("Daily snapshots", anchor=False)
    schedule = page.state.schedule
    if schedule.last is None:
        st.markdown("Daily snapshots are not set up. Missed days cannot be recovered.")
    else:
        last = schedule.last
        ended = f"{format_age(page.now - last.ended)} ({format_datetime(last.ended, page.zone)})"
        st.markdown(escape_markdown(f"The last run ended {ended}. {_result(last)}"))
        if schedule.interval is None or schedule.next_expected is None:
            st.markdown("There are too few runs, or they are too irregular, to predict the next one.")
        else:
            due = format_datetime(schedule.next_expected, page.zone)
            interval = format_duration(_rounded(schedule.interval))
            expected = (
                f"The next run was expected on {due} and has not happened."
                if schedule.next_expected < page.now
                else f"Runs are about {interval} apart; the next one is expected on {due}."
            )
            st.markdown(escape_markdown(expected))
    st.markdown(
        "To schedule daily snapshots, run `python -m mimecast schedule` on the dashboard's computer; the first line of "
        "its output says where to paste it."
    )


def _result(run: Run) -> str:
    match run.outcome:
        case RunOutcome.STORED:
            return f"It stored a snapshot. {run.message}".strip()
        case RunOutcome.SHARED:
            return "It used the snapshot that another run was storing."
        case RunOutcome.FAILED:
            return f"It failed. {run.title}: {run.message}"


def _rounded(span: timedelta) -> timedelta:
    """Round to whole hours, or to whole minutes below two hours: schedulers are not exact to the second."""
    unit = timedelta(hours=1) if span >= timedelta(hours=2) else timedelta(minutes=1)
    return max(round(span / unit), 1) * unit
