"""One snapshot: the score counts of one account at one instant, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from mimecast.domain.scores import ScoreCounts


class Source(StrEnum):
    MIMECAST = "mimecast"
    IMPORTED = "imported"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`taken_at` is aware, in UTC, in whole seconds. `other_letters` names the grades behind `counts.other`."""

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
    """What of a snapshot is drawn as a level: `taken_at` in seconds since 1970-01-01 UTC, the other two in users."""

    taken_at: int
    at_risk: int
    users_graded: int
