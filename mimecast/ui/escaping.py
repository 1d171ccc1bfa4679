"""Text that stays text: names and addresses typed by people go through here before Streamlit's Markdown sees them."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=\"'@/])")

_LINKED = re.compile(r"(?i)(https?(?=:)|www(?=\.)|.(?=@))")
"""Where Markdown makes a link of plain words: web addresses and e-mail addresses, escaped or not."""

_JOINER = "\u2060"
"""A word joiner: nothing is seen of it, and no line breaks there."""


def escape_markdown(text: str) -> str:
    """Escape everything that Markdown, LaTeX, HTML, a link or a Streamlit directive could be made of; one line."""
    return _SPECIAL.sub(r"\\\1", _LINKED.sub(rf"\1{_JOINER}", " ".join(text.split())))
