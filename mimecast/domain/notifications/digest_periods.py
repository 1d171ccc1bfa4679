"""Periods of the digest: the week or month before the day on which it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from mimecast.formatting import format_range

FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""English regardless of the machine's locale."""


class DigestInterval(StrEnum):
    """How often a digest is sent: on Mondays, on the first of each month, or never."""

    OFF = "off"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class DigestPeriod:
    """The reporting days that a digest is about, `first` to `last`, both included."""

    interval: DigestInterval
    first: date
    last: date

    @property
    def days(self) -> int:
        """The length of the period in days."""
        return (self.last - self.first).days + 1

    @property
    def day_before(self) -> date:
        """The day with which the end of the period is compared."""
        return self.first - timedelta(days=1)

    @property
    def name(self) -> str:
        """`November 2026`, or `16 Nov 2026 to 22 Nov 2026` for a week."""
        if self.interval is DigestInterval.MONTHLY:
            return f"{FULL_MONTHS[self.first.month - 1]} {self.first.year}"
        return format_range(self.first, self.last)

    @property
    def id(self) -> str:
        """The id of the digest's message, so that of two machines only one can store it."""
        return sha256(f"digest\0{self.interval.value}\0{self.first}".encode()).hexdigest()[:32]


def period_due(interval: DigestInterval, today: date) -> DigestPeriod | None:
    """Return the period whose digest is due on the reporting day `today` or was before; None when it is off.

    A week is due on Monday and a month on its successor's first day; each until the next one is.
    """
    match interval:
        case DigestInterval.OFF:
            return None
        case DigestInterval.WEEKLY:
            last = today - timedelta(days=today.weekday() + 1)
            return DigestPeriod(interval, last - timedelta(days=6), last)
        case DigestInterval.MONTHLY:
            last = today.replace(day=1) - timedelta(days=1)
            return DigestPeriod(interval, last.replace(day=1), last)
