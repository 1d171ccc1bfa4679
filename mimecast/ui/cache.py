"""Process-wide cache of what pages show, valid until the store changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

from mimecast.charts.drawing import drawing
from mimecast.store.store import Store

T = TypeVar("T")

MAX_ENTRIES: Final = 96
"""Entries of the whole process, the last ones used. History over a year of days takes about 1 MiB."""


class PageCache:
    """What pages have loaded and drawn, for all sessions of the process. Safe to use from several threads.

    An entry belongs to a state of the store (`Store.change_token`), so a write by any process leaves it unused. While
    the token is unknown, as in the moments after a write, nothing is cached.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._entries: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Drop all entries."""
        with self._lock:
            self._entries.clear()

    def get(self, store: Store, key: Hashable, load: Callable[[], T]) -> T:
        """Return what `load` returned before for this key and state of the store, or call it.

        The result is shared: do not change it. Raises what `load` raises.
        """
        token = store.change_token
        if token is None:
            with drawing():
                return load()
        full_key = (store.name, token, key)
        with self._lock:
            if full_key in self._entries:
                self._entries.move_to_end(full_key)
                return cast("T", self._entries[full_key])
        with drawing():
            value = load()
        with self._lock:
            self._entries[full_key] = value
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)
        return value


PAGE_CACHE: Final = PageCache()
"""The cache of this process."""
