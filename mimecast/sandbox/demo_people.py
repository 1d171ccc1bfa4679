"""The made-up company's users, whose grades add up to its score counts on every day.

The departments have a story: Finance falls for the phishing campaign and recovers, the reorganisation brings Customer
Support users who need training, and Sales stays behind. Users have numbers instead of names.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from mimecast.api.auth import utc_now
from mimecast.domain.people.users import COMPONENTS, ListedUser
from mimecast.domain.scores import GRADES, ScoreCounts
from mimecast.sandbox.demo_company import FUTURE_DAYS, HISTORY_DAYS, PHISHING_DAY, REORGANISATION_DAY, SEED, DemoCompany

DEPARTMENTS: Final = (
    #  name, percent of the users, tendency to get worse (0 to 1)
    ("Operations", 17, 0.50),
    ("Sales", 16, 0.78),
    ("Customer Support", 15, 0.62),
    ("Engineering", 14, 0.25),
    ("Finance", 10, 0.42),
    ("Marketing", 8, 0.55),
    ("IT", 6, 0.08),
    ("Human Resources", 5, 0.30),
    ("Facilities", 3, 0.60),
    ("Legal", 3, 0.22),
    ("Internal Audit", 0.6, 0.10),
    ("Executive Office", 0.4, 0.66),
    ("", 2, 0.50),
)
"""The last one is for users without a department."""

CANDIDATES: Final = 2
"""Users drawn for each change of a grade; the one whose department tends most to it changes."""

DAILY_SWAPS: Final = 1
"""Users a day who cross from each grade to the next, and as many who cross back."""

PHISHING_RECOVERY_DAYS: Final = 120


@dataclass(slots=True)
class _User:
    number: int
    department: int
    grade: int


class DemoPeople:
    """The users of the demo company on every day from its first. Days are simulated in order, each once."""

    def __init__(self, company: DemoCompany, *, seed: int = SEED) -> None:
        """Generate the users of the company's first day."""
        self._company = company
        self._rng = random.Random(seed)  # noqa: S311 - not a secret
        self._day = 0
        self._next_number = 1
        self._users: list[list[_User]] = [[] for _ in GRADES]
        for grade, users in enumerate(_counts(company.counts_on(company.first_day))):
            for _ in range(users):
                self._add(grade, self._department(grade))

    def users_on(self, day: date) -> list[ListedUser]:
        """Return the users on a day, which must not be before the last one that was asked for."""
        number = min(max((day - self._company.first_day).days, 0), HISTORY_DAYS + FUTURE_DAYS)
        while self._day < number:
            self._advance()
        users = sorted((user for group in self._users for user in group), key=lambda user: user.number)
        return [_listed(user.number, user.department, user.grade) for user in users]

    def history(self, days: set[int]) -> Iterator[tuple[date, list[ListedUser]]]:
        """Yield the users on some days, counted from the first, in order."""
        for number in sorted(days):
            day = self._company.first_day + timedelta(days=number)
            yield day, self.users_on(day)

    def _advance(self) -> None:
        self._day += 1
        target = _counts(self._company.counts_on(self._company.first_day + timedelta(days=self._day)))
        leavers = self._rng.random() < 0.6
        if leavers:
            self._remove()
        while self._total() < sum(target):
            reorganisation = REORGANISATION_DAY <= self._day <= REORGANISATION_DAY + 6
            grade = self._rng.choices(range(len(GRADES)), (2, 3, 5, 4, 2) if reorganisation else (5, 5, 4, 1, 1))[0]
            self._add(grade, 2 if reorganisation else self._department(grade))
        while self._total() > sum(target):
            self._remove()
        for better in range(len(GRADES) - 1):
            surplus = sum(len(group) for group in self._users[: better + 1]) - sum(target[: better + 1])
            swaps = DAILY_SWAPS if better else 2 * DAILY_SWAPS
            self._move(better, better + 1, swaps + max(surplus, 0))
            self._move(better + 1, better, swaps + max(-surplus, 0))
        for better in reversed(range(len(GRADES) - 1)):  # what a group that was too small left over
            surplus = sum(len(group) for group in self._users[: better + 1]) - sum(target[: better + 1])
            self._move(better, better + 1, max(surplus, 0))
            self._move(better + 1, better, max(-surplus, 0))

    def _move(self, source: int, target: int, users: int) -> None:
        """Move users to the next grade: of some drawn at random, those whose department tends most to it."""
        sign = 1 if target > source else -1
        group = self._users[source]
        for _ in range(min(users, len(group))):
            drawn = [self._rng.randrange(len(group)) for _ in range(CANDIDATES)]
            chosen = max(drawn, key=lambda index: sign * self._tendency(group[index].department) + self._rng.random())
            user = group[chosen]
            group[chosen] = group[-1]
            group.pop()
            user.grade = target
            self._users[target].append(user)

    def _tendency(self, department: int) -> float:
        """Return how much a department tends to get worse on the current day."""
        name, _, tendency = DEPARTMENTS[department]
        if name == "Finance":
            if PHISHING_DAY <= self._day < PHISHING_DAY + 10:
                return 1.0
            if PHISHING_DAY + 10 <= self._day < PHISHING_DAY + PHISHING_RECOVERY_DAYS:
                return 0.0
        if name == "Customer Support" and self._day > REORGANISATION_DAY + 120:
            return 0.2
        return tendency

    def _department(self, grade: int) -> int:
        """Return a department for a new user; those with a tendency to get worse have more users at risk."""
        weights = [size * (tendency if grade >= 3 else 0.5) for _, size, tendency in DEPARTMENTS]
        return self._rng.choices(range(len(DEPARTMENTS)), weights)[0]

    def _add(self, grade: int, department: int) -> None:
        self._users[grade].append(_User(self._next_number, department, grade))
        self._next_number += 1

    def _remove(self) -> None:
        sizes = [len(group) for group in self._users]
        group = self._users[self._rng.choices(range(len(GRADES)), sizes)[0]]
        group.pop(self._rng.randrange(len(group)))

    def _total(self) -> int:
        return sum(len(group) for group in self._users)


