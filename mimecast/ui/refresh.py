"""How old the numbers are, and asking for newer ones: by button, or by itself when they are too old.

The page has drawn what is stored by the time this asks; the answer arrives in the background, and the page draws again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit.logger import get_logger

from mimecast.api.retry import PAGE_RETRIES
from mimecast.capture.background_refresh import RefreshState
from mimecast.capture.one_account import CapturedSnapshot, capture
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_age, format_duration
from mimecast.store.errors import StoreError
from mimecast.ui import resources
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.banners import show_notice, show_problem

if TYPE_CHECKING:
    from mimecast.ui.context import Page

POLL_WHILE_REQUESTING_SECONDS: Final = 0.5
POLL_SECONDS: Final = 60.0
"""Seconds between two looks at whether there is something newer."""


def freshness_and_refresh(page: Page) -> None:
    """Draw the age of the newest snapshot and the Refresh button; begin an automatic refresh where one is due."""
    seen = resources.refresher().state(page.subject)
    is_asking = _ask(page, automatic=True).in_progress
    st.fragment(_draw, run_every=POLL_WHILE_REQUESTING_SECONDS if is_asking else POLL_SECONDS)(
        page, seen, is_watching=is_asking
    )


def refresh_messages(page: Page) -> None:
    """What the last try to refresh said, if there is something to say."""
    state = resources.refresher().state(page.subject)
    if state.problem:
        shown = "What is shown was stored earlier." if page.newest else ""
        wait = state.not_before - datetime.now(UTC) if state.not_before else None
        seconds = int(wait.total_seconds()) if wait else 0
        again = f"The next automatic try is in {max(seconds // 60, 1)} min." if seconds > 0 else ""
        show_problem(state.problem, added=f"{shown} {again}".strip())
    for warning in state.warnings:
        show_notice(warning)
    newest = page.newest
    if newest and newest.counts.other and not state.warnings:
        letters = f" ({', '.join(newest.other_letters)})" if newest.other_letters else ""
        show_notice(f"Some users have a grade that is not documented{letters}; they are counted and shown as “other”.")


def _draw(page: Page, seen: RefreshState, *, is_watching: bool) -> None:
    """Runs by itself again and again; draws the whole page anew when there is something new."""
    if resources.refresher().state(page.subject).completed != seen.completed or _stored_newer(page):
        st.rerun()
    state = _ask(page, automatic=True)
    if (state.in_progress and not is_watching) or state.completed != seen.completed:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", width="content", wrap=False, gap="xsmall"):
        if page.newest:
            st.caption(f"As of {format_age(datetime.now(UTC) - page.newest.taken_at)}", width="content")
        st.button(
            "Asking Mimecast …" if state.in_progress else "Refresh",
            icon=":material/refresh:",
            key="refresh",
            disabled=state.in_progress or not _can_ask(page),
            help=_help(page),
            on_click=_pressed,  # runs before anything here can end this run, so no click is lost
            args=(page,),
        )


def _pressed(page: Page) -> None:
    if email := current_user_email():
        get_logger(__name__).info("%s asked Mimecast for %s anew.", email, page.account.id)
    _ask(page, automatic=False)


def _help(page: Page) -> str:
    after = format_duration(page.dashboard.refresh_after)
    return f"Asks Mimecast for today's grades and stores them. A page asks by itself when they are older than {after}."


def _ask(page: Page, *, automatic: bool) -> RefreshState:
    """Begin to ask Mimecast where that is wanted and possible, and say how it stands."""
    refresher, subject = resources.refresher(), page.subject
    account, store = page.account, page.store
    source = Source.SAMPLE if page.is_sample else Source.MIMECAST

    def work() -> CapturedSnapshot | None:
        """Due is asked again here: somebody else may have asked while this waited."""
        return (
            capture(account, store, source=source, retry_policy=PAGE_RETRIES)
            if store and (not automatic or _is_due(page))
            else None
        )

    if _can_ask(page) and (not automatic or _is_due(page)):
        refresher.start(subject, work, automatic=automatic)
    return refresher.state(subject)


def _can_ask(page: Page) -> bool:
    return page.account.keys is not None and page.store is not None and not page.store.read_only


def _is_due(page: Page) -> bool:
    """Whether the newest snapshot in the store is missing or too old."""
    newest = _newest(page)
    return newest is None or datetime.now(UTC) - newest.taken_at >= page.dashboard.refresh_after


def _stored_newer(page: Page) -> bool:
    """Whether somebody else, cron for one, has stored a newer snapshot since the page was drawn."""
    return _newest(page) != page.newest


def _newest(page: Page) -> Snapshot | None:
    """What the store holds by now; what the page shows, should the store fail: the page says so when it is drawn."""
    try:
        return page.store.newest(page.account.id) if page.store else page.newest
    except StoreError:
        return page.newest
