"""Escapes text for Streamlit's Markdown, so that names and notes are shown literally."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=\"'@/])")

_LINKED = re.compile(r"(?i)(https?(?=:)|www(?=\.)|.(?=@))")
"""Where Markdown makes a link of plain words: web and e-mail addresses, escaped or not."""

_JOINER = "\u2060"
"""A word joiner, which is invisible and allows no line break."""


def escape_markdown(text: str) -> str:
    """Return one line in which nothing is Markdown, LaTeX, HTML, a link or a Streamlit directive."""
    return _SPECIAL.sub(r"\\\1", _LINKED.sub(rf"\1{_JOINER}", " ".join(text.split())))
