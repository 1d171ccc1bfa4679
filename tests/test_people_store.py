"""People data in the store: weeks, intervals, retention, keys, and that deleted data is gone."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mimecast.domain.people.movement import matrix, time_at_risk
from mimecast.domain.people.users import ComponentCounts, key_fingerprint, pseudonym_of
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.store.database.tables import PEOPLE_TABLES, grade_intervals
from mimecast.store.maintenance.backup import write_backup
from mimecast.store.maintenance.rename import RenameRejected, rename_account
from mimecast.store.maintenance.restore import RestoreMode, restore_backup
from mimecast.store.maintenance.transfer import copy_store
from mimecast.store.people.errors import KeyChanged, MadeUpPeople
from mimecast.store.people.forget import forget_people
from mimecast.store.people.read import (
    has_people,
    load_at_risk_since,
    load_captures,
    load_compared_weeks,
    load_components,
    load_department_weeks,
    load_fingerprint,
    load_movement,
    load_time_at_risk,
)
from mimecast.store.people.write import PeopleList, save_people
from mimecast.store.store import Store
from tests.support.stores.statements import recorded_statements

pytestmark = pytest.mark.databases("sqlite", "postgresql")

KEY = b"k" * 32
FIRST = datetime(2026, 10, 5, 3, tzinfo=UTC)  # a Monday
RETENTION = timedelta(days=400)


def people(day: int, grades: dict[str, str], *, account: str = "contoso", summary: int | None = None) -> PeopleList:
    counts = ScoreCounts.from_mapping({grade: list(grades.values()).count(grade) for grade in set(grades.values())})
    return PeopleList(
        account,
        FIRST + timedelta(days=day),
        {"Sales": counts, "Board": ScoreCounts(f=2)},
        {"knowledge": ComponentCounts(counts, 0)},
        len(grades),
        len(grades),
        len(grades) if summary is None else summary,
        {pseudonym_of(KEY, name): grade for name, grade in grades.items()},
    )


def save(store: Store, listed: PeopleList, *, key: bytes = KEY, retention: timedelta = RETENTION) -> None:
    save_people(store, listed, min_group_size=5, retention=retention, fingerprint=key_fingerprint(key))


def grades(worse: int = 0, users: int = 20) -> dict[str, str]:
    return {f"user{number}": "F" if number < worse else "B" for number in range(users)}


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(grade_intervals)) or 0


def test_movement_between_any_two_lists_is_that_of_their_users(store: Store) -> None:
    days = {0: grades(3), 7: grades(5, 22), 30: {**grades(1, 18), "new": "D"}}
    for day, listed in days.items():
        save(store, people(day, listed))
    for then in days:
        for now in days:
            if then < now:
                loaded = load_movement(store, "contoso", FIRST + timedelta(days=then), FIRST + timedelta(days=now))
                assert loaded.users == matrix(
                    {name.encode(): grade for name, grade in days[then].items()},
                    {name.encode(): grade for name, grade in days[now].items()},
                )


def test_a_list_that_changes_nothing_adds_no_interval(store: Store) -> None:
    for day in range(3):
        save(store, people(day, grades(3)))
    assert count(store) == 20
    assert [capture.taken_at.day for capture in load_captures(store, "contoso")] == [5, 6, 7]


def test_a_list_that_was_cut_short_changes_no_interval(store: Store) -> None:
    save(store, people(0, grades(3)))
    save(store, people(1, grades(3, 10), summary=20))
    assert [capture.has_intervals for capture in load_captures(store, "contoso")] == [True, False]
    assert count(store) == 20


def test_departments_are_kept_once_a_week_and_small_ones_are_merged_before(store: Store) -> None:
    for day in (0, 6, 7):
        save(store, people(day, grades(day)))
    weeks = load_department_weeks(store, "contoso", 5)
    assert [(week.week, week.taken_at.day) for week in weeks] == [(date(2026, 10, 5), 11), (date(2026, 10, 12), 12)]
    assert list(weeks[0].departments) == ["Smaller departments"]
    assert load_components(store, "contoso", 5)["knowledge"].counts.f == 7
    assert load_department_weeks(store, "contoso", 30) == []
    assert load_components(store, "contoso", 30) == {}


def test_a_company_smaller_than_the_minimum_is_not_stored(store: Store) -> None:
    save(store, people(0, grades(1, 4)))
    assert not has_people(store, "contoso")


def test_time_at_risk_counts_from_the_first_bad_grade(store: Store) -> None:
    for day, worse in ((0, 2), (40, 5), (100, 6)):
        save(store, people(day, grades(worse)))
    counted = load_time_at_risk(store, "contoso")
    assert counted is not None
    assert (counted.users, counted.at_least) == (6, {30: 5, 90: 2})


def test_time_at_risk_reads_a_part_of_the_history_and_counts_as_from_all_of_it(store: Store) -> None:
    rng = random.Random(7)
    listed = {f"user{number}": "F" for number in range(30)}
    for day in range(0, 400, 20):
        for name in rng.sample(sorted(listed), 6):
            listed[name] = rng.choice("BDF")
        absent = rng.choice(sorted(listed))
        save(store, people(day, {name: grade for name, grade in listed.items() if name != absent}))
    counted, since = load_time_at_risk(store, "contoso"), load_at_risk_since(store, "contoso")
    assert counted is not None
    assert counted == time_at_risk(since, FIRST + timedelta(days=380), FIRST)
    assert counted.users > counted.at_least[90] > counted.at_least[180] > 0


def test_departments_are_compared_with_the_last_list_at_least_28_days_earlier(store: Store) -> None:
    for day in (0, 7, 14, 35, 42):
        save(store, people(day, grades(day // 7)))

    def compared(until: int | None) -> list[int | None]:
        weeks = load_compared_weeks(store, "contoso", 5, until=None if until is None else FIRST + timedelta(days=until))
        return [(week.taken_at - FIRST).days if week else None for week in weeks or ()]

    assert compared(None) == [42, 14]
    assert compared(40) == [35, 7]
    assert compared(20) == [14, None]
    assert load_compared_weeks(store, "contoso", 30) is None
    assert load_compared_weeks(store, "fabrikam", 5) is None


@pytest.mark.databases("sqlite")
def test_movement_and_time_at_risk_are_read_by_an_index(store: Store, store_url: str) -> None:
    for day in (0, 30):
        save(store, people(day, grades(day)))
    with recorded_statements() as statements:
        load_movement(store, "contoso", FIRST, FIRST + timedelta(days=30))
        load_time_at_risk(store, "contoso")
        load_compared_weeks(store, "contoso", 5)
    with closing(sqlite3.connect(store_url.removeprefix("sqlite:///"))) as connection:
        for statement in statements:
            if statement.startswith("SELECT") and "sqlite_master" not in statement:
                rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?"))
                assert not [row[3] for row in rows if row[3].startswith("SCAN")], statement


def test_retention_deletes_what_ended_before_and_keeps_what_lasts(store: Store) -> None:
    save(store, people(0, grades(3)))
    save(store, people(10, grades(0)))
    assert count(store) == 23
    save(store, people(100, grades(0)), retention=timedelta(days=60))
    assert count(store) == 20
    assert [capture.taken_at for capture in load_captures(store, "contoso")] == [FIRST + timedelta(days=100)]


def test_another_key_is_refused_until_the_data_is_forgotten(store: Store) -> None:
    save(store, people(0, grades()))
    with pytest.raises(KeyChanged, match="people forget"):
        save(store, people(1, grades()), key=b"o" * 32)
    assert len(load_captures(store, "contoso")) == 1
    forget_people(store, "contoso")
    save(store, people(1, grades()), key=b"o" * 32)
    assert load_fingerprint(store, "contoso") == key_fingerprint(b"o" * 32)


def test_a_real_list_replaces_the_sandboxs_and_never_the_other_way_round(store: Store) -> None:
    save(store, replace(people(0, grades()), source=Source.SANDBOX))
    save(store, people(1, grades()))
    assert len(load_captures(store, "contoso")) == 1
    with pytest.raises(MadeUpPeople):
        save(store, replace(people(2, grades()), source=Source.SANDBOX))


def test_forgetting_one_account_keeps_the_others(store: Store) -> None:
    save(store, people(0, grades()))
    save(store, people(0, grades(), account="fabrikam"))
    assert forget_people(store, "contoso") > 20
    assert not has_people(store, "contoso")
    assert has_people(store, "fabrikam")


@pytest.mark.databases("sqlite")
def test_forgotten_pseudonyms_are_gone_from_the_files(store: Store, store_url: str) -> None:
    save(store, people(0, grades()))
    save(store, people(1, grades(4)))
    folder = Path(store_url.removeprefix("sqlite:///")).parent

    def stored() -> bytes:
        return b"".join(file.read_bytes() for file in folder.iterdir())

    pseudonym = pseudonym_of(KEY, "user1")
    assert pseudonym in stored()
    forget_people(store)
    assert pseudonym not in stored()


def test_everything_survives_backup_restore_copy_and_rename(store: Store, tmp_path: Path) -> None:
    store.add([Snapshot("contoso", FIRST, ScoreCounts(a=20))])
    save(store, people(0, grades(2)))
    save(store, people(7, grades(4)))
    backup, restored_url = tmp_path / "backup.db", f"sqlite:///{tmp_path / 'restored.db'}"
    rows = write_backup(store, backup)
    assert all(rows[table.name] for table in PEOPLE_TABLES)
    assert restore_backup(restored_url, backup, mode=RestoreMode.REFUSE, now=FIRST).rows == rows
    restored = Store.open(restored_url)
    other = Store.open(f"sqlite:///{tmp_path / 'copy.db'}")
    assert copy_store(restored, other) == rows
    rename_account(other, "contoso", "fabrikam")
    then, now = FIRST, FIRST + timedelta(days=7)
    assert load_movement(other, "fabrikam", then, now).users == load_movement(store, "contoso", then, now).users
    assert not has_people(other, "contoso")


def test_people_data_of_two_histories_is_never_joined(store: Store, tmp_path: Path) -> None:
    store.add([Snapshot("contoso", FIRST, ScoreCounts(a=20))])
    save(store, people(0, grades(2)))
    write_backup(store, tmp_path / "backup.db")
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = Store.open(url)
    save(other, people(3, grades(5)))
    restore_backup(url, tmp_path / "backup.db", mode=RestoreMode.MERGE, now=FIRST)
    assert [capture.taken_at.day for capture in load_captures(other, "contoso")] == [8]
    save(store, people(0, grades(2), account="fabrikam"))
    with pytest.raises(RenameRejected, match="people data"):
        rename_account(store, "contoso", "fabrikam")
