"""The base of every error this package raises on purpose.

A problem is read by a person who has to mend something: it says what happened in one sentence and what to do
about it in another. It never carries a key, a token, a signature or the body of a request.
"""

from __future__ import annotations


class Problem(Exception):
    """Something a person can mend: a title, one plain sentence, and the remedy.

    Subclasses exist where the remedy differs, and set `title` and a default `remedy`.
    """

    title: str = "Something is wrong"
    remedy: str = ""

    def __init__(self, message: str, *, title: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if title is not None:
            self.title = title
        if remedy is not None:
            self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()
