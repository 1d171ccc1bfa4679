"""Base class of every error that this package raises on purpose."""

from __future__ import annotations


class Problem(Exception):
    """An error that its reader can fix: what happened in one sentence, and what to do about it in another.

    There is one subclass for each remedy; it sets `title` and a default `remedy`. No problem ever contains a key, a
    token, a signature or the body of a request.

    Attributes:
        title: A heading of a few words.
        message: What happened, one sentence.
        remedy: What to do about it; empty where there is nothing to do.
        request_id: The id that Mimecast's support asks for, or None where Mimecast was not asked.
    """

    title: str = "Something is wrong"
    remedy: str = ""

    def __init__(
        self, message: str, *, title: str | None = None, remedy: str | None = None, request_id: str | None = None
    ) -> None:
        """Describe what happened; `title` and `remedy` replace those of the class."""
        super().__init__(message)
        self.message = message
        self.request_id = request_id
        if title is not None:
            self.title = title
        if remedy is not None:
            self.remedy = remedy

    def __str__(self) -> str:
        """Return the message and the remedy, without the title."""
        return f"{self.message} {self.remedy}".strip()
