"""The connection's checks on a page: step by step, each failed one with its remedy, and a text for support."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import streamlit as st

from mimecast.api.retry import PAGE_RETRIES
from mimecast.capture.diagnostics import Step, StepStatus, diagnose, steps_without_settings, support_text
from mimecast.formatting import format_datetime
from mimecast.ui import resources
from mimecast.ui.escaping import escape_markdown

if TYPE_CHECKING:
    from mimecast.ui.context import Page

STATUS_ICONS: Final = {
    StepStatus.DONE: ":green[:material/check_circle:]",
    StepStatus.FAILED: ":red[:material/cancel:]",
    StepStatus.NOT_REACHED: ":gray[:material/remove_circle_outline:]",
}
STATUS_WORDS: Final = {StepStatus.DONE: "in order", StepStatus.FAILED: "failed", StepStatus.NOT_REACHED: "not reached"}

_STEPS: Final = "connection_steps"


def show_checks(page: Page) -> None:
    """The button that runs the checks, and what they last said in this session about the account."""
    st.caption(
        "Asks Mimecast once and looks at each step, from the settings to the store. Nothing is stored or changed."
    )
    results: dict[str, tuple[datetime, list[Step]]] = st.session_state.setdefault(_STEPS, {})
    pressed = st.button("Check now", icon=":material/network_check:", key="check")
    shown = st.container(border=True, gap="xsmall")
    if pressed:
        steps = []
        with shown, st.spinner("Checking …"):
            for step in _steps(page):
                steps.append(step)
                _show(step)
        results[page.account.id] = (datetime.now(UTC), steps)
    elif page.account.id in results:
        with shown:
            for step in results[page.account.id][1]:
                _show(step)
    else:
        shown.caption("Not checked yet.")
    if page.account.id in results:
        _afterwards(page, *results[page.account.id])


def _steps(page: Page) -> Iterator[Step]:
    if page.wrong_settings:
        return iter(steps_without_settings(page.wrong_settings))
    not_before = resources.refresher().state(page.subject).not_before
    return diagnose(page.account, page.store, page.dashboard, retry_policy=PAGE_RETRIES, not_before=not_before)


def _show(step: Step) -> None:
    line = (
        f"{STATUS_ICONS[step.status]} **{escape_markdown(step.name)}**: {STATUS_WORDS[step.status]}. "
        f"{escape_markdown(step.detail)}"
    )
    if step.problem and step.problem.remedy:
        line += f"  \n**{escape_markdown(step.problem.title)}.** {escape_markdown(step.problem.remedy)}"
    st.markdown(line)


def _afterwards(page: Page, at: datetime, steps: list[Step]) -> None:
    failed = sum(step.status is StepStatus.FAILED for step in steps)
    verdict = "Everything is in order." if not failed else f"{failed} of {len(steps)} steps failed."
    st.caption(escape_markdown(f"{verdict} Checked {format_datetime(at, page.zone)}."))
    with st.expander("Copy for support", icon=":material/content_copy:"):
        st.caption("The request's id and time, and how far it came. It holds no key, token or signature.")
        st.code(support_text(steps, page.account, at), language=None, wrap_lines=True)
