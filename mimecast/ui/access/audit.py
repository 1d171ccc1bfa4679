"""One log line for each action of a user: who did what to which account, and no content."""

from __future__ import annotations

from typing import Final

from streamlit.logger import get_logger

ANONYMOUS: Final = "A user"
"""The name in the log where sign-in is not required."""


def log_action(email: str, action: str, account: str = "") -> None:
    """Log an action such as `set a target`. `email` is empty without sign-in; `account` is an id, empty for none."""
    about = f' (account "{account}")' if account else ""
    get_logger(__name__).info("%s %s%s.", _printable(email) or ANONYMOUS, action, about)


def _printable(text: str) -> str:
    """Return a text on one line: it comes from an identity provider."""
    return "".join(char for char in text if char.isprintable())
