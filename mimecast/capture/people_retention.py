"""Retention of the grades of pseudonyms, at every snapshot. Nothing here loads what reads or counts lists of users."""

from __future__ import annotations

from dataclasses import replace

from mimecast.capture.one_account import CapturedSnapshot
from mimecast.problem import Problem
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.people.retention import apply_retention
from mimecast.store.store import Store


def keep_retention(captured: CapturedSnapshot, store: Store, dashboard: DashboardSettings) -> CapturedSnapshot:
    """Delete grades that ended before the retention period.

    This happens at every level, because retention does not end when people is switched off.

    Returns:
        The snapshot, with the problem if the store cannot be read or written.
    """
    if not dashboard.knows_retention:
        return captured
    try:
        apply_retention(store, captured.snapshot.account, captured.snapshot.taken_at - dashboard.people_retention)
    except Problem as problem:
        return replace(captured, people_problem=problem)
    return captured
