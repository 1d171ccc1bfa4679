"""Rows of departments and movement as `export` writes them. Nothing here needs pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mimecast.domain.people.movement import GRADES_AND_NONE, Movement
from mimecast.domain.scores import ScoreCounts
from mimecast.formatting import format_iso_utc
from mimecast.store.people.read import DepartmentWeek

DEPARTMENT_COLUMNS: Final = ("account", "taken_at", "department", *ScoreCounts().as_mapping())
MOVEMENT_COLUMNS: Final = ("account", "then", "now", "grade_then", "grade_now", "users")


def department_rows(account: str, weeks: Sequence[DepartmentWeek]) -> Iterator[dict[str, str | int]]:
    """Yield a row for each week and department, oldest first, with the columns `DEPARTMENT_COLUMNS`."""
    for week in weeks:
        for department, counts in week.departments.items():
            yield {
                "account": account,
                "taken_at": format_iso_utc(week.taken_at),
                "department": department,
                **counts.as_mapping(),
            }


def movement_rows(account: str, movement: Movement) -> Iterator[dict[str, str | int]]:
    """Yield a row for each pair of grades with users, best grade first, with the columns `MOVEMENT_COLUMNS`."""
    for then in GRADES_AND_NONE:
        for now in GRADES_AND_NONE:
            if users := movement.count(then, now):
                yield {
                    "account": account,
                    "then": format_iso_utc(movement.then),
                    "now": format_iso_utc(movement.now),
                    "grade_then": then,
                    "grade_now": now,
                    "users": users,
                }
