"""What every page works with: accounts, store and settings, or the reasons why one of them is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from mimecast.exposed import exposed
from mimecast.history.database import parse_url, sqlite_file
from mimecast.history.standings import Standings
from mimecast.history.store import Store
from mimecast.problems import Problem
from mimecast.refresh import Refresher
from mimecast.sandbox.sample import open_sample_store, sample_account
from mimecast.sandbox.server import Sandbox
from mimecast.sandbox.story import Story
from mimecast.scores import ScoreCounts
from mimecast.settings import (
    DEFAULT_ACCOUNT,
    Account,
    Dashboard,
    SettingsError,
    read_accounts,
    read_dashboard,
    read_secrets_files,
    read_store_url,
    secrets_files,
)


@dataclass
class Data:
    """`store` is None when it cannot be used; `problems` says why, and what else is wrong.

    `accounts` has at least one entry, without keys where the settings cannot be read.
    """

    accounts: list[Account]
    store: Store | None
    dashboard: Dashboard
    is_sample: bool = False
    problems: list[Problem] = field(default_factory=list)


def load() -> Data:
    """Read the settings and open the store. Never raises a Problem: whatever can be shown is shown."""
    problems: list[Problem] = [*exposed(secrets_files())]
    secrets: Mapping[str, Any] = {}
    accounts: list[Account] | None = None
    url: str | None = None
    dashboard = Dashboard()
    readable = False
    try:
        secrets = read_secrets()
        readable = True
        accounts = list(read_accounts(secrets, os.environ))
    except SettingsError as problem:
        problems.append(problem)
    try:
        dashboard = read_dashboard(secrets)
    except SettingsError as problem:
        problems.append(problem)
    if accounts == []:
        return _sample(dashboard, problems)
    try:
        url = read_store_url(secrets, os.environ)
    except SettingsError as problem:
        problems.append(problem)
    store = _open(url, problems, only_if_there=not readable) if url else None
    return Data(accounts or _stored_accounts(store, problems), store, dashboard, problems=problems)


@st.cache_resource(show_spinner=False)
def refresher() -> Refresher:
    return Refresher()


@st.cache_resource(show_spinner=False)
def standings() -> Standings:
    return Standings()


def forget_stores() -> None:
    """Open the store anew at the next run: it failed, and may have been mended meanwhile."""
    _cached_store.clear()
    _cached_sample_store.clear()


def read_secrets() -> Mapping[str, Any]:
    """Every table of the secrets. Raises SettingsError."""
    try:
        return st.secrets.to_dict()
    except (StreamlitSecretNotFoundError, UnicodeDecodeError, OSError):
        return read_secrets_files()


def _open(url: str, problems: list[Problem], *, only_if_there: bool) -> Store | None:
    """`only_if_there`: with unreadable settings nobody knows whether this is the right store to make."""
    try:
        file = sqlite_file(parse_url(url))
        if only_if_there and (file is None or not file.exists()):
            return None
        store = _cached_store(url)
    except Problem as problem:
        problems.append(problem)
        return None
    if store.set_aside:
        problems.append(store.set_aside)
    if store.read_only:
        problems.append(store.read_only)
        forget_stores()
    return store


@st.cache_resource(show_spinner=False)
def _cached_store(url: str) -> Store:
    return Store.open(url)


def _stored_accounts(store: Store | None, problems: list[Problem]) -> list[Account]:
    """The accounts are not readable: what is stored of them can still be shown."""
    ids: list[str] = []
    try:
        ids = store.accounts() if store else []
    except Problem as problem:
        problems.append(problem)
    return [Account(known, known) for known in ids] or [Account(DEFAULT_ACCOUNT, "No account")]


def _sample(dashboard: Dashboard, problems: list[Problem]) -> Data:
    account = sample_account(_sandbox())
    try:
        store = _cached_sample_store(datetime.now(UTC).date())
    except Problem as problem:
        return Data([account], None, dashboard, True, [*problems, problem])
    return Data([account], store, dashboard, True, problems)


@st.cache_resource(show_spinner=False)
def _sandbox() -> Sandbox:
    """The sample company's Mimecast, for as long as this process runs; its story always ends today."""

    def todays_counts() -> ScoreCounts:
        today = datetime.now(UTC).date()
        return Story(today).counts_on(today)

    return Sandbox(todays_counts).start()


@st.cache_resource(show_spinner=False, max_entries=1)
def _cached_sample_store(today: date) -> Store:
    return open_sample_store(today)
