"""Finds the snapshots that a comparison needs."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from mimecast.domain.comparison import (
    MAX_LOOKBACK,
    Comparison,
    compare,
)
from mimecast.domain.reporting_days import Bounds, midnight, reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store


def compare_back(store: Store, now: Snapshot, days: int, zone: ZoneInfo) -> Comparison | None:
    """`now` against the last reporting day on or before the day `days` earlier.

    None when there is none within `LATITUDE` of it: then there is nothing to compare with. Raises StoreError.
    """
    earlier = reporting_day(now.taken_at, zone) - timedelta(days=days)
    (then,) = snapshots_on_or_before(store, now.account, [earlier], zone)
    return compare(then, now, zone)


def snapshots_on_or_before(store: Store, account: str, days: list[date], zone: ZoneInfo) -> list[Snapshot | None]:
    """For each day its last snapshot, or the last one before it within `LATITUDE`, or None. Raises StoreError."""
    return store.last_in_each(account, [_window(day, zone) for day in days])


def _window(day: date, zone: ZoneInfo) -> Bounds:
    return midnight(day - MAX_LOOKBACK, zone), midnight(day + timedelta(days=1), zone)
