"""Hypothesis strategies for the product's own types."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as some

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source

USERS = some.integers(0, 10**9)
IMPORTED_SNAPSHOTS = some.builds(
    Snapshot,
    account=some.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", fullmatch=True).filter(lambda text: text != "sample"),
    taken_at=some.datetimes(datetime(2010, 1, 3), datetime(2026, 11, 24), timezones=some.timezones()),  # noqa: DTZ001
    counts=some.builds(ScoreCounts, USERS, USERS, USERS, USERS, USERS, USERS),
    source=some.just(Source.IMPORTED),
)
