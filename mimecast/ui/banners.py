"""What is wrong or worth knowing, said once at the top of a page."""

from __future__ import annotations

import streamlit as st

from mimecast.problems import Problem
from mimecast.ui.text import plain


def show_problem(problem: Problem, *, added: str = "") -> None:
    """One banner: the title, what happened, the remedy, and what to tell Mimecast's support."""
    request_id = getattr(problem, "request_id", None)
    about = f" Request id: {request_id}." if request_id else ""
    st.warning(plain(f"{problem.sentence} {problem.remedy}{about} {added}"), title=problem.title)


def notice(sentence: str) -> None:
    st.info(plain(sentence))
