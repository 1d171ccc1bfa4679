"""Snapshots: the score counts of one account at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from mimecast.domain.scores import ScoreCounts, group_share

MAX_CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clocks of machines that share a store may differ. A snapshot further ahead is in the future."""


class Source(StrEnum):
    """Where a snapshot came from. The counts of a sample and of the sandbox are made up."""

    MIMECAST = "mimecast"
    IMPORTED = "imported"
    SAMPLE = "sample"
    SANDBOX = "sandbox"

    @property
    def is_made_up(self) -> bool:
        """Whether snapshots of this source are marked SAMPLE DATA and never imported."""
        return self in (Source.SAMPLE, Source.SANDBOX)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Score counts of `account` at `taken_at` (aware, UTC, whole seconds).

    `other_letters` names the undocumented grades behind `counts.other`.
    """

    account: str
    taken_at: datetime
    counts: ScoreCounts
    source: Source = Source.MIMECAST
    other_letters: str = ""

    def __post_init__(self) -> None:
        if self.taken_at.tzinfo is None:
            raise ValueError("taken_at must be aware of its time zone")
        object.__setattr__(self, "taken_at", self.taken_at.astimezone(UTC).replace(microsecond=0))


class RiskLevel(NamedTuple):
    """Users at risk, users graded and users with an undocumented grade at `taken_at` (seconds since 1970-01-01 UTC)."""

    taken_at: int
    at_risk: int
    users_graded: int
    other: int = 0

    @property
    def at_risk_share(self) -> float | None:
        """Percent of users graded that are at risk, or None when no user has a grade from A to F."""
        return group_share(self.at_risk, self.users_graded, self.other)
