"""Check that other users of this computer cannot read the secrets files."""

from __future__ import annotations

import shlex
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from mimecast.problem import Problem


class SecretsExposed(Problem):
    """A secrets file that other users can read."""

    title = "Others can read the secrets"


def readable_by_others(files: Iterable[Path]) -> list[SecretsExposed]:
    """Return a problem for each file that its group or other users may read; none on Windows, which has no such modes.

    Files that do not exist are skipped.
    """
    if sys.platform == "win32":
        return []
    return [_problem(file) for file in files if _mode(file) & (stat.S_IRGRP | stat.S_IROTH)]


def _mode(file: Path) -> int:
    """Return the mode bits of a file, 0 if they cannot be read."""
    try:
        return file.stat().st_mode
    except OSError:
        return 0


def _problem(file: Path) -> SecretsExposed:
    return SecretsExposed(
        f"{file} can be read by other users of this computer.",
        remedy=f"Keep it to yourself: chmod 600 {shlex.quote(str(file))}",
    )
