"""Files: atomic replacement, and whether a path exists.

Readers of a replaced file see the old one or the complete new one, never a part of it.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

PRIVATE: Final = 0o600
"""Permissions of a file that only its owner may read and write."""

SHARED: Final = 0o666
"""Permissions of a new file before the process's umask takes some away."""


@contextmanager
def replace_file(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the place of `path` when the block ends without an exception.

    The temporary file is in the same folder, because a rename is atomic only within one file system. Its name is random
    and it is created exclusively, so that two writers never share one and a planted link is never followed. Its content
    is on disk before it is renamed, and it is removed when the block raises.

    The file has the permissions of any new file. A `private` one is for its owner only, unless it replaces a file,
    whose permissions it then has.

    Raises OSError when the file cannot be written, or exists and is not a regular file, which a rename would replace;
    `path` is then unchanged.
    """
    if path_exists(path) and not path.is_file():
        reason = errno.EISDIR if path.is_dir() else errno.EEXIST
        raise OSError(reason, os.strerror(reason) if reason == errno.EISDIR else "It is not a regular file", str(path))
    temporary = temporary_name(path)
    mode = _permissions(path) if private else None
    try:
        with open(temporary, "xb", opener=_opener(PRIVATE if private else SHARED)) as file:
            if mode is not None:
                temporary.chmod(mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):  # an error while cleaning up must not hide the one that matters
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def create_private_file(path: Path, mode: int = PRIVATE) -> None:
    """Create an empty file with exactly these permissions, unless it exists. Raises OSError."""
    with suppress(FileExistsError), open(path, "xb", opener=_opener(PRIVATE)):
        if mode != PRIVATE:
            path.chmod(mode)


def temporary_name(path: Path) -> Path:
    """Return a random hidden name in the folder of `path`."""
    return path.parent / f".safe-score-{secrets.token_hex(8)}.part"


def path_exists(path: Path) -> bool:
    """Return whether a path exists, after following links.

    Raises OSError when that is unknown, for example because a folder on the way has no execute permission. (Python's
    own `Path.exists` raises it too, or returns False, depending on its version.)
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: the path contains a null character
        return False
    return True


def is_same_file(path: Path, other: Path) -> bool:
    """Return whether two paths lead to one file; False when that is unknown. The next access reports the reason."""
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return False


def sync_folder(folder: Path) -> None:
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


def _permissions(path: Path) -> int | None:
    """Return the permissions of a file, or None when there is none."""
    try:
        return path.stat().st_mode & 0o777
    except (FileNotFoundError, NotADirectoryError):
        return None


def _opener(mode: int) -> Callable[[str, int], int]:
    return lambda path, flags: os.open(path, flags, mode)
