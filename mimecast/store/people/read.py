"""Reading people data: lists of users, departments, component grades, movement and time at risk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Row, func, literal, select

from mimecast.domain.people.departments import MIN_COMPARED_DAYS, merge_small
from mimecast.domain.people.movement import (
    TIME_AT_RISK_DAYS,
    GradeInterval,
    Movement,
    TimeAtRisk,
    at_risk_since,
    time_at_risk,
)
from mimecast.domain.people.users import COMPONENTS, NOT_GRADED, ComponentCounts, Pseudonym
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


def load_newest_capture(store: Store, account: str) -> PeopleCapture | None:
    """Return the account's newest list, or None without any. Raises StoreError."""
    if not store.has_table(people_captures):
        return None
    columns = people_captures.c
    query = select(people_captures).where(columns.account == account).order_by(columns.taken_at.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(query).first()
    return _capture(row) if row else None


def load_captures(store: Store, account: str) -> list[PeopleCapture]:
    """Return the account's lists, oldest first. Raises StoreError."""
    if not store.has_table(people_captures):
        return []
    query = select(people_captures).where(people_captures.c.account == account).order_by(people_captures.c.taken_at)
    with store.reading() as connection:
        return [_capture(row) for row in connection.execute(query)]


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


def load_compared_weeks(
    store: Store, account: str, min_group_size: int, *, until: datetime | None = None
) -> tuple[DepartmentWeek, DepartmentWeek | None] | None:
    """Return the newest departments and those to compare them with, merged again with the current minimum.

    Args:
        store: The store.
        account: The account's id.
        min_group_size: The graded users that a department must have.
        until: The instant (UTC) after which lists are left out; None for all lists.

    Returns:
        The last week, and the last one whose list is at least `MIN_COMPARED_DAYS` older, if any; None without any week.

    Raises:
        StoreError: The store cannot be read.
    """
    if not store.has_table(department_counts):
        return None
    columns = department_counts.c
    lists = (
        select(columns.week, func.max(columns.taken_at))
        .where(columns.account == account)
        .group_by(columns.week)
        .order_by(columns.week.desc())
    )
    with store.reading() as connection:
        weeks = [(week, _instant(taken_at)) for week, taken_at in connection.execute(lists)]

        def last(latest: datetime | None) -> DepartmentWeek | None:
            for week, taken_at in weeks:
                if latest is None or taken_at <= latest:
                    rows = connection.execute(
                        select(department_counts).where(columns.account == account, columns.week == week)
                    )
                    listed = {row.department: _score_counts(row) for row in rows}
                    if departments := merge_small(listed, min_group_size):
                        return DepartmentWeek(week, taken_at, departments)
            return None

        newest = last(until)
        return None if newest is None else (newest, last(newest.taken_at - timedelta(days=MIN_COMPARED_DAYS)))


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
    columns = people_captures.c
    first_and_last = select(func.min(columns.taken_at), func.max(columns.taken_at)).where(
        columns.account == account, columns.has_intervals == 1
    )
    if not store.has_table(people_captures):
        return None
    with store.reading() as connection:
        first, last = connection.execute(first_and_last).one()
        if first is None:
            return None
        now = _instant(last)
        since = _at_risk_since(connection, account, now - timedelta(days=max(TIME_AT_RISK_DAYS)))
    return time_at_risk(since, now, _instant(first))


def load_at_risk_since(store: Store, account: str) -> dict[Pseudonym, int]:
    """Return since when each user at risk has been so (seconds since 1970-01-01 UTC). Raises StoreError."""
    with store.reading() as connection:
        return _at_risk_since(connection, account)


def load_fingerprint(store: Store, account: str) -> str | None:
    """Return the fingerprint of the key behind the account's pseudonyms, or None without any. Raises StoreError."""
    if not store.has_table(people_keys):
        return None
    with store.reading() as connection:
        return connection.scalar(select(people_keys.c.fingerprint).where(people_keys.c.account == account))


def _at_risk_since(connection: Connection, account: str, known_from: datetime | None = None) -> dict[Pseudonym, int]:
    """Return since when each user at risk has been so.

    A user who has been at risk since before `known_from` gets an instant until then, which need not be the first.
    """
    columns = grade_intervals.c
    interval = (columns.pseudonym, columns.grade, columns.began, columns.ended)
    at_risk = select(*interval).where(columns.account == account, columns.grade.in_(AT_RISK))
    lasting = at_risk.where(columns.ended.is_(None))
    ended = at_risk.where(columns.ended > (int(known_from.timestamp()) if known_from else 0))
    newest_first = chain(
        connection.execute(lasting).all(),
        connection.execute(ended.order_by(columns.ended.desc(), columns.began.desc())).all(),
    )
    return at_risk_since(GradeInterval._make(row) for row in newest_first)


def _count_pairs(connection: Connection, account: str, then: int, now: int) -> dict[tuple[str, str], int]:
    """Return the users by their grades at two instants.

    Users whose interval covers both instants are counted by the database, the others are matched by pseudonym here:
    SQLite takes twice as long to match 50,000 users.
    """
    columns = grade_intervals.c
    of_account = columns.account == account
    user_and_grade = select(columns.pseudonym, columns.grade)
    lasts, lasts_until_now = columns.ended.is_(None), columns.ended > now
    pairs: Counter[tuple[str, str]] = Counter()
    ended = user_and_grade.where(of_account, columns.began <= then, columns.ended > then, columns.ended <= now)
    grades_then = dict(connection.execute(ended).all())
    for covers_now in (lasts, lasts_until_now):  # apart, so that each is one range of the index
        unchanged = select(columns.grade, func.count()).where(of_account, covers_now, columns.began <= then)
        for grade, users in connection.execute(unchanged.group_by(columns.grade)):
            pairs[grade, grade] += users
        began = user_and_grade.where(of_account, covers_now, columns.began > then, columns.began <= now)
        for pseudonym, grade in connection.execute(began).all():  # twice as fast as row by row
            pairs[grades_then.pop(pseudonym, NOT_GRADED), grade] += 1
    pairs.update((grade, NOT_GRADED) for grade in grades_then.values())
    return dict(pairs)


def _capture(row: Row[Any]) -> PeopleCapture:
    return PeopleCapture(_instant(row.taken_at), row.listed, row.graded, row.summary_graded, bool(row.has_intervals))


def _score_counts(row: object) -> ScoreCounts:
    return ScoreCounts(*(getattr(row, name) for name in _COUNTS))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
