"""Notes and the target: beside the charts, and edited in one form.

A click acts on what the page showed when it was drawn: its note is an argument of the button. The result is shown above
the forms with an Undo beside it, which applies the reverse edit.
"""

from __future__ import annotations

from collections.abc import Callable
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
from mimecast.ui.banners import show_problem
from mimecast.ui.causes.lists import cause_lines, show_left_out_answers
from mimecast.ui.causes.reference_lines import show_reference_lines_form
from mimecast.ui.context import AccountPage
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash, run_and_flash
from mimecast.ui.url.params import EARLIEST

MAX_NOTES_BESIDE: Final = 6
"""This many notes are about as tall as a chart."""

NEW_NOTE: Final = 0
"""Chosen instead of a note's id."""

FORMS_OPEN_KEY: Final = "annotations"
"""Key of the expander with the forms."""

_FLASH: Final = "annotations_done"
_CHOSEN: Final = "note_chosen"
_WRITTEN: Final = "notes_written"


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


def show_annotation_forms(page: AccountPage) -> None:
    """Draw the forms once they are opened. Disabled, with the reason, where nothing can be written.

    Raises StoreError.
    """
    with st.expander("Target and notes", icon=":material/edit_note:", key=FORMS_OPEN_KEY, on_change="rerun") as box:
        if not box.open:
            return
        if page.store.read_only:
            st.info(escape_markdown(f"Target and notes cannot be changed now. {page.store.read_only}"))
        _draw_flash(page)
        target, notes = st.columns(2, gap="large")
        with target:
            _target_form(page)
        with notes:
            _note_form(page)
        show_reference_lines_form(page)
        show_left_out_answers(page)


def _draw_flash(page: AccountPage) -> None:
    flash = pop_flash(_FLASH, page.account.id)
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
    notes = {note.id: note for note in load_notes(page.store, page.account.id)}
    labels = {note.id: f"{format_date(note.day)} · {note.labelled_text}" for note in notes.values()}
    chosen = st.selectbox(
        "Note",
        [NEW_NOTE, *reversed(labels)],
        key=_CHOSEN,
        format_func=lambda note_id: labels.get(note_id, "New note"),
    )
    old = notes.get(chosen)
    token = f"{old.id}_{old.written_at.timestamp():.0f}" if old else f"new_{st.session_state.get(_WRITTEN, 0)}"
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
            "break on the day, and the normal range begins again.",
            disabled=is_off,
        )
        if old:
            st.caption(_who(f"Written {format_datetime(old.written_at, page.zone)}", old.author))
        with st.container(horizontal=True):
            label = "Save note" if old else "Add note"
            st.form_submit_button(
                label, key="note_save", on_click=guard(_save), args=(page, old, token), disabled=is_off
            )
            if old:
                st.form_submit_button(
                    "Delete", key="note_delete", on_click=guard(_delete), args=(page, old), disabled=is_off
                )


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
            help=f"A day after today, within {MAX_TARGET_YEARS} years.",
            disabled=is_off,
        )
        if target:
            then = f", when it was {format_percent(target.share_then)}" if target.share_then is not None else ""
            st.caption(_who(f"Set {format_datetime(target.set_at, page.zone)}{then}", target.author))
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
        made = write(
            page.store, page.account.id, chosen_day, text, author=current_user_email(), now=now, today=today, old=old
        )
        if made.before == made.after:
            return Flash("The note is as it was.")
        done = "Changed to" if old else "Added:"
        return Flash(f"{done} {_named(made.after)}.", made.undo)

    _apply(page, action, log="changed the notes")


def _delete(page: AccountPage, old: Note) -> None:
    _apply(page, lambda: Flash(f"Deleted: {_named(old)}.", delete_note(page.store, old).undo), log="deleted a note")


def _undo(page: AccountPage, edit: NoteEdit) -> None:
    def action() -> Flash:
        apply(page.store, edit)
        back = f"is back: {_named(edit.after)}" if edit.after else "is gone again"
        return Flash(f"Undone. The note {back}.")

    _apply(page, action, log="undid a change of the notes")


def _set(page: AccountPage, token: str) -> None:
    share, by = st.session_state[f"target_share_{token}"], st.session_state[f"target_by_{token}"]

    def action() -> Flash:
        if share is None:
            raise TargetInvalid("There is no share.", remedy="Write one between 0 and 100 %, for example 8.0.")
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        target = set_target(page.store, page.account.id, share, by, author=current_user_email(), now=now, today=today)
        return Flash(f"The target is {format_percent(target.share)} by {format_date(target.by)}.")

    _apply(page, action, log="set the target")


def _clear(page: AccountPage, target: Target) -> None:
    def action() -> Flash:
        clear_target(page.store, page.account.id, author=current_user_email(), now=datetime.now(UTC))
        return Flash(f"The target of {format_percent(target.share)} by {format_date(target.by)} is cleared.")

    _apply(page, action, log="cleared the target")


def _apply(page: AccountPage, action: Callable[[], Flash], *, log: str) -> None:
    """Run and log an action; empty the form when it succeeds, and keep what was typed when it does not."""
    if run_and_flash(_FLASH, page.account.id, action, log=log):
        st.session_state[_CHOSEN] = NEW_NOTE
        st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, 0) + 1
