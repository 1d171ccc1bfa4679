"""Tests of the generated stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.harness.stores import StorePlan, make_store
from mimecast.store.people.read import load_captures, load_compared_weeks, load_movement, load_time_at_risk
from mimecast.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_generated_store_is_young_enough_that_no_page_requests_a_snapshot(tmp_path: Path) -> None:
    plan = StorePlan("two accounts", 10, timedelta(days=1), accounts=2)
    store = Store.open(make_store(plan, tmp_path, NOW))
    assert store.accounts() == plan.account_ids == ["account-001", "account-002"]
    for account in store.accounts():
        history = list(store.all_snapshots(account))
        assert [NOW - snapshot.taken_at for snapshot in history] == [
            timedelta(days=days, minutes=20) for days in range(9, -1, -1)
        ]
        assert all(snapshot.counts.users_graded > 0 for snapshot in history)


def test_generated_store_is_the_same_every_time(tmp_path: Path) -> None:
    plan = StorePlan("one account", 10, timedelta(days=1))
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    stores = [Store.open(make_store(plan, folder, NOW)) for folder in folders]
    assert list(stores[0].all_snapshots("account-001")) == list(stores[1].all_snapshots("account-001"))


def test_a_generated_list_of_users_has_movement_departments_and_time_at_risk(tmp_path: Path) -> None:
    plan = StorePlan("people", 40, timedelta(days=1), people=2000)
    store = Store.open(make_store(plan, tmp_path, NOW))
    captures = load_captures(store, "account-001")
    movement = load_movement(store, "account-001", captures[0].taken_at, captures[-1].taken_at)
    assert (len(captures), movement.graded_then(), movement.graded_now()) == (40, 2000, 2000)
    assert movement.improved() > 200
    weeks, time = load_compared_weeks(store, "account-001", 10), load_time_at_risk(store, "account-001")
    assert weeks is not None
    assert time is not None
    assert len(weeks[0].departments) == 80
    assert weeks[1] is not None
    assert 0 < time.at_least[30] < time.users
