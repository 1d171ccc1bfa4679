"""Notes: what happened on a day, in the team's own words, so that a chart can say why a line turned.

Adding, editing, deleting and undoing are one operation: a `NoteEdit` from what the writer saw to what the store is to
hold. The store applies it only while it still holds what the writer saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mimecast.formatting import format_date, pluralize, single_line
from mimecast.problem import Problem

MAX_NOTE_CHARS: Final = 120

RESTART_LABEL: Final = "Baseline restart"


class NoteInvalid(Problem):
    """The text or the day of the note is not valid. Nothing was changed."""

    title = "The note was not saved"


class NoteChanged(NoteInvalid):
    """Another user changed or deleted the note in the meantime. Nothing was changed."""

    remedy = "Check the current notes, then try again."


@dataclass(frozen=True, slots=True)
class Note:
    """A note about the reporting day `day`.

    `text` is one line of at most `MAX_NOTE_CHARS` characters. `author` is the e-mail address of its last writer, empty
    if unknown; `written_at` is UTC. With `is_restart` it is a baseline restart: counts from `day` on are not comparable
    with earlier ones.
    """

    id: int
    account: str
    day: date
    text: str
    author: str
    written_at: datetime
    is_restart: bool = False

    @property
    def labelled_text(self) -> str:
        """The text, which says of a baseline restart that it is one."""
        return f"{RESTART_LABEL}: {self.text}" if self.is_restart else self.text


@dataclass(frozen=True, slots=True)
class NoteEdit:
    """A change from `before` (None: there was no note) to `after` (None: it is deleted)."""

    before: Note | None
    after: Note | None

    @property
    def undo(self) -> NoteEdit:
        """The edit that reverses this one."""
        return NoteEdit(self.after, self.before)


def check_note(day: date, text: str, today: date) -> str:
    """Return the note's text on one line. `today` is the current reporting day. Raises NoteInvalid."""
    line = single_line(text)
    if not line:
        raise NoteInvalid("The note is empty.", remedy="Write what happened, for example: Phishing campaign.")
    if len(line) > MAX_NOTE_CHARS:
        raise NoteInvalid(
            f"The note is {pluralize(len(line), 'character')} long.", remedy=f"Shorten it to {MAX_NOTE_CHARS} or fewer."
        )
    if day > today:
        raise NoteInvalid(f"{format_date(day)} is in the future.", remedy="Choose today or an earlier day.")
    return line
