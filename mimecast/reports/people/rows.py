"""Rows of departments and movement as `export` writes them. Nothing here needs pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from mimecast.domain.people.movement import GRADES_AND_NONE, Movement
from mimecast.domain.scores import ScoreCounts
from mimecast.formatting import format_iso_utc
from mimecast.reports.exports.table import ExportTable, Row
from mimecast.store.people.read import DepartmentWeek

DEPARTMENT_COLUMNS: Final = ("account", "taken_at", "department", *ScoreCounts().as_mapping())
MOVEMENT_COLUMNS: Final = ("account", "then", "now", "grade_then", "grade_now", "users")
MOVEMENT_DEFINITIONS: Final = (
    ("grade_then, grade_now", "Empty for users who were not graded at that time: they joined or left."),
)


def departments_table(rows: Iterable[Row]) -> ExportTable:
    """Return rows of `department_rows` as `export --data departments` writes them."""
    return ExportTable("Departments", DEPARTMENT_COLUMNS, ("taken_at",), rows)


def movement_table(rows: Iterable[Row]) -> ExportTable:
    """Return rows of `movement_rows` as `export --data movement` writes them."""
    return ExportTable("Movement", MOVEMENT_COLUMNS, ("then", "now"), rows, MOVEMENT_DEFINITIONS)


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
