"""The form for reference lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from mimecast.domain.causes.reference_lines import (
    MAX_LABEL_CHARS,
    MAX_REFERENCE_LINES,
    MAX_SOURCE_CHARS,
    ReferenceLine,
    check_reference_line,
)
from mimecast.store.causes.reference_lines import (
    add_reference_line,
    delete_reference_line,
    load_reference_lines,
    replace_reference_line,
)
from mimecast.ui.access.guard import guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.context import AccountPage
from mimecast.ui.flash import Flash, run_and_flash

NEW_LINE: Final = 0
"""Chosen instead of a line's id."""

_FLASH: Final = "annotations_done"
_CHOSEN: Final = "reference_chosen"
_WRITTEN: Final = "references_written"


def show_reference_lines_form(page: AccountPage) -> None:
    """Draw the form for one reference line, a new one or one to change. Raises StoreError."""
    lines = {line.id: line for line in load_reference_lines(page.store, page.account.id)}
    is_full = len(lines) >= MAX_REFERENCE_LINES
    choices = list(lines) if is_full else [NEW_LINE, *lines]
    if st.session_state.get(_CHOSEN) not in choices:
        st.session_state[_CHOSEN] = choices[0]
    chosen = st.selectbox(
        f"Reference line (at most {MAX_REFERENCE_LINES})",
        choices,
        key=_CHOSEN,
        format_func=lambda line_id: lines[line_id].text if line_id in lines else "New reference line",
    )
    old = lines.get(chosen)
    token = f"{old.id}_{old.written_at.timestamp():.0f}" if old else f"new_{st.session_state.get(_WRITTEN, 0)}"
    is_off = bool(page.store.read_only)
    with st.form(f"reference_{token}", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Label",
                old.label if old else "",
                key=f"reference_label_{token}",
                max_chars=MAX_LABEL_CHARS,
                placeholder="Industry average",
                disabled=is_off,
            )
            st.number_input(
                "Share at risk (%)",
                0.0,
                100.0,
                old.share if old else None,
                0.1,
                format="%.1f",
                key=f"reference_share_{token}",
                placeholder="12.0",
                disabled=is_off,
            )
            st.text_input(
                "Source",
                old.source if old else "",
                key=f"reference_source_{token}",
                max_chars=MAX_SOURCE_CHARS,
                placeholder="Mimecast Efficacy, Oct 2026",
                disabled=is_off,
            )
            st.date_input(
                "Last day (optional)",
                old.last_day if old else None,
                key=f"reference_until_{token}",
                format="YYYY-MM-DD",
                disabled=is_off,
            )
        with st.container(horizontal=True):
            label = "Save reference line" if old else "Add reference line"
            st.form_submit_button(
                label, key="reference_save", on_click=guard(_save), args=(page, old, token), disabled=is_off
            )
            if old:
                st.form_submit_button(
                    "Delete", key="reference_delete", on_click=guard(_delete), args=(page, old), disabled=is_off
                )


def _save(page: AccountPage, old: ReferenceLine | None, token: str) -> None:
    share, label, source, last_day = (
        st.session_state[f"reference_{name}_{token}"] for name in ("share", "label", "source", "until")
    )

    def action() -> Flash:
        author, now = current_user_email(), datetime.now(UTC)
        if old is None:
            line = add_reference_line(
                page.store, page.account.id, share, label, source, last_day=last_day, author=author, now=now
            )
            return Flash(f"Added: {line.text}.")
        exact_share, exact_label, exact_source = check_reference_line(share, label, source)
        new = replace(
            old, share=exact_share, label=exact_label, source=exact_source, last_day=last_day, author=author,
            written_at=now.replace(microsecond=0),
        )  # fmt: skip
        return Flash(f"Changed to {replace_reference_line(page.store, old, new).text}.")

    _apply(page, action, log="changed the reference lines")


def _delete(page: AccountPage, old: ReferenceLine) -> None:
    def action() -> Flash:
        delete_reference_line(page.store, old)
        return Flash(f"Deleted: {old.text}.")

    _apply(page, action, log="deleted a reference line")


def _apply(page: AccountPage, action: Callable[[], Flash], *, log: str) -> None:
    """Run and log an action; empty the form when it succeeds, and keep what was typed when it does not."""
    if run_and_flash(_FLASH, page.account.id, action, log=log):
        st.session_state.pop(_CHOSEN, None)
        st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, 0) + 1
