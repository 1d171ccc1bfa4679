"""Where baseline restarts break a timeline."""

from __future__ import annotations

import pandas as pd

from mimecast.domain.causes.causes import Causes
from mimecast.domain.timeline import Timeline


def break_positions(causes: Causes, timeline: Timeline) -> list[int]:
    """Return the indexes of the periods before which lines are broken, each the first one after a restart."""
    positions = set()
    labels = list(timeline.users.index)
    for restart in causes.restarts_between(timeline.first, timeline.last):
        position = labels.index(timeline.label_of(restart.day))
        is_known = not pd.isna(timeline.users["taken_at"].iloc[position])
        if is_known and timeline.day_of(labels[position]) < restart.day:  # a week whose value is from before it
            position += 1
        if 0 < position < len(labels):
            positions.add(position)
    return sorted(positions)
