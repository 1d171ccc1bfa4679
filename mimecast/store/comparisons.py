"""Finds the snapshots that a comparison needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from mimecast.domain.comparison import Comparison, MissingComparison, MissingReason, compare, lookback_bounds
from mimecast.domain.reporting_days import midnight, reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.store.causes.restarts import load_restarts
from mimecast.store.store import Store


def compare_back(store: Store, now: Snapshot, days: int, zone: ZoneInfo) -> Comparison | MissingComparison:
    """Compare a snapshot with the last reporting day on or before the day `days` (1 or more) earlier.

    Raises StoreError.
    """
    return compare_with_day(store, now, reporting_day(now.taken_at, zone) - timedelta(days=days), zone)


def compare_with_day(store: Store, now: Snapshot, earlier: date, zone: ZoneInfo) -> Comparison | MissingComparison:
    """Compare a snapshot with the last one on or before the reporting day `earlier`, at most `MAX_LOOKBACK` earlier.

    Raises StoreError.
    """
    (then,) = snapshots_on_or_before(store, now.account, [earlier], zone)
    if comparison := compare(then, now, zone, load_restarts(store, now.account)):
        return comparison
    first_day = reporting_day((store.oldest(now.account) or now).taken_at, zone)
    reason = MissingReason.TOO_YOUNG if first_day > earlier else MissingReason.GAP
    return MissingComparison(reason, earlier, first_day)


def compare_longest(store: Store, now: Snapshot, max_days: int, zone: ZoneInfo) -> Comparison | None:
    """Compare a snapshot with the one `max_days` earlier or, without one, with the first snapshot after that day.

    Returns None when no earlier reporting day has a snapshot. Raises StoreError.
    """
    comparison = compare_back(store, now, max_days, zone)
    if isinstance(comparison, Comparison):
        return comparison
    first = store.first_since(now.account, midnight(comparison.requested, zone))
    return compare(first, now, zone, load_restarts(store, now.account))


def compare_since_restart(store: Store, comparison: Comparison, zone: ZoneInfo) -> Comparison | None:
    """Return a comparison, shortened to begin at the last baseline restart where it crosses one.

    None where the restart leaves no earlier reporting day. Raises StoreError.
    """
    if comparison.restart is None:
        return comparison
    now = comparison.now
    first = store.first_since(now.account, midnight(comparison.restart.day, zone))
    return compare(first, now, zone)


def snapshots_on_or_before(store: Store, account: str, days: Sequence[date], zone: ZoneInfo) -> list[Snapshot | None]:
    """Return for each day its last snapshot, or the last one before it within `MAX_LOOKBACK`, or None.

    Raises StoreError.
    """
    return store.last_in_each(account, [lookback_bounds(day, zone) for day in days])
