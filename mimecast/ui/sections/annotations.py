"""Notes, the target and reference lines: listed beside the charts, and edited in one form each.

The result of an edit is shown above the charts with an Undo beside it, which applies the reverse edit.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mimecast.domain.annotations import Annotations
from mimecast.domain.notes import MAX_NOTE_CHARS, Note, NoteEdit
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.targets import MAX_TARGET_YEARS, Target, TargetInvalid, latest_target_date
from mimecast.formatting import format_date, format_datetime, format_percent
from mimecast.store.annotations.notes import apply, delete_note, load_notes, write_note, write_restart
from mimecast.store.annotations.targets import clear_target, load_target, set_target
from mimecast.ui.access.guard import guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.causes.lists import cause_lines
from mimecast.ui.causes.reference_lines import show_reference_lines_form
from mimecast.ui.context import AccountPage
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash
from mimecast.ui.show_problem import show_problem
from mimecast.ui.url.params import EARLIEST
from mimecast.ui.widgets.entry_form import (
    ANNOTATION_FLASH,
    NOTE_FORM,
    NOTE_FORM_KEY,
    REFERENCE_FORM_KEY,
    TARGET_FORM_KEY,
    apply_edit,
)

MAX_NOTES_BESIDE: Final = 6
"""Notes beside a chart: more would be taller than the chart."""


def with_notes(annotations: Annotations) -> DeltaGenerator:
    """Return the place for a chart, with the notes beside it, or below it where there are many.

    The notes have the numbers that they have in all charts of the page.
    """
    lines = _note_lines(annotations)
    if not lines:
        return st.container()
    if len(lines) <= MAX_NOTES_BESIDE:
        chart, beside = st.columns([3, 1], gap="medium")
        beside.markdown(f"**{_list_title(annotations)}**\n\n" + "\n\n".join(lines))
        return chart
    chart = st.container()
    show_notes(annotations)
    return chart


def show_notes(annotations: Annotations) -> None:
    """Draw the notes in three columns, with the numbers that they have in the charts; nothing without notes."""
    lines = _note_lines(annotations)
    if not lines:
        return
    st.markdown(f"**{_list_title(annotations)}**")
    third = -(-len(lines) // 3)
    for index, column in enumerate(st.columns(3, gap="medium")):
        column.markdown("\n\n".join(lines[index * third : (index + 1) * third]))


def _list_title(annotations: Annotations) -> str:
    if not cause_lines(annotations):
        return "Notes"
    return "Notes and causes" if annotations.notes else "Causes"


def _note_lines(annotations: Annotations) -> list[str]:
    notes = [
        f"**{number}** · {format_date(note.day)}  \n{escape_markdown(note.labelled_text)}"
        for number, note in enumerate(annotations.notes, start=1)
    ]
    return [*notes, *cause_lines(annotations)]


def offer_annotation_forms(page: AccountPage) -> None:
    """Draw a button for each form, which opens beside it. Raises StoreError."""
    forms = (
        (NOTE_FORM_KEY, "Note", ":material/edit_note:", _note_form),
        (TARGET_FORM_KEY, "Target", ":material/flag:", _target_form),
        (REFERENCE_FORM_KEY, "Reference line", ":material/line_style:", show_reference_lines_form),
    )
    with st.container(horizontal=True, horizontal_alignment="right", width="content", gap="xsmall"):
        for key, label, icon, draw_form in forms:
            with st.popover(label, icon=icon, key=key, on_change="rerun") as popover:
                if popover.open:
                    _say_why_disabled(page)
                    draw_form(page)


def _say_why_disabled(page: AccountPage) -> None:
    if page.store.read_only:
        st.info(escape_markdown(f"Nothing can be changed now. {page.store.read_only}"))


def show_annotation_result(page: AccountPage) -> None:
    """Draw the result of the last edit, with an Undo where there is one."""
    flash = pop_flash(ANNOTATION_FLASH, page.account.id)
    if flash is None:
        return
    if flash.problem:
        show_problem(flash.problem)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(flash.message)}", width="content")
        if flash.undo:
            st.button("Undo", icon=":material/undo:", key="note_undo", on_click=guard(_undo), args=(page, flash.undo))


def _note_form(page: AccountPage) -> None:
    newest_first = load_notes(page.store, page.account.id)[::-1]
    old = NOTE_FORM.choose(newest_first, lambda note: f"{format_date(note.day)} · {note.labelled_text}")
    token = NOTE_FORM.token(old)
    is_off = bool(page.store.read_only)
    with st.form(f"note_{token}", border=False):
        st.date_input(
            "Day",
            old.day if old else page.today,
            key=f"note_day_{token}",
            min_value=min(EARLIEST, old.day) if old else EARLIEST,
            max_value=max(page.today, old.day) if old else page.today,
            format="YYYY-MM-DD",
            disabled=is_off,
        )
        st.text_input(
            "What happened",
            old.text if old else "",
            key=f"note_text_{token}",
            max_chars=MAX_NOTE_CHARS,
            placeholder="Phishing campaign Q3",
            disabled=is_off,
        )
        st.checkbox(
            "Baseline restart",
            old.is_restart if old else False,
            key=f"note_restart_{token}",
            help="Counts from this day on are not comparable with earlier ones, for example after a data reset. Charts "
            "break the line on that day, and the normal range starts over.",
            disabled=is_off,
        )
        if old:
            st.caption(_who(f"Written on {format_datetime(old.written_at, page.zone)}", old.author))
        NOTE_FORM.draw_buttons(page, old, save=_save, delete=_delete)


def _target_form(page: AccountPage) -> None:
    target = load_target(page.store, page.account.id)
    token = f"{target.set_at.timestamp():.0f}" if target else "none"
    tomorrow, last = page.today + timedelta(days=1), latest_target_date(page.today)
    by = target.by if target else page.today + timedelta(days=182)
    is_off = bool(page.store.read_only)
    with st.form(f"target_{token}", border=False):
        st.number_input(
            "At risk, at most (%)",
            0.0,
            100.0,
            target.share if target else None,
            0.1,
            format="%.1f",
            key=f"target_share_{token}",
            placeholder="8.0",
            disabled=is_off,
        )
        st.date_input(
            "By",
            min(max(by, tomorrow), last),
            key=f"target_by_{token}",
            min_value=tomorrow,
            max_value=last,
            format="YYYY-MM-DD",
            help=f"Any day from tomorrow on, within {MAX_TARGET_YEARS} years.",
            disabled=is_off,
        )
        if target:
            then = f" The share was {format_percent(target.share_then)} then." if target.share_then is not None else ""
            st.caption(_who(f"Set on {format_datetime(target.set_at, page.zone)}", target.author) + then)
        with st.container(horizontal=True):
            st.form_submit_button(
                "Set target", key="target_set", on_click=guard(_set), args=(page, token), disabled=is_off
            )
            if target:
                st.form_submit_button(
                    "Clear target", key="target_clear", on_click=guard(_clear), args=(page, target), disabled=is_off
                )


def _named(note: Note | None) -> str:
    return f"{format_date(note.day)}, “{note.text}”" if note else ""


def _who(done: str, by: str) -> str:
    return escape_markdown(f"{done} by {by}." if by else f"{done}.")


def _save(page: AccountPage, old: Note | None, token: str) -> None:
    chosen_day, text = st.session_state[f"note_day_{token}"], st.session_state[f"note_text_{token}"]
    is_restart = st.session_state[f"note_restart_{token}"]

    def action() -> Flash:
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        write = write_restart if is_restart else write_note
        edit = write(
            page.store, page.account.id, chosen_day, text, author=current_user_email(), now=now, today=today, old=old
        )
        if edit.before == edit.after:
            return Flash("Nothing was changed.")
        done = "Changed to" if old else "Added:"
        return Flash(f"{done} {_named(edit.after)}.", edit.undo)

    apply_edit(page, action, log="changed the notes")


def _delete(page: AccountPage, old: Note) -> None:
    apply_edit(page, lambda: Flash(f"Deleted: {_named(old)}.", delete_note(page.store, old).undo), log="deleted a note")


def _undo(page: AccountPage, edit: NoteEdit) -> None:
    def action() -> Flash:
        apply(page.store, edit)
        back = f"is back: {_named(edit.after)}" if edit.after else "is deleted"
        return Flash(f"Undone. The note {back}.")

    apply_edit(page, action, log="undid a change of the notes")


def _set(page: AccountPage, token: str) -> None:
    share, by = st.session_state[f"target_share_{token}"], st.session_state[f"target_by_{token}"]

    def action() -> Flash:
        if share is None:
            raise TargetInvalid("The share is missing.", remedy="Enter one between 0% and 100%, for example 8.0.")
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        target = set_target(page.store, page.account.id, share, by, author=current_user_email(), now=now, today=today)
        return Flash(f"The target is {format_percent(target.share)} by {format_date(target.by)}.")

    apply_edit(page, action, log="set the target")


def _clear(page: AccountPage, target: Target) -> None:
    def action() -> Flash:
        clear_target(page.store, page.account.id, author=current_user_email(), now=datetime.now(UTC))
        return Flash(f"The target of {format_percent(target.share)} by {format_date(target.by)} is cleared.")

    apply_edit(page, action, log="cleared the target")
