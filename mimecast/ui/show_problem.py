"""Banners at the top of a page: problems and notices."""

from __future__ import annotations

import streamlit as st

from mimecast.problem import Problem
from mimecast.ui.escaping import escape_markdown


def show_problem(problem: Problem, *, added: str = "") -> None:
    """Draw the title, the message, the remedy and the request id of a problem."""
    about = f" Request id: {problem.request_id}." if problem.request_id else ""
    st.warning(escape_markdown(f"{problem.message} {problem.remedy}{about} {added}"), title=problem.title)


def show_notice(sentence: str) -> None:
    """Draw a sentence that is worth knowing."""
    st.info(escape_markdown(sentence))
