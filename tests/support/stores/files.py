"""The files of a SQLite store, as the operating system sees them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def sqlite_path(url: str) -> Path:
    """Return the file of a store's URL."""
    return Path(url.removeprefix("sqlite:///"))


def is_sound(file: Path) -> bool:
    """Return whether SQLite finds no damage in a file."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def other_files(file: Path) -> list[str]:
    """Return the sorted names in the store's folder, except the store and SQLite's log and index, which come and go."""
    own_names = {file.name, f"{file.name}-wal", f"{file.name}-shm"}
    return sorted(path.name for path in file.parent.iterdir() if path.name not in own_names)
