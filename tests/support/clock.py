"""The moment at which the tests take place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

NOW = datetime(2026, 11, 24, 12, 50, 11, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def later() -> datetime:
    """Return an instant after everything that tests store, whether relative to `NOW` or to the real time."""
    return NOW + timedelta(days=3653)
