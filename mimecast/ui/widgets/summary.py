"""The summary of a page: a headline, and the sentences after it."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from mimecast.text.summary import Summary
from mimecast.ui.url import state


def show_summary(summary: Summary) -> None:
    """Draw the headline and the sentences of a summary, and the way to Compare where headcount changed much."""
    show_headline(summary.headline, summary.sentences)
    if summary.headcount:
        st.page_link(
            "pages/compare.py", label="See how much is headcount", query_params=state.current(), width="content"
        )


def show_headline(headline: str, sentences: Sequence[str] = ()) -> None:
    """Draw a headline, given without its full stop, and the sentences after it as one paragraph."""
    details = f'<p class="details">{html.escape(" ".join(sentences))}</p>' if sentences else ""
    st.html(f'<div class="summary"><p class="headline">{html.escape(headline)}</p>{details}</div>')
