"""Snapshots from the sandbox: shown while an account has no others, and ignored as soon as it has."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from tests.support.charts import ZONE
from tests.support.clock import NOW, TODAY

MADE_UP = ScoreCounts(1, 1, 1, 1, 1)
REAL = ScoreCounts(500, 300, 100, 60, 40)


def snapshot(hours: int, source: Source, account: str = "default") -> Snapshot:
    counts = MADE_UP if source is Source.SANDBOX else REAL
    return Snapshot(account, NOW - timedelta(hours=hours), counts, source)


def newest(store: Store, account: str = "default") -> Snapshot | None:
    return store.newest(account)


def test_the_sandbox_alone_is_shown(store: Store) -> None:
    store.add([snapshot(30, Source.SANDBOX), snapshot(5, Source.SANDBOX)])
    assert newest(store) == snapshot(5, Source.SANDBOX)
    assert len(list(store.all_snapshots("default"))) == 2


@pytest.mark.parametrize("real_hours", [2, 50])
@pytest.mark.parametrize("source", [Source.MIMECAST, Source.IMPORTED])
def test_no_query_returns_the_sandbox_once_there_is_a_real_snapshot(
    store: Store, source: Source, real_hours: int
) -> None:
    real = snapshot(real_hours, source)
    store.add([snapshot(30, Source.SANDBOX), snapshot(5, Source.SANDBOX), real])
    store.add([snapshot(1, Source.SANDBOX, "other")])
    assert newest(store) == real
    assert store.newest("default", include_marked=True) == real
    assert store.oldest("default") == real
    assert store.newest_of(["default", "other"]) == {"default": real, "other": snapshot(1, Source.SANDBOX, "other")}
    assert list(store.all_snapshots("default")) == [real]
    week = DayRange(TODAY - timedelta(days=7), TODAY, ZONE)
    assert load_timeline(store, "default", week).users("users_graded").count(1000) == 1
    assert store.last_in_each("default", [(NOW - timedelta(hours=40), NOW - timedelta(hours=3))]) == [None]


def test_an_older_store_gets_the_index_that_finds_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'snapshots.db'}"
    Store.open(url).add([snapshot(1, Source.SANDBOX)])
    with Store.open(url).reading() as connection:
        indexes = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars().all()
    assert "snapshots_of_the_sandbox" in indexes
