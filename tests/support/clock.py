"""The moment at which the tests take place."""

from __future__ import annotations

from datetime import UTC, date, datetime

NOW = datetime(2026, 11, 24, 12, 50, 11, tzinfo=UTC)
TODAY = date(2026, 11, 24)
