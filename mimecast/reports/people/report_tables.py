"""The parts of a report about departments and movement, as tables that every format draws. They have counts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from mimecast.domain.people.departments import (
    DepartmentChange,
    add_counts,
    compare_departments,
)
from mimecast.domain.people.movement import Movement
from mimecast.domain.people.users import NOT_GRADED
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scores import AT_RISK
from mimecast.formatting import UNDEFINED, format_date, format_int, format_percent, format_points
from mimecast.store.people.read import DepartmentWeek, load_captures, load_compared_weeks, load_movement
from mimecast.store.store import Store
from mimecast.text.people import (
    department_changes_sentence,
    departments_headline,
    grade_column,
    joiners_sentence,
    movement_sentence,
    movement_title,
)

Value: TypeAlias = str | int | float | None


class Kind(StrEnum):
    """What a column holds: shares are in percent, points in percentage points."""

    TEXT = "text"
    USERS = "users"
    SHARE = "share"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """A table with its title, a headline (without a full stop, may be empty) and details, its columns and its rows."""

    title: str
    headline: str
    details: str
    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def sentence(self) -> str:
        """The headline and the details, as the paragraph above the table."""
        return " ".join(filter(None, (f"{self.headline}." if self.headline else "", self.details)))

    @property
    def cells(self) -> list[list[str]]:
        """The rows as text."""
        kinds = [kind for _, kind in self.columns]
        return [[format_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in self.rows]


def format_cell(value: Value, kind: Kind) -> str:
    """Return the text that readers see for a value."""
    if value is None:
        return UNDEFINED
    if isinstance(value, str):
        return value
    match kind:
        case Kind.SHARE:
            return format_percent(float(value))
        case Kind.POINTS:
            return format_points(float(value))
        case _:
            return format_int(int(value))


def load_people_tables(
    store: Store,
    account: str,
    zone: ZoneInfo,
    *,
    then: datetime | None,
    now: datetime,
    min_group_size: int,
    with_movement: bool,
) -> tuple[PeopleTable, ...]:
    """Return the tables of departments and of movement, those of which something is stored.

    Args:
        store: The store.
        account: The account's id.
        zone: The time zone of the reporting days.
        then: The snapshot that the report compares with (UTC); None without one.
        now: The snapshot that the report is about (UTC).
        min_group_size: The graded users that a department must have.
        with_movement: Whether movement is shown.

    Raises:
        StoreError: The store cannot be read.
    """
    weeks = load_compared_weeks(store, account, min_group_size, until=now)
    tables = [_departments_table(*weeks, zone)] if weeks else []
    if with_movement and then is not None:
        captures = [
            capture
            for capture in load_captures(store, account)
            if capture.has_intervals and capture.graded >= min_group_size
        ]
        ends = [
            next((capture.taken_at for capture in reversed(captures) if capture.taken_at <= instant), None)
            for instant in (then, now)
        ]
        if ends[0] and ends[1] and ends[0] < ends[1]:
            tables.append(_movement_table(load_movement(store, account, ends[0], ends[1]), zone))
    return tuple(tables)


def _departments_table(newest: DepartmentWeek, before: DepartmentWeek | None, zone: ZoneInfo) -> PeopleTable:
    departments = compare_departments(newest.departments, before.departments if before else None)
    company = add_counts(*newest.departments.values())
    then = reporting_day(before.taken_at, zone) if before else None
    headline = departments_headline(departments, company.at_risk_share or 0.0)
    changes = department_changes_sentence(departments, then)
    return PeopleTable(
        f"Departments on {format_date(reporting_day(newest.taken_at, zone))}",
        headline,
        changes,
        (
            ("Department", Kind.TEXT),
            ("At risk", Kind.SHARE),
            (f"Since {format_date(then)}" if then else "Change", Kind.POINTS),
            ("Users at risk", Kind.USERS),
            ("Users graded", Kind.USERS),
        ),
        tuple(_department_row(each) for each in departments),
    )


def _department_row(change: DepartmentChange) -> tuple[Value, ...]:
    counts = change.counts
    return (change.department, counts.at_risk_share, change.change, counts.at_risk, counts.users_graded)


def _movement_table(movement: Movement, zone: ZoneInfo) -> PeopleTable:
    then, now = (reporting_day(instant, zone) for instant in (movement.then, movement.now))
    grades = movement.shown_grades
    rows = [
        (
            "Joined" if row == NOT_GRADED else grade_column(row),
            *(movement.count(row, column) for column in grades),
            None if row == NOT_GRADED else movement.count(row, NOT_GRADED),
        )
        for row in (*grades, NOT_GRADED)
    ]
    sentences = [
        *(movement_sentence(movement, grade, then) for grade in AT_RISK),
        joiners_sentence(movement),
    ]
    return PeopleTable(
        f"Movement from {format_date(then)} (rows) to {format_date(now)} (columns)",
        movement_title(movement),
        " ".join(sentences),
        (("Grade then", Kind.TEXT), *((grade_column(grade), Kind.USERS) for grade in grades), ("Left", Kind.USERS)),
        tuple(rows),
    )
