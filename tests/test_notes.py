"""Notes: dated lines of text, and changes that can be taken back but never overwrite someone else's."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.domain.notes import MAX_NOTE_CHARS, NoteChanged, NoteEdit, NoteInvalid
from mimecast.formatting import single_line
from mimecast.store.annotations.notes import apply, delete_note, load_notes, write_note
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY
from tests.support.stores.databases import EVERY_DATABASE, SQLITE_ONLY

pytestmark = EVERY_DATABASE


def write(store: Store, text: str, *, day: date = TODAY, account: str = "contoso", **more: object) -> NoteEdit:
    return write_note(store, account, day, text, **{"author": "", "now": NOW, "today": TODAY, **more})  # type: ignore[arg-type]


def texts(store: Store, account: str = "contoso") -> list[str]:
    return [note.text for note in load_notes(store, account)]


def test_notes_come_back_by_day_with_who_and_when(store: Store) -> None:
    write(store, "Acquired Fabrikam: +300 users", author="lead@contoso.example")
    write(store, "Phishing campaign Q3", day=TODAY - timedelta(days=9))
    write(store, "Theirs", account="fabrikam")
    first, second = load_notes(store, "contoso")
    assert (first.day, first.text, first.author) == (TODAY - timedelta(days=9), "Phishing campaign Q3", "")
    assert (second.text, second.author) == ("Acquired Fabrikam: +300 users", "lead@contoso.example")
    assert second.written_at == NOW
    assert load_notes(store, "contoso", TODAY, TODAY) == [second]
    assert load_notes(store, "contoso", None, TODAY - timedelta(days=1)) == [first]


def test_an_edit_and_a_delete_can_be_taken_back(store: Store) -> None:
    note = write(store, "Fishing campaign").after
    assert note is not None
    edited = write(store, "Phishing campaign", old=note, author="ben", day=TODAY - timedelta(days=1))
    (now,) = load_notes(store, "contoso")
    assert (now.id, now.text, now.author) == (note.id, "Phishing campaign", "ben")
    apply(store, edited.undo)
    assert load_notes(store, "contoso") == [note]
    deleted = delete_note(store, note)
    assert texts(store) == []
    apply(store, deleted.undo)
    assert load_notes(store, "contoso") == [note]


@SQLITE_ONLY
def test_a_deleted_text_is_gone_from_the_store(store: Store, store_url: str) -> None:
    note = write(store, "Recognisable words").after
    assert note is not None
    delete_note(store, note)
    with sqlite3.connect(store_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    connection.close()


def test_an_edit_never_overwrites_another_users_edit(store: Store) -> None:
    seen = write(store, "One").after
    assert seen is not None
    mine = write(store, "Mine", old=seen)
    with pytest.raises(NoteChanged, match="has changed this note"):
        write(store, "Theirs", old=seen)
    with pytest.raises(NoteChanged, match="has changed this note"):
        delete_note(store, seen)
    assert texts(store) == ["Mine"]
    assert mine.after is not None
    deleted = delete_note(store, mine.after)
    with pytest.raises(NoteChanged, match="has deleted this note"):
        apply(store, mine.undo)
    apply(store, deleted.undo)
    with pytest.raises(NoteChanged, match="restored this note"):
        apply(store, deleted.undo)
    assert texts(store) == ["Mine"]


def test_saving_an_unchanged_note_changes_nothing(store: Store) -> None:
    note = write(store, "One", author="ana").after
    assert write(store, " One ", old=note, author="ben", now=NOW + timedelta(hours=1)).undo == NoteEdit(note, note)
    assert load_notes(store, "contoso") == [note]


@pytest.mark.parametrize(
    ("text", "day", "message"),
    [
        ("", TODAY, "is empty"),
        (" \n\t\x00", TODAY, "is empty"),
        ("x" * (MAX_NOTE_CHARS + 1), TODAY, "is 121 characters long"),
        ("x", TODAY + timedelta(days=1), "25 Nov 2026 is in the future"),
    ],
)
def test_what_is_no_note_is_refused(store: Store, text: str, day: date, message: str) -> None:
    with pytest.raises(NoteInvalid, match=message):
        write(store, text, day=day)
    assert texts(store) == []


@given(some.text(max_size=400))
def test_a_note_is_one_line_and_keeps_its_characters(text: str) -> None:
    line = single_line(text)
    assert line == " ".join(line.split())
    assert len(line.splitlines()) <= 1
    assert single_line(line) == line


@pytest.mark.parametrize("text", ["<b>bold</b> $x$ [a](b) :red[c]", "=1+1", "'; DROP TABLE notes; --", "Grüße 🎣 日本"])
def test_text_stays_text(store: Store, text: str) -> None:
    write(store, text)
    assert texts(store) == [text]


@SQLITE_ONLY
def test_a_store_from_before_there_were_notes_that_cannot_be_written_has_none(store_url: str) -> None:
    file = Path(store_url.removeprefix("sqlite:///"))
    Store.open(store_url)
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "DROP TABLE notes; DROP TABLE targets; DROP TABLE imported_snapshots; DROP TABLE imports;"
            "DROP TABLE leases; DROP TABLE runs;"
            "DELETE FROM schema_version WHERE version > 1; PRAGMA journal_mode=DELETE"
        )
    connection.close()
    file.chmod(0o444)
    from mimecast.store.annotations.targets import load_target
    from mimecast.store.database.open_database import Database
    from mimecast.store.database.sqlite import make_read_only_engines
    from mimecast.store.errors import StoreReadOnly
    from mimecast.store.imports import read_imports

    engine, _ = make_read_only_engines(file)
    old = Store(Database(engine, read_only=StoreReadOnly("It cannot be written.")))
    assert (load_notes(old, "contoso"), load_target(old, "contoso"), read_imports(old, "contoso")) == ([], None, [])
    with pytest.raises(StoreReadOnly):
        write(old, "One")
