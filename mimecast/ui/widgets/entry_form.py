"""The form for one of several stored entries, a new one or one to change: what notes and reference lines share.

A click acts on what the page showed when it was drawn: its entry is an argument of the button.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

import streamlit as st

from mimecast.ui.access.guard import guard
from mimecast.ui.context import AccountPage
from mimecast.ui.flash import Flash, run_and_flash

ANNOTATION_FLASH: Final = "annotations_done"
"""Where the result of the last edit is kept until History shows it."""

NEW_ENTRY: Final = 0
"""The choice of a new entry, which has no id yet."""

NOTE_FORM_KEY: Final = "note_form"
TARGET_FORM_KEY: Final = "target_form"
REFERENCE_FORM_KEY: Final = "reference_form"
FORM_KEYS: Final = (NOTE_FORM_KEY, TARGET_FORM_KEY, REFERENCE_FORM_KEY)
"""Keys of the popovers with the forms."""


class Entry(Protocol):
    """What a form edits."""

    @property
    def id(self) -> int:
        """Its id in the store."""

    @property
    def written_at(self) -> datetime:
        """When it was last written (UTC)."""


EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A form for entries of one kind: `key` begins the keys of its widgets, `noun` is what an entry is called."""

    key: str
    noun: str

    @property
    def chosen_key(self) -> str:
        """Key of the choice."""
        return f"{self.key}_chosen"

    def choose(
        self, entries: Sequence[EntryT], text_of: Callable[[EntryT], str], *, label: str = "", is_full: bool = False
    ) -> EntryT | None:
        """Draw the choice of an entry, and return the chosen one; None for a new one, which a full list does not offer.

        `entries` are in the order of the choices. An entry that was deleted elsewhere is no longer chosen.
        """
        by_id = {entry.id: entry for entry in entries}
        choices = list(by_id) if is_full else [NEW_ENTRY, *by_id]
        if st.session_state.get(self.chosen_key) not in choices:
            st.session_state[self.chosen_key] = choices[0]
        chosen = st.selectbox(
            label or self.noun.capitalize(),
            choices,
            key=self.chosen_key,
            format_func=lambda entry_id: text_of(by_id[entry_id]) if entry_id in by_id else f"New {self.noun}",
        )
        return by_id.get(chosen)

    def token(self, old: Entry | None) -> str:
        """Return the end of the fields' keys: another one for each entry, each edit of it, and after each success."""
        if old is None:
            return f"new_{st.session_state.get(_WRITTEN, 0)}"
        return f"{old.id}_{old.written_at.timestamp():.0f}"

    def draw_buttons(
        self,
        page: AccountPage,
        old: EntryT | None,
        *,
        save: Callable[[AccountPage, EntryT | None, str], None],
        delete: Callable[[AccountPage, EntryT], None],
    ) -> None:
        """Draw the buttons that save the fields and delete the entry; inside `st.form`."""
        is_off = bool(page.store.read_only)
        with st.container(horizontal=True):
            st.form_submit_button(
                f"{'Save' if old else 'Add'} {self.noun}",
                key=f"{self.key}_save",
                on_click=guard(save),
                args=(page, old, self.token(old)),
                disabled=is_off,
            )
            if old:
                st.form_submit_button(
                    "Delete", key=f"{self.key}_delete", on_click=guard(delete), args=(page, old), disabled=is_off
                )


NOTE_FORM: Final = EntryForm("note", "note")
REFERENCE_FORM: Final = EntryForm("reference", "reference line")

_WRITTEN: Final = "annotations_written"
"""How many edits succeeded in this session."""


def apply_edit(page: AccountPage, action: Callable[[], Flash], *, log: str) -> None:
    """Run and log an edit; close and empty the forms when it succeeds, and keep what was typed when it does not."""
    if run_and_flash(ANNOTATION_FLASH, page.account.id, action, log=log):
        for form in (NOTE_FORM, REFERENCE_FORM):
            st.session_state.pop(form.chosen_key, None)
        st.session_state.update(dict.fromkeys(FORM_KEYS, False))
        st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, 0) + 1
