"""Writing people data: one list of users as counts per week and as changed intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select

from mimecast.domain.people.departments import merge_small
from mimecast.domain.people.movement import is_complete
from mimecast.domain.people.users import ComponentCounts, PeopleTally, Pseudonym
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Source
from mimecast.store.database.tables import (
    PEOPLE_TABLES,
    component_counts,
    department_counts,
    grade_intervals,
    people_captures,
    people_keys,
)
from mimecast.store.people.errors import MadeUpPeople, key_changed
from mimecast.store.people.retention import delete_before, newest_capture
from mimecast.store.store import Store

_INSERT_ROWS: Final = 5000
"""Intervals written with one statement."""


@dataclass(frozen=True, slots=True)
class PeopleList:
    """What is stored of one list of users.

    Attributes:
        account: The account's id.
        taken_at: When the snapshot that it belongs to was taken (UTC, whole seconds).
        departments: Users per department and grade, before small ones are merged.
        components: Users per grade of each component.
        listed: The users in the list.
        graded: Those of them who have a grade.
        summary_graded: Users graded in the snapshot.
        grades: The grade of each pseudonym; None below the level `movement`.
        source: The source of the list.
    """

    account: str
    taken_at: datetime
    departments: Mapping[str, ScoreCounts]
    components: Mapping[str, ComponentCounts]
    listed: int
    graded: int
    summary_graded: int
    grades: Mapping[Pseudonym, str] | None = field(default=None, repr=False)
    source: Source = Source.MIMECAST

    @classmethod
    def from_tally(
        cls,
        tally: PeopleTally,
        *,
        account: str,
        taken_at: datetime,
        summary_graded: int,
        with_intervals: bool,
        source: Source,
    ) -> PeopleList:
        """Return what is stored of a tally; the pseudonyms only with intervals."""
        return cls(
            account,
            taken_at,
            tally.departments(),
            tally.components(),
            tally.listed,
            tally.graded,
            summary_graded,
            tally.grades() if with_intervals else None,
            source,
        )

    @property
    def is_complete(self) -> bool:
        """Whether the list has enough of the summary's users to change intervals."""
        return is_complete(self.graded, self.summary_graded)


def save_people(
    store: Store,
    people: PeopleList,
    *,
    min_group_size: int,
    retention: timedelta,
    fingerprint: str | None = None,
) -> None:
    """Store a list of users in one transaction, and delete the intervals that ended before the retention.

    A company with fewer graded users than `min_group_size` is left out. A list that is older than the newest one, or
    cut short, changes no interval.

    Args:
        store: The store.
        people: The list.
        min_group_size: The graded users that a department must have.
        retention: For how long intervals that have ended are kept.
        fingerprint: Identifies the key of the pseudonyms; None without pseudonyms.

    Raises:
        KeyChanged: The stored pseudonyms were made with another key.
        MadeUpPeople: The list is the sandbox's, and the account has a real one.
        StoreError: The store cannot be read or written.
    """
    with store.writing() as connection:
        save_people_in(connection, people, min_group_size=min_group_size, retention=retention, fingerprint=fingerprint)


def save_people_in(
    connection: Connection, people: PeopleList, *, min_group_size: int, retention: timedelta, fingerprint: str | None
) -> None:
    """Store a list of users like `save_people`, in the caller's transaction."""
    _replace_made_up(connection, people)
    if fingerprint:
        require_key(connection, people.account, fingerprint)
    if people.graded < min_group_size:
        return
    newest = newest_capture(connection, people.account)
    taken_at = int(people.taken_at.timestamp())
    changes_intervals = people.grades is not None and people.is_complete and (newest is None or newest < taken_at)
    if fingerprint and changes_intervals:
        _save_key(connection, people, fingerprint)
    if people.grades is not None and changes_intervals:
        _save_intervals(connection, people.account, people.grades, taken_at)
    _save_capture(connection, people, has_intervals=changes_intervals)
    _save_week(connection, people, min_group_size)
    oldest_kept = int((people.taken_at - retention).timestamp())
    delete_before(connection, people.account, oldest_kept)


def require_key(connection: Connection, account: str, fingerprint: str) -> None:
    """Raise KeyChanged if the account's pseudonyms were made with another key than the one with this fingerprint."""
    stored = connection.scalar(select(people_keys.c.fingerprint).where(people_keys.c.account == account))
    if stored is not None and stored != fingerprint:
        raise key_changed(account)


