"""Notifications: a history with an unusual last day, and what a run works with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.notify.context import Context
from mimecast.notify.delivery import Limits
from mimecast.settings.notify import read_notify
from mimecast.store.store import Store

UTC_ZONE = ZoneInfo("UTC")
MORNING = datetime(2026, 12, 1, 3, 0, 4, tzinfo=UTC)
"""A Tuesday, the first of a month."""

LIMITS = Limits(delivery=40.0, total=50.0)


def add_history(store: Store, account: str = "contoso", *, last_at_risk: int = 128, days: int = 480) -> None:
    """Store a snapshot a day up to `MORNING`: 125 to 131 of 1,204 users at risk, and `last_at_risk` on the last day."""
    snapshots = []
    for back in range(days, -1, -1):
        at_risk = last_at_risk if back == 0 else 128 + (back % 7) - 3
        counts = ScoreCounts(500, 338, 1204 - 838 - at_risk, at_risk - 30, 30)
        snapshots.append(Snapshot(account, MORNING - timedelta(days=back), counts))
    store.add(snapshots)


def context_of(
    store: Store,
    *urls: str,
    now: datetime = MORNING,
    names: dict[str, str] | None = None,
    limits: Limits = LIMITS,
    **keys: Any,
) -> Context:
    """Return what a run of notifications works with: these receivers, one account, and a time."""
    settings = read_notify({"notify": {"urls": list(urls), **keys}})
    assert settings.faults == ()
    return Context(store, settings, names or {"contoso": "Contoso"}, UTC_ZONE, now, limits=limits)
