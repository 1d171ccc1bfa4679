"""Implausible answers: score counts that cannot be true of a company, such as no users at all after a thousand.

They are stored like any other answer and marked. Until a reader decides, nothing is computed from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from typing import Final

from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_datetime, format_int, pluralize

MAX_REFERENCE_AGE: Final = timedelta(days=7)
"""How old the snapshot may be with which users graded are compared. In a longer time, a company can change as much."""

MAX_USERS_CHANGE: Final = Fraction(1, 2)
"""Beyond this relative change of users graded within `MAX_REFERENCE_AGE`, an answer is implausible."""


class Implausibility(StrEnum):
    """Why an answer is implausible. The values are stored."""

    NO_USERS = "no users"
    """No users are graded, though some were before."""
    USERS_CHANGED = "users changed"
    """Users graded changed by more than half within a week."""


@dataclass(frozen=True, slots=True)
class Implausible:
    """A snapshot whose counts are implausible.

    Attributes:
        snapshot: The snapshot, which stays in the store unchanged.
        reason: Why it is implausible.
        reference_at: When the snapshot that it was compared with was taken (UTC).
        reference_users: The users graded in that snapshot.
    """

    snapshot: Snapshot
    reason: Implausibility
    reference_at: datetime
    reference_users: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark on an implausible snapshot.

    Attributes:
        implausible: The snapshot, and why it is implausible.
        marked_at: When it was marked (UTC).
        judged_at: When a reader confirmed that it is wrong (UTC); None while no reader has decided.
        judged_by: The reader's e-mail address, empty if unknown.
    """

    implausible: Implausible
    marked_at: datetime
    judged_at: datetime | None = None
    judged_by: str = ""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that is marked."""
        return self.implausible.snapshot

    @property
    def is_open(self) -> bool:
        """Whether no reader has decided yet."""
        return self.judged_at is None


def find_implausibility(snapshot: Snapshot, reference: Snapshot | None) -> Implausibility | None:
    """Return why a snapshot is implausible, or None.

    `reference` is the newest snapshot of the account before it that has no mark, or None without one. Without any users
    graded before, every answer is plausible.
    """
    if reference is None or not reference.counts.users_graded:
        return None
    before, after = reference.counts.users_graded, snapshot.counts.users_graded
    if not after:
        return Implausibility.NO_USERS
    is_recent = snapshot.taken_at - reference.taken_at <= MAX_REFERENCE_AGE
    if is_recent and abs(Fraction(after - before, before)) > MAX_USERS_CHANGE:
        return Implausibility.USERS_CHANGED
    return None


def find_implausible(snapshots: Iterable[Snapshot], reference: Snapshot | None) -> list[Implausible]:
    """Return the implausible ones among new snapshots of one account, oldest first.

    Each is compared with the newest plausible one before it, the first with `reference`.
    """
    implausible = []
    for snapshot in sorted(snapshots, key=lambda new: new.taken_at):
        reason = find_implausibility(snapshot, reference)
        if reason and reference:
            implausible.append(Implausible(snapshot, reason, reference.taken_at, reference.counts.users_graded))
        else:
            reference = snapshot
    return implausible


def describe_implausible(implausible: Implausible, zone: tzinfo) -> str:
    """Say in a sentence what is implausible about an answer."""
    users = implausible.snapshot.counts.users_graded
    now = "no users graded" if not users else f"{pluralize(users, 'user')} graded"
    return (
        f"Mimecast's answer of {format_datetime(implausible.snapshot.taken_at, zone)} has {now}, compared with "
        f"{format_int(implausible.reference_users)} on {format_datetime(implausible.reference_at, zone)}."
    )
