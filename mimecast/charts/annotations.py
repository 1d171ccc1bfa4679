"""What is drawn over a chart of the time: notes, the target, and the limits of usual variation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast.domain.notes import Note
from mimecast.domain.targets import Target
from mimecast.domain.variation import Variation


@dataclass(frozen=True, slots=True)
class Annotations:
    """Whatever of it there is to draw. The notes are in the order of their numbers, from 1."""

    notes: tuple[Note, ...] = ()
    target: Target | None = None
    variation: Variation | None = None


NO_ANNOTATIONS: Final = Annotations()
