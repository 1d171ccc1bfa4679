"""Score counts in words."""

from __future__ import annotations

from typing import Final

from mimecast.domain.scores import OTHER, ScoreCounts
from mimecast.formatting import format_int, format_percent

GROUP_LABELS: Final = {
    "at_risk": "At risk (D + F)",
    "doing_well": "Doing well (A + B)",
    "users_graded": "Users graded",
    OTHER: "Other",
}
"""Names of groups and of undocumented grades in tables and on cards."""


def label_of(name: str) -> str:
    """Return the name of a grade or a group."""
    return GROUP_LABELS.get(name, name)


def grades_in_words(counts: ScoreCounts) -> str:
    """Return `A 522 (43.4%), B 338 (28.1%), ...`, in the order of the grades."""
    return ", ".join(
        f"{grade} {format_int(counts.users(grade))} ({format_percent(counts.share_of(grade))})"
        for grade in counts.shown_grades
    )
