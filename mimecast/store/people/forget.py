"""Deleting people data so that its bytes are gone, and the copies of it that cannot be reached."""

from __future__ import annotations

from typing import Final

from mimecast.store.people.write import delete_people
from mimecast.store.store import Store

UNREACHED_COPIES: Final = (
    "backups that were written with backup or downloaded from the Setup & data page",
    "copies of the store from before an upgrade, and damaged stores that were set aside, in the store's folder",
    "backups of the database server and of the disk",
)
"""Where deleted data may still be."""


def forget_people(store: Store, account: str | None = None) -> int:
    """Delete the people data of an account, or of all, vacuum the database, and return the number of rows.

    Raises StoreError; after a StoreBusy of the vacuum, the rows are deleted and running it again is enough.
    """
    with store.writing(long=True) as connection:
        deleted = delete_people(connection, account)
    store.vacuum()
    return deleted
