"""Notes and the target: beside the charts, and edited in one quiet place.

A click acts on what the page showed when it was drawn: its note is an argument of the button. Whatever was done is
said above the forms with an Undo beside it, which makes the same change the other way round.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from mimecast.charts.annotations import Annotations
from mimecast.domain.notes import MAX_NOTE_CHARS, Note, NoteEdit
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.targets import MAX_TARGET_YEARS, Target, TargetInvalid, latest_target_date
from mimecast.domain.variation import Variation
from mimecast.formatting import format_date, format_datetime, format_percent
from mimecast.store.annotations.notes import apply, delete_note, load_notes, write_note
from mimecast.store.annotations.targets import clear_target, load_progress, load_target, set_target
from mimecast.store.store import Store
from mimecast.text.summaries import target_sentence
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.banners import show_problem
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash, run_and_flash
from mimecast.ui.url.params import EARLIEST

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from mimecast.ui.context import Page

MAX_NOTES_BESIDE: Final = 6
"""So many notes are about as tall as a chart."""

NEW_NOTE: Final = 0
"""Chosen instead of a note's id."""

FORMS_OPEN_KEY: Final = "annotations"
"""Whether the forms are open; in the session's state."""

_DONE: Final = "annotations_done"
_CHOSEN: Final = "note_chosen"
_WRITTEN: Final = "notes_written"


def load_annotations(
    store: Store, account: str, first: date, last: date, variation: Variation | None = None
) -> Annotations:
    """What is to be drawn over charts from `first` to `last` (reporting days). Raises StoreError.

    `variation` judges a change that ends with the last snapshot up to `last`.
    """
    return Annotations(tuple(load_notes(store, account, first, last)), load_target(store, account), variation)


def show_target_line(page: Page, store: Store) -> None:
    """The target and how it stands, in one sentence; nothing without a target."""
    if progress := load_progress(store, page.account.id, page.newest, page.zone, page.today):
        st.markdown(f":material/flag: {escape_markdown(target_sentence(progress))}")


def with_notes(marks: Annotations) -> DeltaGenerator:
    """The place for a chart, with the notes beside it, or below when they are many, under the numbers that they have in
    all charts of the page."""
    lines = [
        f"**{number}** · {format_date(note.day)}  \n{escape_markdown(note.text)}"
        for number, note in enumerate(marks.notes, start=1)
    ]
    if not lines:
        return st.container()
    if len(lines) <= MAX_NOTES_BESIDE:
        chart, beside = st.columns([3, 1], gap="medium")
        beside.markdown("**Notes**\n\n" + "\n\n".join(lines))
        return chart
    chart = st.container()
    st.markdown("**Notes**")
    third = -(-len(lines) // 3)
    for number, column in enumerate(st.columns(3, gap="medium")):
        column.markdown("\n\n".join(lines[number * third : (number + 1) * third]))
    return chart


def show_annotation_forms(page: Page, store: Store | None) -> None:
    """The forms, once they are opened. Disabled, with the reason, where nothing can be written."""
    with st.expander("Target and notes", icon=":material/edit_note:", key=FORMS_OPEN_KEY, on_change="rerun") as place:
        if not place.open:
            return
        if store is None:
            st.info("Target and notes cannot be changed now: the store cannot be used. See the top of the page.")
        elif store.read_only:
            st.info(escape_markdown(f"Target and notes cannot be changed now. {store.read_only}"))
        _outcome(page, store)
        target, notes = st.columns(2, gap="large")
        with target:
            _target_form(page, store)
        with notes:
            _note_form(page, store)


def _outcome(page: Page, store: Store | None) -> None:
    done = pop_flash(_DONE, page.account.id)
    if done is None:
        return
    if done.problem:
        show_problem(done.problem)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(done.message)}", width="content")
        if done.undo and store:
            st.button("Undo", icon=":material/undo:", key="note_undo", on_click=_undo, args=(page, store, done.undo))


