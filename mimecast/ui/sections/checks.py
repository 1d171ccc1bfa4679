"""The connection checks: step by step, each failed one with its remedy, and a text for support."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from mimecast.api.retry import PAGE_RETRIES
from mimecast.capture.diagnostics import Step, StepStatus, diagnose, steps_without_settings, support_text
from mimecast.formatting import format_datetime, pluralize
from mimecast.ui import resources
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown

STATUS_ICONS: Final = {
    StepStatus.DONE: ":green[:material/check_circle:]",
    StepStatus.WARNING: ":orange[:material/warning:]",
    StepStatus.FAILED: ":red[:material/cancel:]",
    StepStatus.NOT_REACHED: ":gray[:material/remove_circle_outline:]",
}
STATUS_WORDS: Final = {
    StepStatus.DONE: "OK",
    StepStatus.WARNING: "warning",
    StepStatus.FAILED: "failed",
    StepStatus.NOT_REACHED: "not reached",
}

_STEPS: Final = "connection_steps"


def show_checks(page: Page) -> None:
    """Draw the button that runs the checks, and their last results in this session for the account."""
    st.header("Connection", anchor=False)
    st.caption("Sends one request to Mimecast and checks each step, from the settings to the store. Nothing is stored.")
    results: dict[str, tuple[datetime, list[Step]]] = st.session_state.setdefault(_STEPS, {})
    is_pressed = st.button("Check now", icon=":material/network_check:", key="check")
    box = st.container(border=True, gap="xsmall")
    if is_pressed:
        steps = []
        with box, st.spinner("Checking …"):
            for step in _steps(page):
                steps.append(step)
                _draw_step(step)
        results[page.account.id] = (datetime.now(UTC), steps)
    elif page.account.id in results:
        with box:
            for step in results[page.account.id][1]:
                _draw_step(step)
    else:
        box.caption("Not checked yet.")
    if page.account.id in results:
        _draw_verdict(page, *results[page.account.id])


def _steps(page: Page) -> Iterator[Step]:
    if page.settings_problem:
        return iter(steps_without_settings(page.settings_problem))
    not_before = resources.refresher().state(page.refresh_key()).not_before
    return diagnose(page.account, page.store, page.dashboard, retry_policy=PAGE_RETRIES, not_before=not_before)


def _draw_step(step: Step) -> None:
    name, detail = escape_markdown(step.name), escape_markdown(step.detail)
    line = f"{STATUS_ICONS[step.status]} **{name}**: {STATUS_WORDS[step.status]}. {detail}"
    if step.problem and step.problem.remedy:
        line += f"  \n**{escape_markdown(step.problem.title)}.** {escape_markdown(step.problem.remedy)}"
    st.markdown(line)


def _draw_verdict(page: Page, checked_at: datetime, steps: list[Step]) -> None:
    failed = sum(step.status is StepStatus.FAILED for step in steps)
    warnings = sum(step.status is StepStatus.WARNING for step in steps)
    verdict = f"{failed} of {len(steps)} steps failed." if failed else "Everything works."
    if warnings:
        verdict = f"{verdict.removesuffix('.')}, with {pluralize(warnings, 'warning')}."
    st.caption(escape_markdown(f"{verdict} Checked {format_datetime(checked_at, page.zone)}."))
    with st.expander("Copy for support", icon=":material/content_copy:"):
        st.caption("The request's id and time, and the result of each step, without any key, token or signature.")
        st.code(support_text(steps, page.account, checked_at), language=None, wrap_lines=True)
