"""What was read of a store is kept for as long as nobody writes to it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from mimecast.store.timelines import cached_timeline
from tests.support.clock import NOW, TODAY

UTC_ZONE = ZoneInfo("UTC")
FIRST = TODAY - timedelta(days=9)


def day_ago(days: int, a: int = 5, account: str = "contoso") -> Snapshot:
    return Snapshot(account, NOW - timedelta(days=days), ScoreCounts(a, 4, 3, 2, 1))


@pytest.fixture
def settled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose last write is long enough ago."""
    monkeypatch.setattr("mimecast.store.store.MTIME_GRANULARITY", 0.0)
    store.add([day_ago(3), day_ago(1)])
    return store


def test_a_timeline_is_read_once_until_somebody_writes(settled: Store, store_url: str) -> None:
    first = cached_timeline(settled, "contoso", DayRange(FIRST, TODAY, UTC_ZONE))
    assert cached_timeline(settled, "contoso", DayRange(FIRST, TODAY, UTC_ZONE)) is first
    assert first.days_covered == 2
    another_process = Store.open(store_url)
    another_process.add([day_ago(0)])
    assert cached_timeline(settled, "contoso", DayRange(FIRST, TODAY, UTC_ZONE)).days_covered == 3


def test_whatever_is_asked_for_is_told_apart(settled: Store) -> None:
    settled.add([day_ago(0, a=77, account="fabrikam")])
    zones = (UTC_ZONE, ZoneInfo("Asia/Tokyo"))
    found = [
        cached_timeline(settled, account, DayRange(first, TODAY, zone), max_points=most)
        for account in ("contoso", "fabrikam")
        for first in (FIRST, TODAY)
        for zone in zones
        for most in (400, 2)
    ]
    assert len({id(one) for one in found}) == len(found)
    assert [one.users["A"].max() for one in found].count(77) == len(found) / 2


def test_in_the_moments_after_a_write_nothing_is_kept(store: Store) -> None:
    store.add([day_ago(1)])
    assert store.change_token is None
    first = cached_timeline(store, "contoso", DayRange(FIRST, TODAY, UTC_ZONE))
    assert cached_timeline(store, "contoso", DayRange(FIRST, TODAY, UTC_ZONE)) is not first


def test_a_write_that_goes_past_the_store_is_seen_too(settled: Store, store_url: str) -> None:
    before = cached_timeline(settled, "contoso", DayRange(FIRST, TODAY, UTC_ZONE))
    with sqlite3.connect(store_url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE snapshots SET a = 50")
    connection.close()
    assert cached_timeline(settled, "contoso", DayRange(FIRST, TODAY, UTC_ZONE)).users["A"].max() == 50
    assert before.users["A"].max() == 5