def _note_form(page: Page, store: Store | None) -> None:
    notes = {note.id: note for note in load_notes(store, page.account.id)} if store else {}
    labels = {note.id: f"{format_date(note.day)} · {note.text}" for note in notes.values()}
    chosen = st.selectbox(
        "Note",
        [NEW_NOTE, *reversed(labels)],
        key=_CHOSEN,
        format_func=lambda note_id: labels.get(note_id, "New note"),
    )
    old = notes.get(chosen)
    token = f"{old.id}_{old.written_at.timestamp():.0f}" if old else f"new_{st.session_state.get(_WRITTEN, 0)}"
    is_off = store is None or bool(store.read_only)
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
        if old:
            st.caption(_who(f"Written {format_datetime(old.written_at, page.zone)}", old.author))
        with st.container(horizontal=True):
            label = "Save note" if old else "Add note"
            st.form_submit_button(
                label, key="note_save", on_click=_save, args=(page, store, old, token), disabled=is_off
            )
            if old:
                st.form_submit_button(
                    "Delete", key="note_delete", on_click=_delete, args=(page, store, old), disabled=is_off
                )


def _target_form(page: Page, store: Store | None) -> None:
    target = load_target(store, page.account.id) if store else None
    token = f"{target.set_at.timestamp():.0f}" if target else "none"
    tomorrow, last = page.today + timedelta(days=1), latest_target_date(page.today)
    by = target.by if target else page.today + timedelta(days=182)
    is_off = store is None or bool(store.read_only)
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
                "Set target", key="target_set", on_click=_set, args=(page, store, token), disabled=is_off
            )
            if target:
                st.form_submit_button(
                    "Clear target", key="target_clear", on_click=_clear, args=(page, store, target), disabled=is_off
                )


def _named(note: Note | None) -> str:
    return f"{format_date(note.day)}, “{note.text}”" if note else ""


def _who(done: str, by: str) -> str:
    return escape_markdown(f"{done} by {by}." if by else f"{done}.")


def _save(page: Page, store: Store, old: Note | None, token: str) -> None:
    chosen_day, text = st.session_state[f"note_day_{token}"], st.session_state[f"note_text_{token}"]

    def work() -> Flash:
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        made = write_note(
            store, page.account.id, chosen_day, text, author=current_user_email(), now=now, today=today, old=old
        )
        if made.before == made.after:
            return Flash("The note is as it was.")
        done = "Changed to" if old else "Added:"
        return Flash(f"{done} {_named(made.after)}.", made.undo)

    _do(page, work)


def _delete(page: Page, store: Store, old: Note) -> None:
    _do(page, lambda: Flash(f"Deleted: {_named(old)}.", delete_note(store, old).undo))


def _undo(page: Page, store: Store, change: NoteEdit) -> None:
    def work() -> Flash:
        apply(store, change)
        back = f"is back: {_named(change.after)}" if change.after else "is gone again"
        return Flash(f"Undone. The note {back}.")

    _do(page, work)


def _set(page: Page, store: Store, token: str) -> None:
    share, by = st.session_state[f"target_share_{token}"], st.session_state[f"target_by_{token}"]

    def work() -> Flash:
        if share is None:
            raise TargetInvalid("There is no share.", remedy="Write one between 0 and 100 %, for example 8.0.")
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        target = set_target(store, page.account.id, share, by, author=current_user_email(), now=now, today=today)
        return Flash(f"The target is {format_percent(target.share)} by {format_date(target.by)}.")

    _do(page, work)


def _clear(page: Page, store: Store, target: Target) -> None:
    def work() -> Flash:
        clear_target(store, page.account.id, author=current_user_email(), now=datetime.now(UTC))
        return Flash(f"The target of {format_percent(target.share)} by {format_date(target.by)} is cleared.")

    _do(page, work)


def _do(page: Page, work: Callable[[], Flash]) -> None:
    """Begin with an empty form once it is done; keep what was typed when it is not."""
    if run_and_flash(_DONE, page.account.id, work):
        st.session_state[_CHOSEN] = NEW_NOTE
        st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, 0) + 1
