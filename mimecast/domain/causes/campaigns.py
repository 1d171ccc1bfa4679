"""Phishing campaigns: their totals, the rates made of them, and what may be kept of a small one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

TOTALS: Final = ("sent", "opened", "clicked", "submitted", "reported")
"""The totals of a campaign in the order of its course. Each is a field of `Campaign`."""

MAX_TOTAL: Final = 1_000_000_000
"""More users than this mean a broken answer."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """The newest known totals of a campaign (users, None where unknown).

    `captured_at` is when the totals were requested, `first_seen_at` when the campaign was first in an answer, and
    `launched_at` when it began, None where unknown (all UTC).
    """

    account: str
    id: str
    name: str
    launched_at: datetime | None
    captured_at: datetime
    first_seen_at: datetime
    sent: int | None = None
    opened: int | None = None
    clicked: int | None = None
    submitted: int | None = None
    reported: int | None = None

    def users(self, name: str) -> int | None:
        """Return a total by its name in `TOTALS`."""
        value: int | None = getattr(self, name)
        return value

    def rate(self, name: str) -> float | None:
        """Return a total in percent of the users to whom the campaign was sent; None where one of them is unknown."""
        users = self.users(name)
        return 100.0 * users / self.sent if users is not None and self.sent else None


def without_small_totals(campaign: Campaign, min_group_size: int) -> Campaign:
    """Return a campaign without its totals where fewer users than the minimum received it: name and date remain.

    Where it is unknown to how many it was sent, the largest known total is used instead.
    """
    known = [users for name in TOTALS if (users := campaign.users(name)) is not None]
    size = campaign.sent if campaign.sent is not None else max(known, default=0)
    if size >= min_group_size:
        return campaign
    return replace(campaign, sent=None, opened=None, clicked=None, submitted=None, reported=None)


def by_launch(campaigns: Sequence[Campaign]) -> list[Campaign]:
    """Return campaigns by launch, oldest first, then those whose launch is unknown by when they were first seen."""
    return sorted(
        campaigns,
        key=lambda each: (each.launched_at is None, each.launched_at or each.first_seen_at, each.name, each.id),
    )
