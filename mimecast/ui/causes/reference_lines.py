"""The form for reference lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

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
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.context import AccountPage
from mimecast.ui.flash import Flash
from mimecast.ui.widgets.entry_form import REFERENCE_FORM, apply_edit


def show_reference_lines_form(page: AccountPage) -> None:
    """Draw the form for one reference line, a new one or one to change. Raises StoreError."""
    lines = load_reference_lines(page.store, page.account.id)
    old = REFERENCE_FORM.choose(
        lines,
        lambda line: line.text,
        label=f"Reference line (at most {MAX_REFERENCE_LINES})",
        is_full=len(lines) >= MAX_REFERENCE_LINES,
    )
    token = REFERENCE_FORM.token(old)
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
        REFERENCE_FORM.draw_buttons(page, old, save=_save, delete=_delete)


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

    apply_edit(page, action, log="changed the reference lines")


def _delete(page: AccountPage, old: ReferenceLine) -> None:
    def action() -> Flash:
        delete_reference_line(page.store, old)
        return Flash(f"Deleted: {old.text}.")

    apply_edit(page, action, log="deleted a reference line")
