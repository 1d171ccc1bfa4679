"""The status board: for each account the newest snapshot, the last scheduled run and the next one, in one table."""

from __future__ import annotations

from typing import Final

import streamlit as st

from mimecast.domain.notifications.deliveries import DeliveryResult
from mimecast.domain.scheduled_runs import Run, RunOutcome, ScheduleStatus, daily_snapshots_problem
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import UNDEFINED, format_age, format_datetime, pluralize
from mimecast.store.causes.implausible import load_open_marks_of
from mimecast.store.notifications.messages import load_last_deliveries
from mimecast.store.scheduled_runs import load_schedule_status
from mimecast.text.causes import implausible_answers_sentence
from mimecast.ui.context import Page, distinct_labels
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.widgets.grade_tables import show_table

MAX_ACCOUNTS: Final = 20
"""Accounts that the board shows, the chosen one first; the Accounts page shows all."""

MAX_DELIVERIES: Final = 20
"""Deliveries that are counted, the last."""

OUTCOMES: Final = {
    RunOutcome.STORED: "stored a snapshot",
    RunOutcome.SHARED: "used another run's snapshot",
    RunOutcome.FAILED: "failed",
}


def show_status_board(page: Page) -> None:
    """Draw the board, or nothing without a store. Raises StoreError."""
    if page.store is None:
        return
    accounts = sorted(page.accounts, key=lambda account: account.id != page.account.id)[:MAX_ACCOUNTS]
    labels = distinct_labels(page.accounts)
    newest = page.store.newest_of([account.id for account in accounts])
    schedules = [load_schedule_status(page.store, account.id) for account in accounts]
    columns = {
        "Account": [labels[account.id] for account in accounts],
        "Newest snapshot": [_newest(newest.get(account.id), page) for account in accounts],
        "Last scheduled run": [_last_run(schedule.last, page) for schedule in schedules],
        "Next run": [_next_run(schedule, page) for schedule in schedules],
    }
    show_table(
        columns, alt="The newest snapshot, the last scheduled run and the next one of each account.", scrolls=True
    )
    hidden = len(page.accounts) - len(accounts)
    notes = [f"{pluralize(hidden, 'more account')} on the Accounts page."] if hidden else []
    marks = load_open_marks_of(page.store, [account.id for account in accounts if account.id != page.account.id])
    for account, open_marks in marks.items():  # the banner is about those of the chosen account
        notes.append(escape_markdown(f"{labels[account]}: {implausible_answers_sentence(open_marks, page.zone)}"))
    if not page.is_sample:
        notes.append(_deliveries(page))
    st.caption(" ".join(filter(None, notes)))


def _newest(snapshot: Snapshot | None, page: Page) -> str:
    if snapshot is None:
        return "none yet"
    return f"{format_age(page.now - snapshot.taken_at)} ({format_datetime(snapshot.taken_at, page.zone)})"


def _last_run(run: Run | None, page: Page) -> str:
    if run is None:
        return "not set up"
    return f"{OUTCOMES[run.outcome]}, {format_age(page.now - run.ended)}"


def _next_run(schedule: ScheduleStatus, page: Page) -> str:
    if schedule.next_expected is None:
        return UNDEFINED
    is_overdue = daily_snapshots_problem(schedule, page.now, page.zone) is not None
    return f"{format_datetime(schedule.next_expected, page.zone)}{', overdue' if is_overdue else ''}"


def _deliveries(page: Page) -> str:
    """Return how the last deliveries of notifications ended, as a sentence; empty where there were none."""
    assert page.store is not None  # noqa: S101 - the board has one
    last = [delivery for _, delivery in load_last_deliveries(page.store, MAX_DELIVERIES)]
    if not last:
        return ""
    failed = sum(delivery.result in (DeliveryResult.FAILED, DeliveryResult.TIMED_OUT) for delivery in last)
    when = format_age(page.now - last[0].tried_at)
    return f"Last notification {when}; of the latest deliveries ({len(last)}), {failed or 'none'} failed."
