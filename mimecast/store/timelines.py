"""A timeline that was read before is not read again until somebody writes to the store, whichever process does.

What is kept is found by the store's revision and by everything that was asked for, so that none can be stale. Where the
revision cannot be told (PostgreSQL, and the moments after a write) the store is read.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Final

from mimecast.domain.reporting_days import (
    MAX_LINE_POINTS,
    DayRange,
    Resolution,
    choose_resolution,
    periods,
    with_bounds,
)
from mimecast.domain.timeline import Timeline, build_frame
from mimecast.store.store import Store

MAX_CACHED_TIMELINES: Final = 64
"""Timelines of the whole process, the last ones used; one of 400 points takes about 50 KiB."""


def cached_timeline(
    store: Store,
    account: str,
    days: DayRange,
    *,
    max_points: int = MAX_LINE_POINTS,
    finest: Resolution = Resolution.DAY,
) -> Timeline:
    """`load_timeline` of the same arguments, or what that gave before. Do not change its table: others see it too.

    Raises StoreError.
    """
    token = store.change_token
    if token is None:
        return load_timeline(store, account, days, max_points=max_points, finest=finest)
    return _cached(token, store, account, days, max_points, finest)


@lru_cache(maxsize=MAX_CACHED_TIMELINES)
def _cached(
    token: Hashable, store: Store, account: str, days: DayRange, max_points: int, finest: Resolution
) -> Timeline:
    return load_timeline(store, account, days, max_points=max_points, finest=finest)


def load_timeline(
    store: Store,
    account: str,
    days: DayRange,
    *,
    max_points: int = MAX_LINE_POINTS,
    finest: Resolution = Resolution.DAY,
) -> Timeline:
    """The account's timeline at the finest resolution, `finest` or coarser, that has at most `max_points` periods.

    Raises StoreError.
    """
    first, last, zone = days.first, days.last, days.zone
    resolution = choose_resolution(first, last, max_points, finest)
    spans = with_bounds(periods(first, last, resolution), zone)
    snapshots = store.last_in_each(account, [bounds for _, bounds in spans])
    if resolution is Resolution.DAY:
        count, covered = len(spans), sum(snapshot is not None for snapshot in snapshots)
    else:
        every_day = [bounds for _, bounds in with_bounds(periods(first, last, Resolution.DAY), zone)]
        count, covered = len(every_day), store.count_covered(account, every_day)
    frame = build_frame([period for period, _ in spans], snapshots)
    return Timeline(first, last, zone, resolution, frame, count, covered)
