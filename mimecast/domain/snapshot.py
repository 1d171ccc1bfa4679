"""Snapshots: the score counts of one account at one instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from mimecast.domain.scores import ScoreCounts, group_share
from mimecast.formatting import format_iso_utc, join_and, pluralize
from mimecast.problem import Problem

MAX_CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clocks of machines that share a store may differ. A snapshot further ahead is in the future."""


MAX_NAMED: Final = 3
"""Misdated snapshots that a problem names."""


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


class MisdatedSnapshots(Problem):
    """An account has snapshots with impossible dates, such as days in the future; no number is computed from them."""

    title = "A snapshot has an impossible date"
    remedy = "To delete one, run: python -m mimecast remove TAKEN_AT"


def misdated_problem(account: str, misdated: Sequence[Snapshot]) -> MisdatedSnapshots | None:
    """Return a problem that names the instants (UTC) of an account's misdated snapshots, or None without any."""
    if not misdated:
        return None
    instants = join_and([format_iso_utc(snapshot.taken_at) for snapshot in misdated[:MAX_NAMED]])
    more = f" and {len(misdated) - MAX_NAMED} more" if len(misdated) > MAX_NAMED else ""
    return MisdatedSnapshots(
        f"{account}: {pluralize(len(misdated), 'snapshot')} dated in the future or before 2010 "
        f"{'is' if len(misdated) == 1 else 'are'} ignored: {instants}{more}."
    )
