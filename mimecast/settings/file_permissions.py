"""Secrets files that other users of this computer can read."""

from __future__ import annotations

import shlex
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from mimecast.problem import Problem


class SecretsExposed(Problem):
    title = "Others can read the secrets"


def readable_by_others(files: Iterable[Path]) -> list[SecretsExposed]:
    """One problem for each file whose mode lets its group or others read it. Windows has no such modes: nothing."""
    if sys.platform == "win32":
        return []
    return [_problem(file) for file in files if _mode(file) & (stat.S_IRGRP | stat.S_IROTH)]


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        return 0


def _problem(file: Path) -> SecretsExposed:
    return SecretsExposed(
        f"{file} can be read by other users of this computer.",
        remedy=f"Keep it to yourself: chmod 600 {shlex.quote(str(file))}",
    )
