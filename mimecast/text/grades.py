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
"""What groups, and grades that are not letters, are called in tables and on cards."""


def label_of(name: str) -> str:
    """Return what a grade or a group is called."""
    return GROUP_LABELS.get(name, name)


def grades_in_words(counts: ScoreCounts) -> str:
    """Return `A 522 (43.4%), B 338 (28.1%), ...`, in the order of the grades."""
    return ", ".join(
        f"{grade} {format_int(counts.users(grade))} ({format_percent(counts.share_of(grade))})"
        for grade in counts.shown_grades
    )
