"""What is drawn over a chart of the time: notes, the target, and the limits of usual variation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast.history.notes import Note
from mimecast.history.targets import Target
from mimecast.history.variation import Variation


@dataclass(frozen=True, slots=True)
class Marks:
    """Whatever of it there is to draw. The notes are in the order of their numbers, from 1."""

    notes: tuple[Note, ...] = ()
    target: Target | None = None
    variation: Variation | None = None


NO_MARKS: Final = Marks()
