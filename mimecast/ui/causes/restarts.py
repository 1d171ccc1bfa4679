"""The banner that suggests a baseline restart, which a reader accepts or dismisses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from mimecast.domain.causes.restarts import RestartSuggestion
from mimecast.domain.reporting_days import reporting_day
from mimecast.formatting import format_date, format_int
from mimecast.store.annotations.notes import write_restart
from mimecast.store.causes.restarts import dismiss_suggestion
from mimecast.store.store import Store
from mimecast.text.causes import suggestion_sentence
from mimecast.ui.access.guard import guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash, run_and_flash
from mimecast.ui.show_problem import show_problem

BANNER_KEY: Final = "restart_suggestion"
"""Key of the container with the banner and its buttons."""

_FLASH: Final = "restart_suggestion_done"


def show_restart_suggestion(page: Page) -> None:
    """Draw the suggestion of a baseline restart, unless an answer waits to be judged."""
    store = page.store
    if store is None or page.newest is None:
        return
    flash = pop_flash(_FLASH, page.account.id)
    if flash and flash.problem:
        show_problem(flash.problem)
    elif flash:
        st.session_state.pop(_FLASH, None)
        st.toast(escape_markdown(flash.message), icon=":material/check:")
    suggestion = page.state.suggestion
    if suggestion is None or page.state.open_marks:
        return
    is_off = bool(store.read_only)
    with st.container(key=BANNER_KEY, gap="small"):
        st.info(escape_markdown(suggestion_sentence(suggestion)), icon=":material/restart_alt:")
        with st.container(horizontal=True):
            st.button(
                f"Restart the baseline on {format_date(suggestion.day)}",
                key="restart_accept",
                on_click=guard(_accept),
                args=(page, store, suggestion),
                disabled=is_off,
            )
            st.button(
                "Dismiss",
                key="restart_dismiss",
                on_click=guard(_dismiss),
                args=(page, store, suggestion),
                disabled=is_off,
            )


def _accept(page: Page, store: Store, suggestion: RestartSuggestion) -> None:
    def action() -> Flash:
        now = datetime.now(UTC)
        text = f"Users graded went from {format_int(suggestion.before)} to {format_int(suggestion.after)}"
        write_restart(
            store,
            page.account.id,
            suggestion.day,
            text,
            author=current_user_email(),
            now=now,
            today=reporting_day(now, page.zone),
        )
        return Flash(f"The baseline restarts on {format_date(suggestion.day)}. Its note is on the History page.")

    run_and_flash(_FLASH, page.account.id, action, log="restarted the baseline")


def _dismiss(page: Page, store: Store, suggestion: RestartSuggestion) -> None:
    def action() -> Flash:
        author, now = current_user_email(), datetime.now(UTC)
        dismiss_suggestion(store, page.account.id, suggestion.day, author=author, now=now)
        return Flash("The suggestion is dismissed. You can still add a restart on History.")

    run_and_flash(_FLASH, page.account.id, action, log="dismissed a suggested restart")
