"""Notes and the target: beside the charts, and edited in one quiet place.

A click acts on what the page showed when it was drawn: its note is an argument of the button. Whatever was done is
said above the forms with an Undo beside it, which makes the same change the other way round.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from mimecast.figures.marks import Marks
from mimecast.history.notes import MOST_LETTERS, Change, Note, delete_note, make, read_notes, write_note
from mimecast.history.store import Store
from mimecast.history.targets import (
    YEARS_AHEAD,
    Target,
    TargetRefused,
    clear_target,
    latest,
    read_progress,
    read_target,
    set_target,
)
from mimecast.history.timeline import reporting_day
from mimecast.history.variation import Variation
from mimecast.narrative import target_sentence
from mimecast.ui.address import EARLIEST
from mimecast.ui.banners import show_problem
from mimecast.ui.outcome import Outcome, attempt, take
from mimecast.ui.text import plain
from mimecast.ui.who import author
from mimecast.wording import day, instant, percent

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from mimecast.ui.page import Page

BESIDE: Final = 6
"""So many notes are about as tall as a chart."""

NEW: Final = 0
"""Chosen instead of a note's id."""

OPEN: Final = "annotations"
"""Whether the forms are open; in the session's state."""

_DONE: Final = "annotations_done"
_CHOSEN: Final = "note_chosen"
_WRITTEN: Final = "notes_written"


def read_marks(store: Store, account: str, first: date, last: date, variation: Variation | None = None) -> Marks:
    """What is to be drawn over charts from `first` to `last` (reporting days). Raises StoreError.

    `variation` judges a change that ends with the last snapshot up to `last`.
    """
    return Marks(tuple(read_notes(store, account, first, last)), read_target(store, account), variation)


def target_line(page: Page, store: Store) -> None:
    """The target and how it stands, in one sentence; nothing without a target."""
    if progress := read_progress(store, page.account.id, page.newest, page.zone, page.today):
        st.markdown(f":material/flag: {plain(target_sentence(progress))}")


def beside_notes(marks: Marks) -> DeltaGenerator:
    """The place for a chart, with the notes beside it, or below when they are many, under the numbers that they have in
    all charts of the page."""
    lines = [
        f"**{number}** · {day(note.day)}  \n{plain(note.text)}" for number, note in enumerate(marks.notes, start=1)
    ]
    if not lines:
        return st.container()
    if len(lines) <= BESIDE:
        chart, beside = st.columns([3, 1], gap="medium")
        beside.markdown("**Notes**\n\n" + "\n\n".join(lines))
        return chart
    chart = st.container()
    st.markdown("**Notes**")
    third = -(-len(lines) // 3)
    for number, column in enumerate(st.columns(3, gap="medium")):
        column.markdown("\n\n".join(lines[number * third : (number + 1) * third]))
    return chart


def target_and_notes(page: Page, store: Store | None) -> None:
    """The forms, once they are opened. Disabled, with the reason, where nothing can be written."""
    with st.expander("Target and notes", icon=":material/edit_note:", key=OPEN, on_change="rerun") as place:
        if not place.open:
            return
        if store is None:
            st.info("Target and notes cannot be changed now: the store cannot be used. See the top of the page.")
        elif store.read_only:
            st.info(plain(f"Target and notes cannot be changed now. {store.read_only}"))
        _outcome(page, store)
        target, notes = st.columns(2, gap="large")
        with target:
            _target_form(page, store)
        with notes:
            _note_form(page, store)


def _outcome(page: Page, store: Store | None) -> None:
    done = take(_DONE, page.account.id)
    if done is None:
        return
    if done.problem:
        show_problem(done.problem)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {plain(done.sentence)}", width="content")
        if done.undo and store:
            st.button("Undo", icon=":material/undo:", key="note_undo", on_click=_undo, args=(page, store, done.undo))


def _note_form(page: Page, store: Store | None) -> None:
    notes = {note.id: note for note in read_notes(store, page.account.id)} if store else {}
    labels = {note.id: f"{day(note.day)} · {note.text}" for note in notes.values()}
    chosen = st.selectbox(
        "Note",
        [NEW, *reversed(labels)],
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
            max_chars=MOST_LETTERS,
            placeholder="Phishing campaign Q3",
            disabled=is_off,
        )
        if old:
            st.caption(_who(f"Written {instant(old.written_at, page.zone)}", old.author))
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
    target = read_target(store, page.account.id) if store else None
    token = f"{target.set_at.timestamp():.0f}" if target else "none"
    tomorrow, last = page.today + timedelta(days=1), latest(page.today)
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
            help=f"A day after today, within {YEARS_AHEAD} years.",
            disabled=is_off,
        )
        if target:
            then = f", when it was {percent(target.share_then)}" if target.share_then is not None else ""
            st.caption(_who(f"Set {instant(target.set_at, page.zone)}{then}", target.author))
        with st.container(horizontal=True):
            st.form_submit_button(
                "Set target", key="target_set", on_click=_set, args=(page, store, token), disabled=is_off
            )
            if target:
                st.form_submit_button(
                    "Clear target", key="target_clear", on_click=_clear, args=(page, store, target), disabled=is_off
                )


def _named(note: Note | None) -> str:
    return f"{day(note.day)}, “{note.text}”" if note else ""


def _who(done: str, by: str) -> str:
    return plain(f"{done} by {by}." if by else f"{done}.")


def _save(page: Page, store: Store, old: Note | None, token: str) -> None:
    chosen_day, text = st.session_state[f"note_day_{token}"], st.session_state[f"note_text_{token}"]

    def work() -> Outcome:
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        made = write_note(store, page.account.id, chosen_day, text, author=author(), now=now, today=today, old=old)
        if made.before == made.after:
            return Outcome("The note is as it was.")
        done = "Changed to" if old else "Added:"
        return Outcome(f"{done} {_named(made.after)}.", made.undo)

    _do(page, work)


def _delete(page: Page, store: Store, old: Note) -> None:
    _do(page, lambda: Outcome(f"Deleted: {_named(old)}.", delete_note(store, old).undo))


def _undo(page: Page, store: Store, change: Change) -> None:
    def work() -> Outcome:
        make(store, change)
        back = f"is back: {_named(change.after)}" if change.after else "is gone again"
        return Outcome(f"Undone. The note {back}.")

    _do(page, work)


def _set(page: Page, store: Store, token: str) -> None:
    share, by = st.session_state[f"target_share_{token}"], st.session_state[f"target_by_{token}"]

    def work() -> Outcome:
        if share is None:
            raise TargetRefused("There is no share.", remedy="Write one between 0 and 100 %, for example 8.0.")
        now = datetime.now(UTC)
        today = reporting_day(now, page.zone)
        target = set_target(store, page.account.id, share, by, author=author(), now=now, today=today)
        return Outcome(f"The target is {percent(target.share)} by {day(target.by)}.")

    _do(page, work)


def _clear(page: Page, store: Store, target: Target) -> None:
    def work() -> Outcome:
        clear_target(store, page.account.id, author=author(), now=datetime.now(UTC))
        return Outcome(f"The target of {percent(target.share)} by {day(target.by)} is cleared.")

    _do(page, work)


def _do(page: Page, work: Callable[[], Outcome]) -> None:
    """Begin with an empty form once it is done; keep what was typed when it is not."""
    if attempt(_DONE, page.account.id, work):
        st.session_state[_CHOSEN] = NEW
        st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, 0) + 1
