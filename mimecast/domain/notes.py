"""Notes: what happened on a day, in the team's own words, so that a chart can say why a line turned.

Writing, editing, deleting and taking one of these back are one operation: a `Change` from what stood there to what is
to stand there, made only when the store still holds what the writer saw. So nobody overwrites what somebody else has
written meanwhile, `undo` is the same change the other way round, and a deleted text is gone from the store, not hidden
in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mimecast.problem import Problem

MAX_NOTE_CHARS: Final = 120


class NoteInvalid(Problem):
    """A note that cannot be kept as it is written. Nothing was changed."""

    title = "The note was not saved"


class NoteChanged(NoteInvalid):
    """The store no longer holds what the writer saw."""

    remedy = "Look at the note as it is now, then change it again."


@dataclass(frozen=True, slots=True)
class Note:
    """`day` is a reporting day; `text` one line of at most `MOST_LETTERS`; `author` who wrote it last, as far as
    known; `written_at` when (UTC)."""

    id: int
    account: str
    day: date
    text: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class NoteEdit:
    """From `before` (None: there was no note) to `after` (None: it is deleted)."""

    before: Note | None
    after: Note | None

    @property
    def undo(self) -> NoteEdit:
        return NoteEdit(self.after, self.before)