def _counts(counts: ScoreCounts) -> list[int]:
    return [counts.users(grade) for grade in GRADES]


@cache
def _listed(number: int, department: int, grade: int) -> ListedUser:
    components = tuple(_component(number, grade, index) for index in range(len(COMPONENTS)))
    return ListedUser(
        f"employee-{number:04}@contoso.example",
        f"Employee {number:04}",
        DEPARTMENTS[department][0],
        GRADES[grade],
        (components[0], components[1], components[2], components[3]),
    )


def _component(number: int, grade: int, component: int) -> str:
    """Return a component grade near the user's grade; human error and sentiment are missing for some users."""
    roll = (number * 2654435761 + component * 40503) % 1000
    if (component == 0 and roll < 180) or (component == 3 and roll >= 420):
        return ""
    shift = (roll // 7) % 5 - 2
    return GRADES[min(max(grade + (shift if abs(shift) < 2 else shift // 2), 0), len(GRADES) - 1)]


class UsersOfToday:
    """The demo company's users today. Threads may share it; the company's past is simulated at the first call."""

    def __init__(self, company: DemoCompany, *, clock: Callable[[], datetime] = utc_now) -> None:
        """Use the day of `clock` (UTC)."""
        self._company = company
        self._clock = clock
        self._lock = threading.Lock()
        self._people: DemoPeople | None = None
        self._day: date | None = None
        self._users: list[ListedUser] = []

    def __call__(self) -> list[ListedUser]:
        """Return the users of today."""
        day = self._clock().date()
        with self._lock:
            if self._people is None:
                self._people = DemoPeople(self._company)
            if self._day != day:
                self._users, self._day = self._people.users_on(day), day
            return self._users
