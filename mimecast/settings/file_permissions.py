"""Check that other users of this computer can neither read nor change the secrets files."""

from __future__ import annotations

import shlex
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from mimecast.problem import Problem


class SecretsExposed(Problem):
    """Other users of the computer can read the secrets file."""

    title = "Others can read the secrets"


class SecretsWritable(Problem):
    """Other users of the computer can change the secrets file, or replace it through its folder."""

    title = "Others can change the secrets"


def exposed_files(files: Iterable[Path]) -> list[Problem]:
    """Return the problems of files that their group or other users may read or change.

    Files that do not exist are skipped. Windows has no such modes, so there are no problems there.
    """
    if sys.platform == "win32":
        return []
    return [problem for file in files for problem in _problems(file)]


def _problems(file: Path) -> Iterator[Problem]:
    mode = _mode(file)
    quoted = shlex.quote(str(file))
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        yield SecretsExposed(
            f"{file} can be read by other users of this computer.",
            remedy=f"Let only its owner read it: chmod 600 {quoted}",
        )
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield SecretsWritable(
            f"{file} can be changed by other users of this computer.",
            remedy=f"Let only its owner read and change it: chmod 600 {quoted}",
        )
    folder_mode = _mode(file.parent) if mode else 0
    # A folder that its group may write is normal where each user has a group of its own.
    if folder_mode & stat.S_IWOTH and not folder_mode & stat.S_ISVTX:
        yield SecretsWritable(
            f"{file} can be replaced by other users of this computer, who can write to its folder.",
            remedy=f"Let only its owner write to the folder: chmod go-w {shlex.quote(str(file.parent))}",
        )


def _mode(path: Path) -> int:
    """Return the mode bits of a file or folder, 0 if they cannot be read."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
