"""The page cache: what is loaded for a state of the store is reused until someone writes to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from mimecast.ui.cache import PageCache
from tests.support.clock import NOW

LoadUsers = Callable[[], int | None]


def snapshot(days_ago: int, a: int = 5) -> Snapshot:
    return Snapshot("contoso", NOW - timedelta(days=days_ago), ScoreCounts(a, 4, 3, 2, 1))


@pytest.fixture
def settled_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store whose last write is long enough ago to tell a later one by the time of its file."""
    monkeypatch.setattr("mimecast.store.database.change_token.MTIME_GRANULARITY", 0.0)
    store.add([snapshot(1)])
    return store


def cached_users(cache: PageCache, store: Store, loads: list[str], key: str = "users") -> int | None:
    def load() -> int | None:
        loads.append(key)
        newest = store.newest("contoso")
        return newest.counts.users_graded if newest else None

    return cache.get(store, key, load)


def test_a_value_is_loaded_once_until_another_process_writes(settled_store: Store, store_url: str) -> None:
    cache, loads = PageCache(), list[str]()
    for _ in range(3):
        assert cached_users(cache, settled_store, loads) == 15
    assert len(loads) == 1
    Store.open(store_url).add([snapshot(0, a=6)])
    assert cached_users(cache, settled_store, loads) == 16
    assert len(loads) == 2


def test_a_write_without_the_product_counts_too(settled_store: Store, store_url: str) -> None:
    cache, loads = PageCache(), list[str]()
    assert cached_users(cache, settled_store, loads) == 15
    with sqlite3.connect(store_url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE snapshots SET a = 50")
    connection.close()
    assert cached_users(cache, settled_store, loads) == 60


def test_values_of_different_keys_and_stores_are_kept_apart(
    settled_store: Store, tmp_path: pytest.TempPathFactory
) -> None:
    cache, loads = PageCache(), list[str]()
    other_store = Store.open(f"sqlite:///{tmp_path}/other.db")
    other_store.add([snapshot(1, a=7)])
    assert [cached_users(cache, each, loads, key) for each in (settled_store, other_store) for key in "ab"] == [
        *(15, 15),
        *(17, 17),
    ]
    assert loads == ["a", "b", "a", "b"]


def test_nothing_is_cached_in_the_moments_after_a_write(store: Store) -> None:
    """The time of a file is too coarse to tell a second write in the same moment from the first."""
    store.add([snapshot(1)])
    cache, loads = PageCache(), list[str]()
    for _ in range(2):
        cached_users(cache, store, loads)
    assert len(loads) == 2


def test_the_entries_used_least_recently_are_dropped(settled_store: Store) -> None:
    cache, loads = PageCache(max_entries=2), list[str]()
    for key in ("a", "b", "a", "c", "a", "b"):
        cached_users(cache, settled_store, loads, key)
    assert loads == ["a", "b", "c", "b"]


def test_a_store_in_memory_is_never_cached() -> None:
    assert Store.open("sqlite://").change_token is None
