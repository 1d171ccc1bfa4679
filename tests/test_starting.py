"""After the start, what is loaded for good costs no page any time."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st

from mimecast.settings.project import PROJECT
from mimecast.ui.server.startup import lifespan, settle_memory


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def _looked_through() -> bool:
    """Return whether the garbage collector examines a module that was loaded before."""
    module = vars(sys.modules["mimecast.ui.server.startup"])
    return any(item is module for item in gc.get_objects())


@pytest.mark.usefixtures("thawed")
def test_the_garbage_collector_no_longer_looks_through_what_is_loaded() -> None:
    async def start() -> bool:
        async with lifespan(st.App(PROJECT / "app.py")):
            return _looked_through()

    assert _looked_through()
    with ThreadPoolExecutor() as pool:  # this thread may have an event loop that runs: the browser's
        assert not pool.submit(lambda: asyncio.run(start())).result()


@pytest.mark.usefixtures("thawed")
def test_what_a_page_leaves_behind_is_still_cleared_away() -> None:
    settle_memory()
    left: list[object] = []
    left.append(left)
    del left
    assert gc.collect() >= 1
