"""Where baseline restarts break a timeline."""

from __future__ import annotations

from mimecast.domain.causes.causes import Causes
from mimecast.domain.timeline import Timeline


def break_positions(causes: Causes, timeline: Timeline) -> list[int]:
    """Return the indexes of the periods before which lines are broken, each the first one after a restart."""
    positions = set()
    for restart in causes.restarts_between(timeline.first, timeline.last):
        position = timeline.index_of(restart.day)
        day = timeline.day_at(position)
        if day is not None and day < restart.day:  # a week whose value is from before it
            position += 1
        if 0 < position < len(timeline.periods):
            positions.add(position)
    return sorted(positions)
