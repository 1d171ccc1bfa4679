"""Backup of a SQLite store before a new version of the dashboard changes its tables.

It is beside the store, as `snapshots.db.before-upgrade-2026-11-24T120000Z.db`, and is itself a store that the previous
version opens. The newest few are kept. (A PostgreSQL is backed up with its own tools.)
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mimecast.files import create_private_file, sync_folder, temporary_name
from mimecast.store.database.files.sqlite_files import copy_sqlite_file
from mimecast.store.errors import DiskError, StoreError, StoreFull, StoreReadOnly

MAX_BACKUPS: Final = 3
"""Backups of a store that are kept, the newest."""

MARK: Final = ".before-upgrade-"
STAMP: Final = "%Y-%m-%dT%H%M%SZ"


def back_up_before_upgrade(file: Path, now: datetime) -> Path:
    """Copy a store and delete its oldest such copies; return the path of the new one.

    Call it while holding the store's write lock, so that no other process changes the store before the upgrade. Raises
    StoreError, StoreFull when there is no room, and leaves nothing behind.
    """
    backup = file.with_name(f"{file.name}{MARK}{now.astimezone(UTC).strftime(STAMP)}.db")
    temporary = temporary_name(backup)
    try:
        create_private_file(temporary)
        copy_sqlite_file(file, temporary)
        temporary.replace(backup)
    except (StoreFull, DiskError):
        raise StoreFull(f"There is no room for the backup of {file} that its upgrade needs.") from None
    except OSError as error:
        raise StoreReadOnly(f"{backup} cannot be written: {error.strerror}.") from None
    finally:
        for name in (temporary.name, f"{temporary.name}-journal"):
            with suppress(OSError):
                temporary.with_name(name).unlink(missing_ok=True)
    sync_folder(backup.parent)
    logging.getLogger(__name__).warning("The store is being upgraded. A backup from before is %s.", backup)
    for old in upgrade_backups(file)[:-MAX_BACKUPS]:
        with suppress(OSError):
            old.unlink()
    return backup


def upgrade_backups(file: Path) -> list[Path]:
    """Return the backups that were made before upgrades of a store, oldest first. Raises StoreError."""
    try:
        return sorted(path for path in file.parent.iterdir() if path.name.startswith(f"{file.name}{MARK}"))
    except OSError as error:
        raise StoreError(f"{file.parent} cannot be read: {error.strerror}.") from None
