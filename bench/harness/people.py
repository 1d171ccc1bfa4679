"""Generated lists of users, of whom some change their grade each day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from mimecast.domain.people.users import ListedUser, PeopleTally, key_fingerprint, pseudonym_of, tally_users
from mimecast.domain.scores import GRADES
from mimecast.domain.snapshot import Source
from mimecast.store.people.write import PeopleList, save_people
from mimecast.store.store import Store

KEY: Final = "key of the benchmark's pseudonyms, 32 characters or more"
DEPARTMENTS: Final = 80
CHANGING: Final = 0.01
"""Fraction of the users whose grade changes daily."""

KEEP_ALL: Final = timedelta(days=36500)


def listed_users(grades: list[str]) -> Iterator[ListedUser]:
    """Yield a user for each grade, in one of the departments."""
    for number, grade in enumerate(grades):
        department = f"Department {number % DEPARTMENTS}"
        yield ListedUser(f"user{number}@contoso.example", f"User {number}", department, grade, (grade, "A", "B", ""))


def tally(grades: list[str]) -> PeopleTally:
    """Count users with these grades under their pseudonyms."""
    key = KEY.encode()
    return tally_users(listed_users(grades), lambda address: pseudonym_of(key, address))


def daily_lists(
    account: str, users: int, first: datetime, days: int, rng: random.Random, *, changing: float = CHANGING
) -> Iterator[PeopleList]:
    """Yield a list of users a day, beginning with the instant `first`."""
    grades = [rng.choice(GRADES) for _ in range(users)]
    counted = tally(grades)
    pseudonyms, departments, components = list(counted.grades()), counted.departments(), counted.components()
    for day in range(days):
        for user in rng.sample(range(users), int(users * changing) if day else 0):
            grades[user] = rng.choice([grade for grade in GRADES if grade != grades[user]])
        yield PeopleList(
            account,
            first + timedelta(days=day),
            departments,
            components,
            users,
            users,
            users,
            dict(zip(pseudonyms, grades, strict=True)),
            Source.MIMECAST,
        )


def save_list(store: Store, people: PeopleList) -> None:
    """Store a list under the benchmark's key, and delete nothing."""
    save_people(store, people, min_group_size=10, retention=KEEP_ALL, fingerprint=key_fingerprint(KEY.encode()))
