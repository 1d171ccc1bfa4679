"""Grades and score counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

GRADES: Final = ("A", "B", "C", "D", "F")
"""Mimecast's grades from best to worst. There is no E."""

AT_RISK: Final = ("D", "F")
DOING_WELL: Final = ("A", "B")
GROUPS: Final = ("at_risk", "doing_well")

OTHER: Final = "other"
"""Users whose grade is a letter that Mimecast does not document. They count as graded."""

MAX_USERS: Final = 1_000_000_000
"""More users than this in one grade mean a broken answer, and would not fit every database."""


@dataclass(frozen=True, slots=True)
class ScoreCounts:
    """Users per grade at one instant. Each field is a whole number of users, zero or more."""

    a: int = 0
    b: int = 0
    c: int = 0
    d: int = 0
    f: int = 0
    other: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            count = getattr(self, field.name)
            if type(count) is not int or count < 0:
                raise ValueError(f"{field.name} must be a whole number of users, zero or more")

    @classmethod
    def from_mapping(cls, counts: Mapping[str, int]) -> ScoreCounts:
        """Build from `{"A": 5, ..., "other": 0}`. Keys may have any case; a missing key counts as 0."""
        return cls(**{letter.lower(): count for letter, count in counts.items()})

    def as_mapping(self) -> dict[str, int]:
        """Return `{"a": users, ..., "f": users, "other": users}`, best grade first."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def users(self, name: str) -> int:
        """Return the users with a grade (`A` to `F`, `other`), of a group (`at_risk`) or all (`users_graded`)."""
        return int(getattr(self, name.lower()))

    @property
    def users_graded(self) -> int:
        """Users with any grade."""
        return self.a + self.b + self.c + self.d + self.f + self.other

    @property
    def at_risk(self) -> int:
        """Users with grade D or F."""
        return self.d + self.f

    @property
    def doing_well(self) -> int:
        """Users with grade A or B."""
        return self.a + self.b

    @property
    def at_risk_share(self) -> float | None:
        """Percent of users graded that are at risk, or None when no user has a grade from A to F."""
        return group_share(self.at_risk, self.users_graded, self.other)

    def share(self, users: int) -> float | None:
        """Return `users` in percent of users graded, or None when no users are graded."""
        return share(users, self.users_graded)

    def share_of(self, name: str) -> float | None:
        """Return the percentage of users graded that `users(name)` are, or None when it is undefined.

        The share of a group is undefined when no user has a grade from A to F: undocumented grades may mean anything.
        """
        if name in GROUPS:
            return group_share(self.users(name), self.users_graded, self.other)
        return self.share(self.users(name))

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, followed by `other` when a user has such a grade."""
        return grades_with_other(self)


def share(users: int, users_graded: int) -> float | None:
    """Return `users` in percent of `users_graded`, or None when no users are graded."""
    return 100.0 * users / users_graded if users_graded else None


def group_share(users: int, users_graded: int, other: int) -> float | None:
    """Return the users of a group in percent of users graded, or None when no user has a grade from A to F."""
    return share(users, users_graded) if users_graded > other else None


def grades_with_other(*counts: ScoreCounts) -> tuple[str, ...]:
    """Return the grades in order, followed by `other` when a user has such a grade in any of the counts."""
    return (*GRADES, OTHER) if any(each.other for each in counts) else GRADES
