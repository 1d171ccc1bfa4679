"""Grades, score counts and what follows from them. Pure values; nothing here asks, stores or draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

GRADES: Final = ("A", "B", "C", "D", "F")
"""Mimecast's grades from best to worst. There is no E."""

AT_RISK: Final = ("D", "F")
DOING_WELL: Final = ("A", "B")

OTHER: Final = "other"
"""Users whose grade is a letter that Mimecast does not document; counted as graded, never dropped."""

MAX_USERS: Final = 1_000_000_000
"""More users than this in one grade is a broken answer, and would not fit every database."""


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
        """Build from `{"A": 5, ..., "other": 0}`, keys in any case; a missing key counts 0."""
        return cls(**{letter.lower(): count for letter, count in counts.items()})

    def users(self, grade: str) -> int:
        """Users with this grade (a letter, or `other`)."""
        return int(getattr(self, grade.lower()))

    def as_mapping(self) -> dict[str, int]:
        """`{"a": users, ..., "f": users, "other": users}`, best grade first."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def users_graded(self) -> int:
        return self.a + self.b + self.c + self.d + self.f + self.other

    @property
    def at_risk(self) -> int:
        """Users with grade D or F."""
        return self.d + self.f

    @property
    def doing_well(self) -> int:
        """Users with grade A or B."""
        return self.a + self.b

    def share(self, users: int) -> float | None:
        """`users` in percent of users graded, or None when nobody is graded."""
        return share(users, self.users_graded)

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, with `other` last when somebody has such a grade."""
        return (*GRADES, OTHER) if self.other else GRADES


def share(users: int, users_graded: int) -> float | None:
    """`users` in percent of `users_graded`, or None when nobody is graded: a share of nobody is undefined."""
    return 100.0 * users / users_graded if users_graded else None
