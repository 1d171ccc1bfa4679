"""Histories to store. Child processes import this module, so it imports little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot

START = datetime(2026, 1, 1, tzinfo=UTC)


def history(rows: int, account: str = "default") -> list[Snapshot]:
    """Return this many snapshots an hour apart, oldest first. A shorter history is the beginning of a longer one."""
    return [Snapshot(account, START + timedelta(hours=row), ScoreCounts(row, 4, 3, 2, 1)) for row in range(rows)]
