"""Notes in the store. A deleted text is removed, not hidden."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from mimecast.domain.notes import Note, NoteChanged, NoteEdit, check_note
from mimecast.store.database.schema import notes
from mimecast.store.store import Store


def load_notes(store: Store, account: str, first: date | None = None, last: date | None = None) -> list[Note]:
    """Return the account's notes from `first` to `last` (reporting days, both included), oldest day first.

    Their order is the order of their numbers on charts and in lists. Raises StoreError.
    """
    if not store.has_table(notes):
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
) -> NoteEdit:
    """Add a note, or edit `old` as the writer saw it. `today` is the current reporting day.

    Raises NoteInvalid, NoteChanged, StoreError.
    """
    line = check_note(day, text, today)
    written_at = now.astimezone(UTC).replace(microsecond=0)
    new = Note(old.id if old else secrets.randbits(53), account, day, line, author, written_at)
    if old and replace(new, author=old.author, written_at=old.written_at) == old:
        return NoteEdit(old, old)
    return apply(store, NoteEdit(old, new))


def delete_note(store: Store, old: Note) -> NoteEdit:
    """Delete a note as the writer saw it. Raises NoteChanged, StoreError."""
    return apply(store, NoteEdit(old, None))


def apply(store: Store, edit: NoteEdit) -> NoteEdit:
    """Apply an edit, or undo one with its `undo`; return what was applied. Raises NoteChanged, StoreError."""
    before, after = edit.before, edit.after
    with store.writing() as connection:
        if before is None:
            if after and _exists(connection, after.id):
                raise NoteChanged("Another user has restored this note in the meantime.")
        elif not connection.execute(notes.delete().where(_equals(before))).rowcount:
            done = "changed" if _exists(connection, before.id) else "deleted"
            raise NoteChanged(f"Another user has {done} this note in the meantime.")
        if after:
            connection.execute(notes.insert().values(_to_row(after)))
    return edit


def _exists(connection: Connection, note_id: int) -> bool:
    return connection.execute(select(notes.c.id).where(notes.c.id == note_id)).first() is not None


def _equals(note: Note) -> ColumnElement[bool]:
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
