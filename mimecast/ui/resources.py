"""Process-wide objects that all sessions share: stores, the refresher, the sandbox behind sample data.

They are not in Streamlit's caches, which any visitor can clear without signing in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from mimecast.capture.background_refresh import Refresher
from mimecast.domain.scores import ScoreCounts
from mimecast.store.store import Store
from mimecast.ui.cache import PAGE_CACHE

if TYPE_CHECKING:
    from mimecast.sandbox.server import Sandbox

T = TypeVar("T")

_CREATING = threading.RLock()
"""Held while an object is created, so that there is one of each."""


def refresher() -> Refresher:
    """Return the refresher of this process."""
    return _create_once(_refresher)


def cached_store(url: str) -> Store:
    """Return the open store at a URL. Raises StoreError."""
    with _CREATING:
        return _store(url)


def cached_sample_store(today: date) -> Store:
    """Return the store with the demo company's history up to a day. Raises StoreError."""
    with _CREATING:
        return _sample_store(today)


def sample_sandbox() -> Sandbox:
    """Return the sandbox that serves the demo company for as long as this process runs; its history ends today."""
    return _create_once(_sandbox)


def forget_stores() -> None:
    """Make the next run open the stores again, after one of them failed."""
    _store.cache_clear()
    _sample_store.cache_clear()


def forget_everything() -> None:
    """Forget all shared objects and what pages have loaded, as if the process had just started."""
    forget_stores()
    PAGE_CACHE.clear()
    _refresher.cache_clear()
    _sandbox.cache_clear()


def _create_once(create: Callable[[], T]) -> T:
    with _CREATING:
        return create()


@lru_cache(maxsize=1)
def _refresher() -> Refresher:
    return Refresher()


@lru_cache(maxsize=4)
def _store(url: str) -> Store:
    return Store.open(url)


@lru_cache(maxsize=1)
def _sample_store(today: date) -> Store:
    from mimecast.sandbox.sample_data import open_sample_store  # a dashboard with an account never needs the sandbox

    return open_sample_store(today)


@lru_cache(maxsize=1)
def _sandbox() -> Sandbox:
    from mimecast.sandbox.demo_company import DemoCompany
    from mimecast.sandbox.demo_people import UsersOfToday
    from mimecast.sandbox.server import Sandbox

    def todays_counts() -> ScoreCounts:
        today = datetime.now(UTC).date()
        return DemoCompany(today).counts_on(today)

    sandbox = Sandbox(todays_counts)
    sandbox.users = UsersOfToday(DemoCompany(datetime.now(UTC).date()))
    return sandbox.start()
