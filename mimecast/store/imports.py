"""Imports: snapshots from a file, stored so that the import can be undone as a whole.

Each snapshot that an import added is linked to it. Snapshots that were there before are not, so undoing an import never
removes a snapshot that came from Mimecast or from another file.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final

from sqlalchemy import Connection, and_, func, select

from mimecast.domain.causes.implausible import find_implausible
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.problem import Problem
from mimecast.store.causes.implausible import insert_marks
from mimecast.store.database.tables import implausible_answers, imported_snapshots, imports, snapshots
from mimecast.store.snapshot_rows import AddResult, insert_snapshots
from mimecast.store.store import Store

MAX_FILE_NAME_CHARS: Final = 120


class ImportGone(Problem):
    """The import has already been undone."""

    title = "The import cannot be undone"
    remedy = "Reload the page to see the current imports."


@dataclass(frozen=True, slots=True)
class Import:
    """A file whose snapshots were stored at `imported_at` (UTC).

    `author` is the e-mail address of the user who imported it, empty if unknown. `added` of its snapshots were new
    then, and `remaining` are still stored, taken from `oldest` to `newest` (UTC).
    """

    id: int
    imported_at: datetime
    author: str
    file_name: str
    added: int
    remaining: int
    oldest: datetime
    newest: datetime


def import_snapshots(store: Store, new: Iterable[Snapshot], *, file_name: str, author: str, now: datetime) -> AddResult:
    """Store snapshots, marked as imported, in one transaction: all of them, or none when it fails.

    Snapshots that are stored already are not changed. An import that adds nothing is not recorded. What an import adds
    after an account's newest snapshot is marked where it is implausible, like an answer of Mimecast; earlier months are
    not. Raises StoreError.
    """
    imported = [replace(snapshot, source=Source.IMPORTED) for snapshot in new]
    with store.writing() as connection:
        accounts = sorted({snapshot.account for snapshot in imported})
        newest = {account: store.newest(account, within=connection, include_marked=True) for account in accounts}
        added, keys = insert_snapshots(connection, imported)
        if keys:
            _mark_appended(store, connection, imported, newest, now)
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


def _mark_appended(
    store: Store, connection: Connection, imported: list[Snapshot], newest: dict[str, Snapshot | None], now: datetime
) -> None:
    """Mark the implausible ones among the imported snapshots that follow the `newest` one of their account."""
    for account, last in newest.items():
        if last is None:
            continue
        appended = [each for each in imported if each.account == account and each.taken_at > last.taken_at]
        if appended:
            reference = store.newest(account, before=min(each.taken_at for each in appended), within=connection)
            insert_marks(connection, find_implausible(appended, reference), now)


def read_imports(store: Store, account: str) -> list[Import]:
    """Return the imports of which the account still has snapshots, newest first. Raises StoreError."""
    if not store.has_table(imports):
        return []
    ids = select(imported_snapshots.c.import_id).where(imported_snapshots.c.account == account)
    at = imported_snapshots.c.taken_at
    query = (
        select(imports, func.count().label("remaining"), func.min(at).label("oldest"), func.max(at).label("newest"))
        .join_from(imports, imported_snapshots)
        .where(imports.c.id.in_(ids))
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
                row.remaining,
                datetime.fromtimestamp(row.oldest, UTC),
                datetime.fromtimestamp(row.newest, UTC),
            )
            for row in connection.execute(query)
        ]


def undo_import(store: Store, import_id: int) -> int:
    """Remove the snapshots that an import added, in one transaction; return how many were left to remove.

    Raises ImportGone, StoreError.
    """
    link = and_(
        imported_snapshots.c.import_id == import_id,
        imported_snapshots.c.account == snapshots.c.account,
        imported_snapshots.c.taken_at == snapshots.c.taken_at,
    )
    is_its_own = and_(
        snapshots.c.source == Source.IMPORTED.value, select(imported_snapshots.c.import_id).where(link).exists()
    )
    with store.writing() as connection:
        marks = implausible_answers.c
        is_marked = and_(snapshots.c.account == marks.account, snapshots.c.taken_at == marks.taken_at, is_its_own)
        connection.execute(implausible_answers.delete().where(select(snapshots.c.account).where(is_marked).exists()))
        removed = connection.execute(snapshots.delete().where(is_its_own)).rowcount
        connection.execute(imported_snapshots.delete().where(imported_snapshots.c.import_id == import_id))
        if not connection.execute(imports.delete().where(imports.c.id == import_id)).rowcount:
            raise ImportGone("Another user has undone this import in the meantime.")
    return removed


def _printable(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:MAX_FILE_NAME_CHARS]
