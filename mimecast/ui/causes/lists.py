"""Lists beside charts: reference lines, campaigns, and the answers that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from mimecast.charts.causes.overlay import MARK
from mimecast.domain.annotations import Annotations
from mimecast.domain.causes.implausible import Mark
from mimecast.formatting import format_date, pluralize
from mimecast.store.causes.implausible import accept_answers
from mimecast.text.causes import left_out_sentence, short_campaign_line
from mimecast.ui.access.guard import guard
from mimecast.ui.context import AccountPage
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, run_and_flash
from mimecast.ui.widgets.entry_form import ANNOTATION_FLASH

MAX_CAMPAIGNS: Final = 6
"""Campaigns that are listed, the last ones; all of them are on the Campaigns page."""


def cause_lines(annotations: Annotations) -> list[str]:
    """Return the reference lines, the last campaigns and the answers left out, as lines of Markdown."""
    causes = annotations.causes
    lines = [
        f"**– –** {escape_markdown(line.short_text)}  \n{escape_markdown(line.source)}"
        for line in causes.reference_lines
    ]
    launched = causes.campaigns_by_day(causes.zone)
    lines += [
        f"**{MARK}** · {format_date(day)}  \n{escape_markdown(short_campaign_line(campaign))}"
        for day, campaign in launched[-MAX_CAMPAIGNS:]
    ]
    if len(launched) > MAX_CAMPAIGNS:
        earlier = pluralize(len(launched) - MAX_CAMPAIGNS, "earlier campaign")
        lines.append(f"{earlier}: see the Campaigns page.")
    lines += [f"**!** {escape_markdown(left_out_sentence(mark, causes.zone))}" for mark in causes.marks]
    return lines


def show_left_out_answers(page: AccountPage) -> None:
    """Draw the answers that a reader judged wrong, each with the way to take that back."""
    marks = [mark for mark in page.state.marks if not mark.is_open]
    if not marks:
        return
    st.markdown("**Answers left out**")
    for mark in marks:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escape_markdown(left_out_sentence(mark, page.zone)), width="stretch")
            key = f"left_out_{mark.snapshot.taken_at.timestamp():.0f}"
            is_off = bool(page.store.read_only)
            st.button("It is right", key=key, on_click=guard(_accept), args=(page, [mark]), disabled=is_off)


def _accept(page: AccountPage, marks: Sequence[Mark]) -> None:
    def action() -> Flash:
        accept_answers(page.store, marks)
        return Flash("The answer is used again.")

    run_and_flash(ANNOTATION_FLASH, page.account.id, action, log="accepted an implausible answer as right")
