"""The result of the last click, kept until the page is drawn again: a callback runs before there is a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mimecast.domain.notes import NoteEdit
from mimecast.problem import Problem
from mimecast.ui.access.audit import log_action
from mimecast.ui.access.identity import current_user_email


@dataclass(frozen=True, slots=True)
class Flash:
    """A message about what was done to an account and how to undo it, or the problem that prevented it."""

    message: str = ""
    undo: NoteEdit | None = None
    problem: Problem | None = None


def run_and_flash(key: str, account: str, action: Callable[[], Flash], *, log: str) -> bool:
    """Run an action, keep its result or its problem under `key`, and return whether it succeeded.

    A success is logged as `log`, for example `set the target`.
    """
    try:
        flash = action()
    except Problem as problem:
        flash = Flash(problem=problem)
    st.session_state[key] = (account, flash)
    if flash.problem is None:
        log_action(current_user_email(), log, account)
    return flash.problem is None


def pop_flash(key: str, account: str) -> Flash | None:
    """Return the last result under `key` if it is about this account. A problem is returned only once."""
    about, flash = st.session_state.get(key, (None, None))
    if about != account or not isinstance(flash, Flash):
        return None
    if flash.problem:
        del st.session_state[key]
    return flash
