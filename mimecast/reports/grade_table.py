"""A report's numbers as rows: each grade and group, now and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast.domain.scores import ScoreCounts, share
from mimecast.formatting import UNDEFINED, format_int, format_percent, format_points, format_signed
from mimecast.reports.report import Report

GROUP_LABELS: Final = {"at_risk": "At risk (D + F)", "doing_well": "Doing well (A + B)", "users_graded": "Users graded"}
"""What the groups are called in tables."""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """Users and share of users graded (percent) with a grade or in a group, now and then; the change in users and in
    percentage points. None where there is nothing to compare with, or a share is undefined."""

    name: str
    users: int
    share: float | None
    users_then: int | None = None
    share_then: float | None = None
    change_users: int | None = None
    change_points: float | None = None

    @property
    def label(self) -> str:
        return GROUP_LABELS.get(self.name, self.name)

    @property
    def is_group(self) -> bool:
        return self.name in GROUP_LABELS

    @property
    def now_text(self) -> str:
        """`522 (43.4 %)`; users graded, who are all of them, without a share."""
        return self._pair(self.users, self.share)

    @property
    def then_text(self) -> str:
        return UNDEFINED if self.users_then is None else self._pair(self.users_then, self.share_then)

    @property
    def change_text(self) -> str:
        """`+14 (+0.4 points)`"""
        if self.change_users is None:
            return UNDEFINED
        moved = format_signed(self.change_users)
        return moved if self.name == "users_graded" else f"{moved} ({format_points(self.change_points)})"

    def _pair(self, users: int, part: float | None) -> str:
        return format_int(users) if self.name == "users_graded" else f"{format_int(users)} ({format_percent(part)})"


def grade_rows(report: Report) -> list[GradeRow]:
    """One for each grade, then at risk, doing well and users graded."""
    return [_row(report, name) for name in (*report.shown_grades, *GROUP_LABELS)]


def _row(report: Report, name: str) -> GradeRow:
    counts, comparison = report.stamp.newest.counts, report.comparison
    if comparison is None:
        users = _users(counts, name)
        return GradeRow(name, users, share(users, counts.users_graded))
    then, now = comparison.users(name)
    return GradeRow(
        name,
        now,
        counts.share(now),
        then,
        comparison.then.counts.share(then),
        comparison.change_in_users(name),
        comparison.change_in_points(name),
    )


def _users(counts: ScoreCounts, name: str) -> int:
    return int(getattr(counts, name)) if name in GROUP_LABELS else counts.users(name)
