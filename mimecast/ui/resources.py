"""Process-wide objects that all sessions share: stores, the refresher, the sandbox behind sample data."""

from __future__ import annotations

from datetime import UTC, date, datetime

import streamlit as st

from mimecast.capture.background_refresh import Refresher
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.sample_data import open_sample_store
from mimecast.sandbox.server import Sandbox
from mimecast.store.account_status import AccountStatusCache
from mimecast.store.store import Store


@st.cache_resource(show_spinner=False)
def refresher() -> Refresher:
    return Refresher()


@st.cache_resource(show_spinner=False)
def account_statuses() -> AccountStatusCache:
    return AccountStatusCache()


def forget_stores() -> None:
    """Open the store anew at the next run: it failed, and may have been mended meanwhile."""
    cached_store.clear()
    cached_sample_store.clear()


@st.cache_resource(show_spinner=False)
def cached_store(url: str) -> Store:
    return Store.open(url)


@st.cache_resource(show_spinner=False)
def sample_sandbox() -> Sandbox:
    """The sample company's Mimecast, for as long as this process runs; its story always ends today."""

    def todays_counts() -> ScoreCounts:
        today = datetime.now(UTC).date()
        return DemoCompany(today).counts_on(today)

    return Sandbox(todays_counts).start()


@st.cache_resource(show_spinner=False, max_entries=1)
def cached_sample_store(today: date) -> Store:
    return open_sample_store(today)
