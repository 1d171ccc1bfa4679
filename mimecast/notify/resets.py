"""What is suspicious about an account's newest snapshot: counts that cannot be true of a company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast.domain.reporting_days import EARLIEST_DAY
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store

MAX_REFERENCE_AGE: Final = timedelta(days=7)
"""How old the snapshot may be with which users graded are compared."""


def implausible_reference(store: Store, newest: Snapshot) -> Snapshot | None:
    """Return the earlier snapshot that makes the newest one implausible, or None where it is plausible.

    It is implausible when no users are graded though some were before, or when users graded changed by more than half
    within `MAX_REFERENCE_AGE`. Raises StoreError.
    """
    earliest = datetime.combine(EARLIEST_DAY, datetime.min.time(), UTC)
    (reference,) = store.last_in_each(newest.account, [(earliest, newest.taken_at)])
    if reference is None or not reference.counts.users_graded:
        return None
    before, after = reference.counts.users_graded, newest.counts.users_graded
    is_recent = newest.taken_at - reference.taken_at <= MAX_REFERENCE_AGE
    return reference if not after or (is_recent and 2 * abs(after - before) > before) else None