def delete_people(connection: Connection, account: str | None = None) -> int:
    """Delete the people data of one account, or of all accounts; return the number of rows."""
    deleted = 0
    for table in PEOPLE_TABLES:
        statement = delete(table) if account is None else delete(table).where(table.c.account == account)
        deleted += connection.execute(statement).rowcount
    return deleted


def monday_of(instant: datetime) -> date:
    """Return the Monday of the ISO week of an instant, in UTC."""
    day = instant.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _replace_made_up(connection: Connection, people: PeopleList) -> None:
    """Delete what the sandbox listed once there is a real list; refuse its list from then on."""
    sources = set(
        connection.scalars(
            select(people_captures.c.source).where(people_captures.c.account == people.account).distinct()
        )
    )
    stored_is_made_up = any(Source(source).is_made_up for source in sources)
    if stored_is_made_up and not people.source.is_made_up:
        delete_people(connection, people.account)
    elif sources and not stored_is_made_up and people.source.is_made_up:
        raise MadeUpPeople(f"The sandbox listed users of {people.account}, which has a real list.")


def _save_key(connection: Connection, people: PeopleList, fingerprint: str) -> None:
    if connection.scalar(select(people_keys.c.account).where(people_keys.c.account == people.account)) is None:
        since = int(people.taken_at.timestamp())
        connection.execute(people_keys.insert().values(account=people.account, fingerprint=fingerprint, since=since))


def _save_intervals(connection: Connection, account: str, grades: Mapping[Pseudonym, str], taken_at: int) -> None:
    """End the intervals of users whose grade has changed or who have left, and begin those of new grades."""
    columns = grade_intervals.c
    lasting = select(columns.pseudonym, columns.grade, columns.began).where(
        columns.account == account, columns.ended.is_(None)
    )
    before = {pseudonym: (grade, start) for pseudonym, grade, start in connection.execute(lasting).all()}
    ended = [
        {"key": pseudonym, "start": start}
        for pseudonym, (grade, start) in before.items()
        if grades.get(pseudonym) != grade
    ]
    began = [
        {"account": account, "pseudonym": pseudonym, "began": taken_at, "ended": None, "grade": grade}
        for pseudonym, grade in grades.items()
        if before.get(pseudonym, ("",))[0] != grade
    ]
    if ended:  # by the whole key: SQLite would search an index by the end otherwise
        end = grade_intervals.update().where(
            columns.account == account, columns.pseudonym == bindparam("key"), columns.began == bindparam("start")
        )
        connection.execute(end.values(ended=taken_at), ended)
    for start in range(0, len(began), _INSERT_ROWS):
        connection.execute(grade_intervals.insert(), began[start : start + _INSERT_ROWS])


def _save_capture(connection: Connection, people: PeopleList, *, has_intervals: bool) -> None:
    key: dict[str, Any] = {"account": people.account, "taken_at": int(people.taken_at.timestamp())}
    same = [people_captures.c[name] == value for name, value in key.items()]
    connection.execute(delete(people_captures).where(*same))
    connection.execute(
        people_captures.insert().values(
            **key,
            listed=people.listed,
            graded=people.graded,
            summary_graded=people.summary_graded,
            has_intervals=int(has_intervals),
            source=people.source.value,
        )
    )


def _save_week(connection: Connection, people: PeopleList, min_group_size: int) -> None:
    """Store the departments and components of the list's week, in place of an earlier list of that week."""
    key: dict[str, Any] = {"account": people.account, "week": monday_of(people.taken_at)}
    taken_at = int(people.taken_at.timestamp())
    for table in (department_counts, component_counts):
        same_week = [table.c[name] == value for name, value in key.items()]
        if (connection.scalar(select(func.max(table.c.taken_at)).where(*same_week)) or 0) > taken_at:
            return
        connection.execute(delete(table).where(*same_week))
    departments = merge_small(people.departments, min_group_size)
    rows = [
        {**key, "department": name, "taken_at": taken_at, **counts.as_mapping()} for name, counts in departments.items()
    ]
    if rows:
        connection.execute(department_counts.insert(), rows)
    connection.execute(
        component_counts.insert(),
        [
            {**key, "component": name, "taken_at": taken_at, "not_graded": each.not_graded} | each.counts.as_mapping()
            for name, each in people.components.items()
        ],
    )
