"""What is wrong or worth knowing, said once at the top of a page."""

from __future__ import annotations

import streamlit as st

from mimecast.problem import Problem
from mimecast.ui.escaping import escape_markdown


def show_problem(problem: Problem, *, added: str = "") -> None:
    """One banner: the title, what happened, the remedy, and what to tell Mimecast's support."""
    about = f" Request id: {problem.request_id}." if problem.request_id else ""
    st.warning(escape_markdown(f"{problem.message} {problem.remedy}{about} {added}"), title=problem.title)


def show_notice(sentence: str) -> None:
    st.info(escape_markdown(sentence))
