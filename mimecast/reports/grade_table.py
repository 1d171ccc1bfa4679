"""The grade table: each grade and group, now and then, for pages and every kind of file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mimecast.domain.comparison import Comparison
from mimecast.domain.scores import ScoreCounts
from mimecast.formatting import UNDEFINED, format_int, format_percent, format_points, format_signed
from mimecast.text.grades import label_of

GROUPS = ("at_risk", "doing_well", "users_graded")
"""Rows below the grades, by the names of `ScoreCounts.users`."""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """Users and share of users graded (percent) with a grade or in a group, now and then, and the net changes.

    None where there is nothing to compare with, or a share is undefined.
    """

    name: str
    users: int
    share: float | None
    users_then: int | None = None
    share_then: float | None = None
    change_users: int | None = None
    change_points: float | None = None

    @property
    def label(self) -> str:
        """What the grade or group is called."""
        return label_of(self.name)

    @property
    def is_group(self) -> bool:
        """Whether the row is a group rather than a grade."""
        return self.name in GROUPS

    @property
    def now_text(self) -> str:
        """`522 (43.4%)`; users graded, who are all of them, without a share."""
        return self._with_share(self.users, self.share)

    @property
    def then_text(self) -> str:
        """`508 (42.9%)`, or a dash when there is nothing to compare with."""
        return UNDEFINED if self.users_then is None else self._with_share(self.users_then, self.share_then)

    @property
    def change_text(self) -> str:
        """`+14 (+0.4 points)`, or a dash when there is nothing to compare with."""
        if self.change_users is None:
            return UNDEFINED
        users = format_signed(self.change_users)
        return users if self.name == "users_graded" else f"{users} ({format_points(self.change_points)})"

    def _with_share(self, users: int, share: float | None) -> str:
        return format_int(users) if self.name == "users_graded" else f"{format_int(users)} ({format_percent(share)})"


def grade_rows(counts: ScoreCounts, comparison: Comparison | None) -> list[GradeRow]:
    """Return one row for each grade, then at risk, doing well and users graded.

    `comparison` is of these counts with earlier ones, or None.
    """
    grades: Sequence[str] = comparison.shown_grades if comparison else counts.shown_grades
    return [_row(name, counts, comparison) for name in (*grades, *GROUPS)]


def _row(name: str, counts: ScoreCounts, comparison: Comparison | None) -> GradeRow:
    if comparison is None:
        return GradeRow(name, counts.users(name), counts.share_of(name))
    (then, now), (share_then, share) = comparison.users(name), comparison.shares(name)
    return GradeRow(
        name, now, share, then, share_then, comparison.change_in_users(name), comparison.change_in_points(name)
    )
