"""Generated history of lists of users: intervals of grades, departments and component grades."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import insert

from mimecast.domain.people.users import COMPONENTS, key_fingerprint, pseudonym_of
from mimecast.domain.scores import GRADES, ScoreCounts
from mimecast.domain.snapshot import Source
from mimecast.store.database.tables import (
    component_counts,
    department_counts,
    grade_intervals,
    people_captures,
    people_keys,
)
from mimecast.store.people.write import monday_of
from mimecast.store.store import Store

KEY: Final = b"key of the benchmark's pseudonyms"
DEPARTMENTS: Final = 80
CHANGING: Final = 0.01
"""Fraction of the users whose grade changes from one list to the next."""


def add_people(store: Store, account: str, instants: Sequence[int], users: int, rng: random.Random) -> None:
    """Store what lists at these instants (seconds since 1970-01-01 UTC, oldest first) would have left behind."""
    captures = {"account": account, "listed": users, "graded": users, "summary_graded": users, "has_intervals": 1}
    weeks = {monday_of(datetime.fromtimestamp(instant, UTC)): instant for instant in instants}
    names = (f"Department {number:02}" for number in range(DEPARTMENTS))
    departments = {name: _counts(users // DEPARTMENTS, rng.uniform(5, 30)) for name in names}
    with store.writing() as connection:
        connection.execute(
            insert(people_keys), [{"account": account, "fingerprint": key_fingerprint(KEY), "since": instants[0]}]
        )
        connection.execute(
            insert(people_captures),
            [captures | {"taken_at": instant, "source": Source.MIMECAST.value} for instant in instants],
        )
        for week, taken_at in weeks.items():
            row = {"account": account, "week": week, "taken_at": taken_at}
            connection.execute(
                insert(department_counts),
                [row | {"department": name} | counts.as_mapping() for name, counts in departments.items()],
            )
            connection.execute(
                insert(component_counts),
                [
                    row | {"component": name, "not_graded": users // 10} | _counts(users * 9 // 10, 12.0).as_mapping()
                    for name in COMPONENTS
                ],
            )
        connection.execute(insert(grade_intervals), _intervals(account, instants, users, rng))


def _counts(users: int, share: float) -> ScoreCounts:
    at_risk = int(users * share / 100)
    return ScoreCounts(a=users - at_risk - users // 3, b=users // 6, c=users // 3 - users // 6, d=at_risk)


def _intervals(account: str, instants: Sequence[int], users: int, rng: random.Random) -> list[dict[str, Any]]:
    """Return each user's intervals in the order of the primary key."""
    columns = ("account", "pseudonym", "began", "ended", "grade")
    pseudonyms = sorted(pseudonym_of(KEY, f"user{number}@contoso.example") for number in range(users))
    now = [(rng.choice(GRADES), instants[0]) for _ in pseudonyms]
    rows: list[tuple[str, bytes, int, int | None, str]] = []
    for instant in instants[1:]:
        for user in rng.sample(range(users), int(users * CHANGING)):
            grade, began = now[user]
            rows.append((account, pseudonyms[user], began, instant, grade))
            now[user] = (rng.choice([other for other in GRADES if other != grade]), instant)
    rows += [
        (account, pseudonym, began, None, grade) for pseudonym, (grade, began) in zip(pseudonyms, now, strict=True)
    ]
    return [dict(zip(columns, row, strict=True)) for row in sorted(rows, key=lambda row: row[1:3])]
