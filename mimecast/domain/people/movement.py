"""Movement: how many users went from one grade to another between two lists, who joined and left, and time at risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from mimecast.domain.people.users import NOT_GRADED, Pseudonym
from mimecast.domain.scores import GRADES, OTHER

MIN_LISTED_SHARE: Final = 0.9
"""Smallest list that changes intervals, as a fraction of the users in the summary: one cut short would look like
thousands of leavers."""

TIME_AT_RISK_DAYS: Final = (30, 90, 180)

GRADES_AND_NONE: Final = (*GRADES, OTHER, NOT_GRADED)


class GradeInterval(NamedTuple):
    """A user's grade from `began` until just before `ended` (seconds since 1970-01-01 UTC), None while it lasts."""

    pseudonym: Pseudonym
    grade: str
    began: int
    ended: int | None

    def __repr__(self) -> str:
        return "GradeInterval()"


@dataclass(frozen=True, slots=True)
class Movement:
    """Users by their grade at two instants (UTC). `NOT_GRADED` means: not in the list then, or without a grade.

    Attributes:
        then: The earlier instant.
        now: The later instant.
        users: The users by (grade then, grade now); pairs without users are missing.
    """

    then: datetime
    now: datetime
    users: Mapping[tuple[str, str], int]

    def count(self, then: str, now: str) -> int:
        """Return the users with these grades."""
        return self.users.get((then, now), 0)

    def graded_then(self, grade: str | None = None) -> int:
        """Return the users with a grade at the earlier instant, or with this one."""
        return sum(count for (then, _), count in self.users.items() if (then == grade if grade is not None else then))

    def graded_now(self, grade: str | None = None) -> int:
        """Return the users with a grade at the later instant, or with this one."""
        return sum(count for (_, now), count in self.users.items() if (now == grade if grade is not None else now))

    @property
    def joined(self) -> int:
        """Users who are graded now and were not then."""
        return sum(count for (then, now), count in self.users.items() if not then and now)

    @property
    def left(self) -> int:
        """Users who were graded then and are not now."""
        return sum(count for (then, now), count in self.users.items() if then and not now)

    def improved(self, grade: str | None = None) -> int:
        """Return the users, with this grade then, whose grade is better now. Undocumented grades have no order."""
        return self._changed(grade, better=True)

    def worsened(self, grade: str | None = None) -> int:
        """Return the users, with this grade then, whose grade is worse now."""
        return self._changed(grade, better=False)

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, followed by `other` when a user has such a grade."""
        return (*GRADES, OTHER) if any(OTHER in pair for pair, count in self.users.items() if count) else GRADES

    def _changed(self, grade: str | None, *, better: bool) -> int:
        return sum(
            count
            for (then, now), count in self.users.items()
            if then in GRADES
            and now in GRADES
            and then != now
            and grade in (None, then)
            and (GRADES.index(now) < GRADES.index(then)) is better
        )


@dataclass(frozen=True, slots=True)
class TimeAtRisk:
    """How many of the users at risk have been so for how long.

    Attributes:
        users: The users at risk now.
        at_least: The users who have been at risk without interruption for at least so many days, by days.
        known_since: The first instant that is known (UTC): no user is known to have been at risk before it.
    """

    users: int
    at_least: Mapping[int, int]
    known_since: datetime


def matrix(then: Mapping[Pseudonym, str], now: Mapping[Pseudonym, str]) -> dict[tuple[str, str], int]:
    """Return the users by (grade then, grade now) of two lists."""
    users: dict[tuple[str, str], int] = {}
    for pseudonym in then.keys() | now.keys():
        pair = (then.get(pseudonym, NOT_GRADED), now.get(pseudonym, NOT_GRADED))
        users[pair] = users.get(pair, 0) + 1
    return users


def is_complete(graded: int, users_in_summary: int) -> bool:
    """Return whether a list with so many graded users is complete enough to change intervals."""
    return graded > 0 and graded >= MIN_LISTED_SHARE * users_in_summary


def at_risk_since(intervals: Iterable[GradeInterval]) -> dict[Pseudonym, int]:
    """Return since when each user who is at risk now has been so without interruption (seconds since 1970-01-01 UTC).

    Args:
        intervals: The intervals with a grade at risk, each user's from the newest to the oldest.
    """
    since: dict[Pseudonym, int] = {}
    for pseudonym, _, began, ended in intervals:
        if ended is None or since.get(pseudonym) == ended:
            since[pseudonym] = began
    return since


def time_at_risk(since: Mapping[Pseudonym, int], now: datetime, known_since: datetime) -> TimeAtRisk:
    """Return how many users have been at risk for `TIME_AT_RISK_DAYS`, for periods that the history covers."""
    at_least = {}
    for days in TIME_AT_RISK_DAYS:
        start = now - timedelta(days=days)
        if start >= known_since:
            at_least[days] = sum(began <= start.timestamp() for began in since.values())
    return TimeAtRisk(len(since), at_least, known_since)
