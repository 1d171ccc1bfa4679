"""What the charts of an account over time show besides numbers: notes, the target and the normal range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from mimecast.domain.causes.causes import NO_CAUSES, Causes
from mimecast.domain.normal_range import JudgedChange, RangeOfDay
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.targets import Target


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is drawn over the charts of an account over time.

    The order of `notes` is that of their numbers, the first of which is `first_number`. `band` is the normal range that
    belongs to `judged`.
    """

    notes: tuple[Note, ...] = ()
    target: Target | None = None
    judged: JudgedChange | None = None
    band: tuple[RangeOfDay, ...] = ()
    first_number: int = 1
    causes: Causes = NO_CAUSES

    def notes_between(self, first: date, last: date) -> list[tuple[int, Note]]:
        """Return the notes on the days from `first` to `last`, both included, with their numbers."""
        numbered = enumerate(self.notes, start=self.first_number)
        return [(number, note) for number, note in numbered if first <= note.day <= last]

    def target_between(self, first: date, last: date, zone: ZoneInfo) -> Target | None:
        """Return the target where it was set on `last` or earlier and its date is after `first`."""
        if self.target is None or reporting_day(self.target.set_at, zone) > last or self.target.by <= first:
            return None
        return self.target
