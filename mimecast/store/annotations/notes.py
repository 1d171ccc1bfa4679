"""Notes in the store. A deleted text is removed, not hidden."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, null, select

from mimecast.domain.notes import Note, NoteChanged, NoteEdit, check_note
from mimecast.store.database.tables import notes, restart_notes
from mimecast.store.store import Store


def load_notes(store: Store, account: str, first: date | None = None, last: date | None = None) -> list[Note]:
    """Return the account's notes from `first` to `last` (reporting days, both included), oldest day first.

    Their order is the order of their numbers on charts and in lists. Raises StoreError.
    """
    if not store.has_table(notes):
        return []
    query = _notes_query(store).where(notes.c.account == account)
    query = query.order_by(notes.c.day, notes.c.written_at, notes.c.id)
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

    A baseline restart becomes an ordinary note. Raises NoteInvalid, NoteChanged, StoreError.
    """
    line = check_note(day, text, today)
    return _write(store, Note(_id_of(old), account, day, line, author, _whole_seconds(now)), old)


def write_restart(
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
    """Add a baseline restart, or make one of the note `old`. Takes and raises what `write_note` does."""
    line = check_note(day, text, today)
    return _write(store, Note(_id_of(old), account, day, line, author, _whole_seconds(now), is_restart=True), old)


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
        elif not _delete(connection, before):
            done = "changed" if _exists(connection, before.id) else "deleted"
            raise NoteChanged(f"Another user has {done} this note in the meantime.")
        if after:
            connection.execute(notes.insert().values(_to_row(after)))
            if after.is_restart:
                connection.execute(restart_notes.insert().values(note_id=after.id, account=after.account))
    return edit


def _notes_query(store: Store) -> Select[Any]:
    """Select notes and whether each is a restart. A store that can only be read may be of a version before restarts."""
    if not store.has_table(restart_notes):
        return select(notes, null().label("note_id"))
    return select(notes, restart_notes.c.note_id).outerjoin_from(
        notes, restart_notes, restart_notes.c.note_id == notes.c.id
    )


def _delete(connection: Connection, note: Note) -> bool:
    """Delete a note as its writer saw it; return whether it was there like that."""
    flags = connection.execute(restart_notes.delete().where(restart_notes.c.note_id == note.id)).rowcount
    return bool(flags) == note.is_restart and bool(connection.execute(notes.delete().where(_equals(note))).rowcount)


def _write(store: Store, new: Note, old: Note | None) -> NoteEdit:
    if old and replace(new, author=old.author, written_at=old.written_at) == old:
        return NoteEdit(old, old)
    return apply(store, NoteEdit(old, new))


def _id_of(old: Note | None) -> int:
    return old.id if old else secrets.randbits(53)


def _whole_seconds(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)


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
    return Note(
        row.id,
        row.account,
        row.day,
        row.text,
        row.author,
        datetime.fromtimestamp(row.written_at, UTC),
        row.note_id is not None,
    )
