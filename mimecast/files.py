"""Atomic file replacement: readers see the old file or the complete new one, never a part of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the place of `path` when the block ends without an exception.

    The temporary file is in the same folder, because a rename is atomic only within one file system. Its name is random
    and it is created exclusively, so that two writers never share one and a planted link is never followed. `tempfile`
    would create it readable by its owner only; here it gets the permissions of any new file. Its content is on
    disk before it is renamed, and it is removed when the block raises.

    Raises OSError when the file cannot be written; `path` is then unchanged.
    """
    temporary = path.parent / f".safe-score-{secrets.token_hex(8)}.part"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):  # an error while cleaning up must not hide the one that matters
            temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power failure, where the system and the file system can.

    Errors are ignored, as SQLite does: the file is complete and has its name already, and some network file systems
    cannot synchronise a folder.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
