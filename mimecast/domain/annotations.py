"""What the charts of an account over time show besides numbers: notes, the target and the normal range."""

from __future__ import annotations

from dataclasses import dataclass

from mimecast.domain.normal_range import JudgedChange, RangeOfDay
from mimecast.domain.notes import Note
from mimecast.domain.targets import Target


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is drawn over the charts of an account over time.

    The order of `notes` is that of their numbers, from 1. `band` is the normal range that belongs to `judged`.
    """

    notes: tuple[Note, ...] = ()
    target: Target | None = None
    judged: JudgedChange | None = None
    band: tuple[RangeOfDay, ...] = ()
