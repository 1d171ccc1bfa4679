"""What the last click did, kept until the page is drawn again: a callback runs before there is a page to say it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mimecast.domain.notes import NoteEdit
from mimecast.problem import Problem


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence about what was done to an account, and how to take it back; or why it was not done."""

    message: str = ""
    undo: NoteEdit | None = None
    problem: Problem | None = None


def run_and_flash(key: str, account: str, work: Callable[[], Flash]) -> bool:
    """Do it, and keep its outcome, or its problem, under `key`; whether it was done."""
    try:
        outcome = work()
    except Problem as problem:
        outcome = Flash(problem=problem)
    st.session_state[key] = (account, outcome)
    return outcome.problem is None


def pop_flash(key: str, account: str) -> Flash | None:
    """The last outcome under `key`, if it is about this account. A problem is said once, all else until the next."""
    about, outcome = st.session_state.get(key, (None, None))
    if about != account or not isinstance(outcome, Flash):
        return None
    if outcome.problem:
        del st.session_state[key]
    return outcome
