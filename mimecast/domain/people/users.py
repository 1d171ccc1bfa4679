"""Users as Mimecast lists them, and the tally of one list: departments, component grades and pseudonyms.

A list has names and addresses, which live in memory only, for as long as it takes to count them.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias

from mimecast.domain.scores import GRADES, OTHER, ScoreCounts
from mimecast.formatting import join_and, pluralize, single_line

NOT_GRADED: Final = ""
"""The grade of a user who has none."""

COMPONENTS: Final = ("human_error", "engagement", "knowledge", "sentiment")
"""The four component grades, in the order in which they are shown."""

COMPONENT_NAMES: Final = dict(zip(COMPONENTS, ("Human error", "Engagement", "Knowledge", "Sentiment"), strict=True))

MAX_DEPARTMENT_CHARS: Final = 120
NO_DEPARTMENT: Final = "No department"
PSEUDONYM_BYTES: Final = 16
"""Bytes of a pseudonym: half of an HMAC-SHA-256, enough that no two users of any company share one."""

Pseudonym: TypeAlias = bytes


@dataclass(frozen=True, slots=True)
class ListedUser:
    """A user as Mimecast lists them. All fields are personal data, so the repr shows none of them.

    Attributes:
        address: The e-mail address; empty where the row has none.
        name: The name; often empty.
        department: The department; often empty.
        grade: `A` to `F`, `other` for a grade that Mimecast does not document, or `NOT_GRADED`.
        components: The component grades, in the order of `COMPONENTS`.
    """

    address: str = field(repr=False)
    name: str = field(repr=False)
    department: str = field(repr=False)
    grade: str = field(repr=False)
    components: tuple[str, str, str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ComponentCounts:
    """Users per grade of one component, and the users without a grade in it."""

    counts: ScoreCounts
    not_graded: int


def pseudonym_of(key: bytes, address: str) -> Pseudonym:
    """Return the pseudonym of a user: an HMAC-SHA-256 of the lower-cased address, cut to `PSEUDONYM_BYTES`.

    Without the key, it can neither be computed nor traced back by trying addresses.
    """
    return hmac.digest(key, address.strip().lower().encode("utf-8", "surrogatepass"), sha256)[:PSEUDONYM_BYTES]


def key_fingerprint(key: bytes) -> str:
    """Return what identifies a pseudonym key without revealing it: 32 hexadecimal digits."""
    return hmac.new(key, b"safe-score-dashboard pseudonym key", sha256).hexdigest()[:32]


def department_name(text: str) -> str:
    """Return a department's name on one line, to store and show; `NO_DEPARTMENT` where it is empty."""
    return single_line(unicodedata.normalize("NFC", text), MAX_DEPARTMENT_CHARS) or NO_DEPARTMENT


def parse_grade(value: object) -> str:
    """Return the grade to count: `A` to `F` in either case, `NOT_GRADED` for an empty value, otherwise `other`."""
    if value is None or value == "":
        return NOT_GRADED
    letter = value.strip().upper() if isinstance(value, str) else OTHER
    if not letter:
        return NOT_GRADED
    return letter if letter in GRADES else OTHER


_Row: TypeAlias = tuple[str, str, tuple[str, str, str, str]]
"""Department, grade and component grades."""


class PeopleTally:
    """The tally of one list of users, which keeps neither names nor addresses.

    A user listed twice counts once, with the last row. A user without an address is counted in the departments and the
    components, and has no pseudonym.
    """

    def __init__(self, identify: Callable[[str], Pseudonym]) -> None:
        """Count nothing yet; `identify` returns the pseudonym of an address."""
        self._identify = identify
        self._rows: dict[Pseudonym, _Row] = {}
        self._without_address: Counter[_Row] = Counter()
        self._shared: dict[_Row, _Row] = {}
        """One object for all equal rows, so that a user takes the memory of a dictionary entry."""
        self._departments: dict[str, str] = {}
        """Department names as they are stored, by what the rows have."""
        self.listed_twice = 0

    def add(self, user: ListedUser) -> None:
        """Count a user."""
        department = self._departments.get(user.department)
        if department is None:
            department = self._departments[user.department] = department_name(user.department)
        row = (department, user.grade, user.components)
        row = self._shared.setdefault(row, row)
        if not user.address.strip():
            self._without_address[row] += 1
            return
        pseudonym = self._identify(user.address)
        self.listed_twice += pseudonym in self._rows
        self._rows[pseudonym] = row

    @property
    def listed(self) -> int:
        """Users in the list, graded or not."""
        return len(self._rows) + self._without_address.total()

    @property
    def graded(self) -> int:
        """Users in the list who have a grade."""
        return sum(users for (_, grade, _), users in self._totals().items() if grade)

    def grades(self) -> dict[Pseudonym, str]:
        """Return the grade of each graded user who has an address."""
        return {pseudonym: grade for pseudonym, (_, grade, _) in self._rows.items() if grade}

    def departments(self) -> dict[str, ScoreCounts]:
        """Return the graded users per department and grade.

        Names that differ in case only are one department, which has the most common spelling.
        """
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        users: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (department, grade, _), count in self._totals().items():
            if grade:
                spellings[department.casefold()][department] += count
                users[department.casefold()][grade] += count
        return {_most_common(spellings[key]): ScoreCounts.from_mapping(grades) for key, grades in users.items()}

    def components(self) -> dict[str, ComponentCounts]:
        """Return the users per grade of each component, in the order of `COMPONENTS`."""
        counts: dict[str, Counter[str]] = {component: Counter() for component in COMPONENTS}
        for (_, _, grades), users in self._totals().items():
            for component, grade in zip(COMPONENTS, grades, strict=True):
                counts[component][grade] += users
        return {component: _component_counts(grades) for component, grades in counts.items()}

    def _totals(self) -> Counter[_Row]:
        return Counter(self._rows.values()) + self._without_address


def _most_common(spellings: Counter[str]) -> str:
    """Return the most common spelling, of several the first in the alphabet."""
    return min(spellings, key=lambda name: (-spellings[name], name))


def _component_counts(grades: Counter[str]) -> ComponentCounts:
    not_graded = grades.pop(NOT_GRADED, 0)
    return ComponentCounts(ScoreCounts.from_mapping(grades), not_graded)


def odd_rows_warning(odd: Mapping[str, int]) -> str:
    """Return one sentence about the rows of a list that were not as expected, empty without any.

    Args:
        odd: How many rows were odd, by what was odd about them, for example `without an address`.
    """
    parts = [f"{pluralize(count, 'row')} {oddity}" for oddity, count in odd.items() if count]
    return f"Mimecast's list of users has {join_and(parts)}." if parts else ""


def tally_users(users: Iterable[ListedUser], identify: Callable[[str], Pseudonym]) -> PeopleTally:
    """Return the tally of a list of users, which is read once."""
    tally = PeopleTally(identify)
    for user in users:
        tally.add(user)
    return tally
