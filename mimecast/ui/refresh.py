"""The age of the numbers, and refreshing them: by button, or automatically when they are too old.

The page has drawn what is stored by the time Mimecast is asked. The answer arrives in the background, and the page is
drawn again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from mimecast.api.retry import PAGE_RETRIES
from mimecast.capture.background_refresh import Due, RefreshState
from mimecast.capture.one_account import CapturedSnapshot, capture
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_age, format_datetime, format_duration
from mimecast.store.errors import StoreError
from mimecast.ui import resources
from mimecast.ui.access.audit import log_action
from mimecast.ui.access.guard import fragment, guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.account_state import load_account_state
from mimecast.ui.context import Page
from mimecast.ui.show_problem import show_notice, show_problem

POLL_WHILE_REQUESTING_SECONDS: Final = 0.5
POLL_SECONDS: Final = 60.0


def freshness_and_refresh(page: Page) -> None:
    """Draw the age of the newest snapshot and the Refresh button; start an automatic refresh where one is due."""
    seen = resources.refresher().state(page.refresh_key())
    is_requesting = _request(page, automatic=True).in_progress
    interval = POLL_WHILE_REQUESTING_SECONDS if is_requesting else POLL_SECONDS
    fragment(_draw, run_every=interval)(page, seen, was_requesting=is_requesting)


def refresh_messages(page: Page) -> None:
    """Show the problem or the warnings of the last refresh."""
    state = resources.refresher().state(page.refresh_key())
    if state.problem:
        stored = "The numbers shown were stored earlier." if page.newest else ""
        show_problem(state.problem, added=f"{stored} {_next_try(state, datetime.now(UTC), page.zone)}".strip())
    for warning in state.warnings:
        show_notice(warning)
    newest = page.newest
    if newest and newest.counts.other and not state.warnings:
        named = f" ({', '.join(newest.other_letters)})" if newest.other_letters else ""
        show_notice(f"Some users have a grade that Mimecast does not document{named}; it is shown as “other”.")


def _next_try(state: RefreshState, now: datetime, zone: ZoneInfo) -> str:
    """Return when the next automatic refresh starts, with its date when that is not today; nothing if it may now."""
    if state.not_before is None or state.not_before <= now:
        return ""
    if state.not_before.astimezone(zone).date() != now.astimezone(zone).date():
        return f"The next automatic attempt is after {format_datetime(state.not_before, zone)}."
    return f"The next automatic attempt is in {max(int((state.not_before - now).total_seconds()) // 60, 1)} min."


def _draw(page: Page, seen: RefreshState, *, was_requesting: bool) -> None:
    """Draw age and button. Runs periodically, and runs the whole page again when there is something new."""
    if (
        resources.refresher().state(page.refresh_key()).completed != seen.completed
        or _load_last(page) != page.state.last_answer
    ):
        st.rerun()
    state = _request(page, automatic=True)
    if (state.in_progress and not was_requesting) or state.completed != seen.completed:
        st.rerun()
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", wrap=False, gap="xsmall"
    ):
        if page.newest:
            st.caption(f"Taken {format_age(datetime.now(UTC) - page.newest.taken_at)}", width="content")
        age = format_duration(page.dashboard.refresh_after)
        st.button(
            "Refreshing …" if state.in_progress else "Refresh",
            icon=":material/refresh:",
            key="refresh",
            disabled=state.in_progress or not _can_request(page),
            help=f"Requests today's grades and stores them. Pages do so automatically when the snapshot is {age} old.",
            on_click=guard(_on_refresh),  # runs before anything here can end this run, so no click is lost
            args=(page,),
        )


def _on_refresh(page: Page) -> None:
    log_action(current_user_email(), "refreshed", page.account.id)
    _request(page, automatic=False)


def _request(page: Page, *, automatic: bool) -> RefreshState:
    """Start a refresh where one is wanted and possible, and return its state."""
    refresher, key = resources.refresher(), page.refresh_key()
    account, store = page.account, page.store
    source = Source.SAMPLE if page.is_sample else Source.MIMECAST

    def work() -> CapturedSnapshot | None:
        if store is None or (automatic and not _is_due(page)):  # another run may have stored one in the meantime
            return None
        return capture(account, store, source=source, retry_policy=PAGE_RETRIES)

    if _can_request(page) and (not automatic or _is_due(page)):
        due = Due(_load_last(page), page.dashboard.refresh_after)
        refresher.start(key, work, automatic=automatic, due=due)
    return refresher.state(key)


def _can_request(page: Page) -> bool:
    return page.account.keys is not None and page.store is not None and not page.store.read_only


def _is_due(page: Page) -> bool:
    """Return whether the newest snapshot in the store is missing or too old."""
    last = _load_last(page)
    return last is None or datetime.now(UTC) - last.taken_at >= page.dashboard.refresh_after


def _load_last(page: Page) -> Snapshot | None:
    """Return the newest snapshot in the store, plausible or not. If the store fails, return what the page shows."""
    try:
        state = load_account_state(page.store, page.account.id, page.today, page.zone) if page.store else page.state
    except StoreError:
        return page.state.last_answer
    return state.last_answer
