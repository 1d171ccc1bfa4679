"""Reading people data: lists of users, departments, component grades, movement and time at risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Connection, Integer, String, func, literal, null, or_, select, union_all
from sqlalchemy import cast as sql_cast

from mimecast.domain.people.departments import merge_small
from mimecast.domain.people.movement import GradeInterval, Movement, TimeAtRisk, at_risk_since, time_at_risk
from mimecast.domain.people.users import COMPONENTS, ComponentCounts, Pseudonym
from mimecast.domain.scores import AT_RISK, ScoreCounts
from mimecast.store.database.tables import (
    component_counts,
    department_counts,
    grade_intervals,
    people_captures,
    people_keys,
)
from mimecast.store.store import Store

_COUNTS: Final = tuple(ScoreCounts().as_mapping())


@dataclass(frozen=True, slots=True)
class PeopleCapture:
    """A list of users that was counted: its instant (UTC), its totals and the snapshot's."""

    taken_at: datetime
    listed: int
    graded: int
    summary_graded: int
    has_intervals: bool


@dataclass(frozen=True, slots=True)
class DepartmentWeek:
    """The departments of a week's last list (`taken_at`, UTC), with those that are too small merged."""

    week: date
    taken_at: datetime
    departments: dict[str, ScoreCounts]


def has_people(store: Store, account: str | None = None) -> bool:
    """Return whether people data of an account, or of any, is stored. Raises StoreError."""
    if not store.has_table(people_captures):
        return False
    with store.reading() as connection:
        return any(
            connection.execute(
                select(literal(1)).select_from(table).where(*([table.c.account == account] if account else [])).limit(1)
            ).first()
            for table in (people_captures, department_counts, grade_intervals, people_keys)
        )


def load_captures(store: Store, account: str) -> list[PeopleCapture]:
    """Return the account's lists, oldest first. Raises StoreError."""
    if not store.has_table(people_captures):
        return []
    query = select(people_captures).where(people_captures.c.account == account).order_by(people_captures.c.taken_at)
    with store.reading() as connection:
        return [
            PeopleCapture(_instant(row.taken_at), row.listed, row.graded, row.summary_graded, bool(row.has_intervals))
            for row in connection.execute(query)
        ]


def load_department_weeks(store: Store, account: str, min_group_size: int) -> list[DepartmentWeek]:
    """Return the departments of each week, oldest first, merged again with the current minimum. Raises StoreError."""
    if not store.has_table(department_counts):
        return []
    query = (
        select(department_counts)
        .where(department_counts.c.account == account)
        .order_by(department_counts.c.week, department_counts.c.department)
    )
    weeks: dict[date, tuple[int, dict[str, ScoreCounts]]] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            departments = weeks.setdefault(row.week, (row.taken_at, {}))[1]
            departments[row.department] = _score_counts(row)
    merged = [
        DepartmentWeek(week, _instant(taken_at), merge_small(departments, min_group_size))
        for week, (taken_at, departments) in weeks.items()
    ]
    return [week for week in merged if week.departments]


def load_components(store: Store, account: str, min_group_size: int) -> dict[str, ComponentCounts]:
    """Return the newest component grades; empty without any, or for too small a company. Raises StoreError."""
    if not store.has_table(component_counts):
        return {}
    newest = select(func.max(component_counts.c.week)).where(component_counts.c.account == account).scalar_subquery()
    query = select(component_counts).where(component_counts.c.account == account, component_counts.c.week == newest)
    with store.reading() as connection:
        components = {
            row.component: ComponentCounts(_score_counts(row), row.not_graded) for row in connection.execute(query)
        }
    if any(each.counts.users_graded + each.not_graded < min_group_size for each in components.values()):
        return {}
    return {component: components[component] for component in COMPONENTS if component in components}


def load_movement(store: Store, account: str, then: datetime, now: datetime) -> Movement:
    """Return how many users had which grade at two instants. Raises StoreError."""
    with store.reading() as connection:
        return Movement(then, now, _count_pairs(connection, account, int(then.timestamp()), int(now.timestamp())))


def load_time_at_risk(store: Store, account: str) -> TimeAtRisk | None:
    """Return how long the users at risk have been so, or None without intervals. Raises StoreError."""
    captures = [capture for capture in load_captures(store, account) if capture.has_intervals]
    if not captures:
        return None
    return time_at_risk(load_at_risk_since(store, account), captures[-1].taken_at, captures[0].taken_at)


def load_at_risk_since(store: Store, account: str) -> dict[Pseudonym, int]:
    """Return since when each user at risk has been so (seconds since 1970-01-01 UTC). Raises StoreError."""
    columns = grade_intervals.c
    at_risk_now = select(columns.pseudonym).where(
        columns.account == account, columns.ended.is_(None), columns.grade.in_(AT_RISK)
    )
    query = (
        select(columns.pseudonym, columns.grade, columns.began, columns.ended)
        .where(columns.account == account, columns.grade.in_(AT_RISK), columns.pseudonym.in_(at_risk_now))
        .order_by(columns.pseudonym, columns.began.desc())
    )
    with store.reading() as connection:
        return at_risk_since(GradeInterval(bytes(row[0]), *row[1:]) for row in connection.execute(query))


def load_fingerprint(store: Store, account: str) -> str | None:
    """Return the fingerprint of the key behind the account's pseudonyms, or None without any. Raises StoreError."""
    if not store.has_table(people_keys):
        return None
    with store.reading() as connection:
        return connection.scalar(select(people_keys.c.fingerprint).where(people_keys.c.account == account))


def _count_pairs(connection: Connection, account: str, then: int, now: int) -> dict[tuple[str, str], int]:
    """Return the users by their grades at two instants, counted by the database.

    Users whose interval covers both instants are counted by grade. Only the others are matched by pseudonym.
    """
    columns = grade_intervals.c
    of_account = columns.account == account
    lasts = columns.ended.is_(None)
    covers_then = (columns.began <= then) & or_(lasts, columns.ended > then)
    covers_now = (columns.began <= now) & or_(lasts, columns.ended > now)
    unchanged = select(columns.grade, func.count()).where(of_account, covers_then, covers_now).group_by(columns.grade)
    no_grade = sql_cast(null(), String(5))
    each = union_all(
        select(columns.pseudonym, columns.grade.label("then"), no_grade.label("now")).where(
            of_account, columns.began <= then, columns.ended > then, columns.ended <= now
        ),
        select(columns.pseudonym, no_grade, columns.grade).where(of_account, columns.began > then, covers_now),
    ).subquery()
    users = (
        select(
            func.coalesce(func.max(each.c.then), "").label("then"), func.coalesce(func.max(each.c.now), "").label("now")
        )
        .group_by(each.c.pseudonym)
        .subquery()
    )
    changed = select(users.c.then, users.c.now, sql_cast(func.count(), Integer)).group_by(users.c.then, users.c.now)
    pairs = {(grade, grade): count for grade, count in connection.execute(unchanged)}
    for grade_then, grade_now, count in connection.execute(changed):
        pairs[grade_then, grade_now] = pairs.get((grade_then, grade_now), 0) + count
    return pairs


def _score_counts(row: object) -> ScoreCounts:
    return ScoreCounts(*(getattr(row, name) for name in _COUNTS))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
