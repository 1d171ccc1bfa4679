"""Loads the causes of an account for a range of days."""

from __future__ import annotations

from mimecast.domain.causes.causes import Causes
from mimecast.domain.reporting_days import DayRange
from mimecast.store.causes.campaigns import load_campaigns
from mimecast.store.causes.implausible import load_marks
from mimecast.store.causes.reference_lines import load_reference_lines
from mimecast.store.causes.restarts import load_restarts
from mimecast.store.store import Store


def load_causes(store: Store, account: str, days: DayRange) -> Causes:
    """Return what explains or spoils the account's trend over a range of days. Raises StoreError."""
    low, high = days.bounds
    launched = [each for each in load_campaigns(store, account) if each.launched_at and low <= each.launched_at < high]
    return Causes(
        restarts=load_restarts(store, account),
        reference_lines=load_reference_lines(store, account),
        marks=tuple(mark for mark in load_marks(store, account) if low <= mark.snapshot.taken_at < high),
        campaigns=tuple(launched),
        zone=days.zone,
    )
