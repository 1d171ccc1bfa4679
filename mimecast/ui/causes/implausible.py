"""The banner about implausible answers, on which a reader decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from mimecast.domain.causes.implausible import Mark
from mimecast.domain.reporting_days import reporting_day
from mimecast.formatting import format_date, format_int, pluralize
from mimecast.store.annotations.notes import write_restart
from mimecast.store.causes.implausible import accept_answers, reject_answers
from mimecast.store.store import Store
from mimecast.text.causes import implausible_answers_sentence
from mimecast.ui.access.guard import guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash, run_and_flash
from mimecast.ui.show_problem import show_problem

BANNER_KEY: Final = "implausible_answer"
"""Key of the container with the banner and its buttons."""

_FLASH: Final = "implausible_answer_judged"


def show_implausible_answers(page: Page) -> None:
    """Draw the banner about the answers on which no reader has decided, if there are any."""
    store = page.store
    if store is None:
        return
    _draw_result(page)
    marks = page.state.open_marks
    if not marks:
        return
    with st.container(key=BANNER_KEY, gap="small"):
        text = implausible_answers_sentence(marks, page.zone)
        st.warning(
            escape_markdown(text), title="An answer is implausible" if len(marks) == 1 else "Answers are implausible"
        )
        with st.container(horizontal=True):
            for label, callback, key in (
                ("It is right", _accept, "answer_right"),
                ("It is wrong", _reject, "answer_wrong"),
                ("It is right; restart the baseline", _accept_and_restart, "answer_restart"),
            ):
                name = label if len(marks) == 1 else label.replace("It is", "They are").replace("restarts", "restart")
                is_off = bool(store.read_only)
                st.button(name, key=key, on_click=guard(callback), args=(page, store, marks), disabled=is_off)


def _draw_result(page: Page) -> None:
    flash = pop_flash(_FLASH, page.account.id)
    if flash and flash.problem:
        show_problem(flash.problem)
    elif flash:
        st.session_state.pop(_FLASH, None)
        st.toast(escape_markdown(flash.message), icon=":material/check:")


def _accept(page: Page, store: Store, marks: Sequence[Mark]) -> None:
    def action(now: datetime) -> Flash:
        accept_answers(store, marks)
        return Flash(f"{pluralize(len(marks), 'answer')} accepted as right.")

    _run(page, action, log="accepted implausible answers as right")


def _accept_and_restart(page: Page, store: Store, marks: Sequence[Mark]) -> None:
    def action(now: datetime) -> Flash:
        accept_answers(store, marks)
        first = marks[0].implausible
        day = reporting_day(first.snapshot.taken_at, page.zone)
        users = f"{format_int(first.reference_users)} to {format_int(first.snapshot.counts.users_graded)}"
        text, today = f"Users graded went from {users}", reporting_day(now, page.zone)
        write_restart(store, page.account.id, day, text, author=current_user_email(), now=now, today=today)
        return Flash(f"The baseline restarts on {format_date(day)}. Its note is on the History page.")

    _run(page, action, log="accepted implausible answers as right and restarted the baseline")


def _reject(page: Page, store: Store, marks: Sequence[Mark]) -> None:
    def action(now: datetime) -> Flash:
        reject_answers(store, marks, author=current_user_email(), now=now)
        them = "it" if len(marks) == 1 else "them"
        return Flash(f"{pluralize(len(marks), 'answer')} left out. To accept {them} later, open History.")

    _run(page, action, log="rejected implausible answers as wrong")


def _run(page: Page, action: Callable[[datetime], Flash], *, log: str) -> None:
    run_and_flash(_FLASH, page.account.id, lambda: action(datetime.now(UTC)), log=log)
