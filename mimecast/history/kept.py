"""A timeline that was read before is not read again until somebody writes to the store, whichever process does.

What is kept is found by the store's revision and by everything that was asked for, so that none can be stale. Where the
revision cannot be told (PostgreSQL, and the moments after a write) the store is read.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.history.store import Store
from mimecast.history.timeline import POINTS_IN_A_LINE, Resolution, Timeline, read_timeline

MOST_KEPT: Final = 64
"""Timelines of the whole process, the last ones used; one of 400 points takes about 50 KiB."""


def kept_timeline(
    store: Store,
    account: str,
    first: date,
    last: date,
    zone: ZoneInfo,
    *,
    at_most: int = POINTS_IN_A_LINE,
    by: Resolution = Resolution.DAY,
) -> Timeline:
    """`read_timeline` of the same arguments, or what that gave before. Do not change its table: others see it too.

    Raises StoreError.
    """
    revision = store.revision
    if revision is None:
        return read_timeline(store, account, first, last, zone, at_most=at_most, by=by)
    return _kept(revision, store, account, first, last, zone, at_most, by)


@lru_cache(maxsize=MOST_KEPT)
def _kept(
    revision: Hashable,
    store: Store,
    account: str,
    first: date,
    last: date,
    zone: ZoneInfo,
    at_most: int,
    by: Resolution,
) -> Timeline:
    return read_timeline(store, account, first, last, zone, at_most=at_most, by=by)
