"""Loads timelines."""

from __future__ import annotations

from datetime import date

from mimecast.domain.reporting_days import MAX_LINE_POINTS, DayRange, Resolution, choose_resolution
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import Timeline
from mimecast.store.store import Store


def load_timeline(
    store: Store,
    account: str,
    days: DayRange,
    *,
    max_points: int = MAX_LINE_POINTS,
    finest: Resolution = Resolution.DAY,
) -> Timeline:
    """Load an account's timeline at the finest resolution, `finest` or coarser, that has at most `max_points` periods.

    Raises StoreError.
    """
    resolution = choose_resolution(days.first, days.last, max_points, finest)
    periods = days.split(resolution)
    snapshots = store.last_in_each(account, [bounds for _, bounds in periods])
    if resolution is Resolution.DAY:
        day_count, covered = len(periods), sum(snapshot is not None for snapshot in snapshots)
    else:
        every_day = [bounds for _, bounds in days.split(Resolution.DAY)]
        day_count, covered = len(every_day), store.count_covered(account, every_day)
    labels = tuple(period.label for period, _ in periods)
    return Timeline(days, resolution, labels, tuple(snapshots), day_count, covered)


def load_days(store: Store, account: str, days: DayRange) -> list[tuple[date, Snapshot | None]]:
    """Return every reporting day of a range with its last snapshot, oldest first. Raises StoreError."""
    periods = days.split(Resolution.DAY)
    snapshots = store.last_in_each(account, [bounds for _, bounds in periods])
    return [(period.first, snapshot) for (period, _), snapshot in zip(periods, snapshots, strict=True)]


def last_snapshot_in(store: Store, account: str, days: DayRange) -> Snapshot | None:
    """Return the last snapshot in a range, or None without one. Raises StoreError."""
    (snapshot,) = store.last_in_each(account, [days.bounds])
    return snapshot
