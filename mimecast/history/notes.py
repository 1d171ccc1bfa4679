"""Notes: what happened on a day, in the team's own words, so that a chart can say why a line turned.

Writing, editing, deleting and taking one of these back are one operation: a `Change` from what stood there to what is
to stand there, made only when the store still holds what the writer saw. So nobody overwrites what somebody else has
written meanwhile, `undo` is the same change the other way round, and a deleted text is gone from the store, not hidden
in it.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from mimecast.history.schema import notes
from mimecast.history.store import Store
from mimecast.problems import Problem
from mimecast.wording import count_of
from mimecast.wording import day as written_day

MOST_LETTERS: Final = 120


class NoteRefused(Problem):
    """A note that cannot be kept as it is written. Nothing was changed."""

    title = "The note was not saved"


class NoteChanged(NoteRefused):
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
class Change:
    """From `before` (None: there was no note) to `after` (None: it is deleted)."""

    before: Note | None
    after: Note | None

    @property
    def undo(self) -> Change:
        return Change(self.after, self.before)


def read_notes(store: Store, account: str, first: date | None = None, last: date | None = None) -> list[Note]:
    """The account's notes from `first` to `last` (inclusive reporting days; all of them without), oldest day first.

    Their order is the order of their numbers on charts and in lists. Raises StoreError.
    """
    if not store.has(notes):
        return []
    query = select(notes).where(notes.c.account == account).order_by(notes.c.day, notes.c.written_at, notes.c.id)
    if first:
        query = query.where(notes.c.day >= first)
    if last:
        query = query.where(notes.c.day <= last)
    with store.reading() as connection:
        return [_from_row(row) for row in connection.execute(query)]


def write_note(
    store: Store,
    account: str,
    day: date,
    text: str,
    *,
    author: str,
    now: datetime,
    today: date,
    old: Note | None = None,
) -> Change:
    """Add a note, or edit `old` as the writer saw it; `today` is the reporting day that is going on.

    Raises NoteRefused, NoteChanged, StoreError.
    """
    line = one_line(text)
    if not line:
        raise NoteRefused("The note has no words.", remedy="Write what happened, for example: Phishing campaign.")
    if len(line) > MOST_LETTERS:
        raise NoteRefused(
            f"The note has {count_of(len(line), 'letter')}.", remedy=f"Shorten it to {MOST_LETTERS} or fewer."
        )
    if day > today:
        raise NoteRefused(
            f"{written_day(day)} is still to come.", remedy="A note says what happened: choose today or an earlier day."
        )
    written_at = now.astimezone(UTC).replace(microsecond=0)
    new = Note(old.id if old else secrets.randbits(53), account, day, line, author, written_at)
    if old and replace(new, author=old.author, written_at=old.written_at) == old:
        return Change(old, old)
    return make(store, Change(old, new))


def delete_note(store: Store, old: Note) -> Change:
    """Delete a note as the writer saw it. Raises NoteChanged, StoreError."""
    return make(store, Change(old, None))


def make(store: Store, change: Change) -> Change:
    """Make a change, or take one back with its `undo`; return what was made. Raises NoteChanged, StoreError."""
    before, after = change.before, change.after
    with store.writing() as connection:
        if before is None:
            if after and _exists(connection, after.id):
                raise NoteChanged("Somebody else has brought this note back meanwhile.")
        elif not connection.execute(notes.delete().where(_is_exactly(before))).rowcount:
            done = "changed" if _exists(connection, before.id) else "deleted"
            raise NoteChanged(f"Somebody else has {done} this note meanwhile.")
        if after:
            connection.execute(notes.insert().values(_to_row(after)))
    return change


def one_line(text: str) -> str:
    """The text without line breaks, control characters and needless blanks."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return " ".join("".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cs")).split())


def _exists(connection: Connection, note_id: int) -> bool:
    return connection.execute(select(notes.c.id).where(notes.c.id == note_id)).first() is not None


def _is_exactly(note: Note) -> ColumnElement[bool]:
    return and_(*(notes.c[name] == value for name, value in _to_row(note).items()))


def _to_row(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "account": note.account,
        "day": note.day,
        "text": note.text,
        "author": note.author,
        "written_at": int(note.written_at.timestamp()),
    }


def _from_row(row: Row[Any]) -> Note:
    return Note(row.id, row.account, row.day, row.text, row.author, datetime.fromtimestamp(row.written_at, UTC))
