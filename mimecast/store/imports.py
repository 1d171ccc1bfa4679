"""Imports: snapshots from a file, stored so that one file can be taken back as a whole.

Each snapshot that an import added is linked to it. What was there before is not, so taking an import back never
removes a snapshot that came from Mimecast or from another file.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final

from sqlalchemy import and_, func, select

from mimecast.domain.snapshot import Snapshot, Source
from mimecast.problem import Problem
from mimecast.store.database.schema import imported_snapshots, imports, snapshots
from mimecast.store.store import AddResult, Store, insert_snapshots

LONGEST_NAME: Final = 120


class ImportGone(Problem):
    title = "The import cannot be undone"
    remedy = "Reload the page to see what is there now."


@dataclass(frozen=True, slots=True)
class Import:
    """A file whose snapshots were stored: `added` of them were new then, `remaining` are still there; `author` who
    stored
    it, as far as known; `imported_at` when (UTC). `oldest` and `newest` bound what is left (UTC).
    """

    id: int
    imported_at: datetime
    author: str
    file_name: str
    added: int
    remaining: int
    oldest: datetime
    newest: datetime


def import_snapshots(
    store: Store, found: Iterable[Snapshot], *, file_name: str, author: str, now: datetime
) -> AddResult:
    """Store snapshots, marked as imported, in one transaction: all of them, or none when it fails.

    What is stored already stays as it is. An import that added nothing leaves no trace. Raises StoreError.
    """
    marked = [replace(snapshot, source=Source.IMPORTED) for snapshot in found]
    with store.writing() as connection:
        added, keys = insert_snapshots(connection, marked)
        if keys:
            import_id = secrets.randbits(53)
            entry = {
                "id": import_id,
                "imported_at": int(now.timestamp()),
                "author": author,
                "file_name": _printable(PurePath(file_name).name),
                "added": len(keys),
            }
            connection.execute(imports.insert().values(entry))
            links = [{"account": account, "taken_at": at, "import_id": import_id} for account, at in keys]
            connection.execute(imported_snapshots.insert(), links)
    return added


def read_imports(store: Store, account: str) -> list[Import]:
    """The imports of which the account still has snapshots, newest first. Raises StoreError."""
    if not store.has_table(imports):
        return []
    mine = select(imported_snapshots.c.import_id).where(imported_snapshots.c.account == account)
    at = imported_snapshots.c.taken_at
    query = (
        select(imports, func.count().label("left"), func.min(at).label("oldest"), func.max(at).label("newest"))
        .join_from(imports, imported_snapshots)
        .where(imports.c.id.in_(mine))
        .group_by(*imports.c)
        .order_by(imports.c.imported_at.desc(), imports.c.id)
    )
    with store.reading() as connection:
        return [
            Import(
                row.id,
                datetime.fromtimestamp(row.imported_at, UTC),
                row.author,
                row.file_name,
                row.added,
                row.left,
                datetime.fromtimestamp(row.oldest, UTC),
                datetime.fromtimestamp(row.newest, UTC),
            )
            for row in connection.execute(query)
        ]


def undo_import(store: Store, import_id: int) -> int:
    """Remove the snapshots that an import added and that are still its own, in one transaction; return how many.

    Raises ImportGone, StoreError.
    """
    link = and_(
        imported_snapshots.c.import_id == import_id,
        imported_snapshots.c.account == snapshots.c.account,
        imported_snapshots.c.taken_at == snapshots.c.taken_at,
    )
    its_own = and_(
        snapshots.c.source == Source.IMPORTED.value, select(imported_snapshots.c.import_id).where(link).exists()
    )
    with store.writing() as connection:
        removed = connection.execute(snapshots.delete().where(its_own)).rowcount
        connection.execute(imported_snapshots.delete().where(imported_snapshots.c.import_id == import_id))
        if not connection.execute(imports.delete().where(imports.c.id == import_id)).rowcount:
            raise ImportGone("Somebody else has undone this import meanwhile.")
    return removed


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]
