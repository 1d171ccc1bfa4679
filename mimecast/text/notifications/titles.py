"""The titles of messages, which are the subjects of mail, and the text of a test message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.formatting import format_datetime, join_and, pluralize
from mimecast.text.stamp import SAMPLE_MARK

MAX_TITLE_NAMES: Final = 2
"""Accounts that a title names; the rest are counted."""

TEST_TITLE: Final = "SAFE Score dashboard: test message"


def alert_title(name: str, headline: str, alerts: int) -> str:
    """Return `Contoso: no snapshot for 2 days, and 1 more alert`, for alerts about one account."""
    more = f", and {pluralize(alerts - 1, 'more alert')}" if alerts > 1 else ""
    return f"{name}: {headline}{more}"


def alerts_title(names: Sequence[str], alerts: int) -> str:
    """Return `4 alerts: Contoso, Fabrikam and 2 more`, for alerts about several accounts."""
    return f"{pluralize(alerts, 'alert')}: {_first(names)}"


def digest_title(names: Sequence[str], period: str) -> str:
    """Return `Contoso: SAFE Score, November 2026`, or `3 accounts: …` for several."""
    name = names[0] if len(names) == 1 else pluralize(len(names), "account")
    return f"{name}: SAFE Score, {period}"


def mark_sample(title: str, *, is_sample: bool) -> str:
    """Return the title, marked where it is about made-up numbers."""
    return f"{SAMPLE_MARK}: {title}" if is_sample else title


def text_of_test(names: Sequence[str], now: datetime, zone: ZoneInfo) -> str:
    """Return what a test message says about the accounts of these names."""
    return f"This is a test. Alerts and digests about {_first(names)} arrive here. Sent {format_datetime(now, zone)}."


def _first(names: Sequence[str]) -> str:
    hidden = len(names) - MAX_TITLE_NAMES
    if hidden <= 0:
        return join_and(names)
    return f"{', '.join(names[:MAX_TITLE_NAMES])} and {hidden} more"
