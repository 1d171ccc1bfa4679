"""What every page works with: accounts, store and settings, or the reasons why one of them is missing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem
from mimecast.sandbox.sample_data import sample_account
from mimecast.settings.accounts import DEFAULT_ACCOUNT, Account, read_accounts
from mimecast.settings.dashboard import DashboardSettings, read_dashboard
from mimecast.settings.file_permissions import readable_by_others
from mimecast.settings.secrets_files import secrets_files
from mimecast.settings.store_url import read_store_url
from mimecast.settings.validation import SettingsError
from mimecast.store.database.engine import parse_url, sqlite_file
from mimecast.store.errors import StoreError
from mimecast.store.store import Store
from mimecast.text.stamp import ComparedStamp, Stamp
from mimecast.ui.banners import show_problem
from mimecast.ui.resources import (
    cached_sample_store,
    cached_store,
    forget_stores,
    sample_sandbox,
)
from mimecast.ui.secrets import read_secrets


@dataclass
class AppContext:
    """`store` is None when it cannot be used; `problems` says why, and what else is wrong.

    `accounts` has at least one entry, without keys where the settings cannot be read.
    """

    accounts: list[Account]
    store: Store | None
    dashboard: DashboardSettings
    is_sample: bool = False
    problems: list[Problem] = field(default_factory=list)


def load() -> AppContext:
    """Read the settings and open the store. Never raises a Problem: whatever can be shown is shown."""
    problems: list[Problem] = [*readable_by_others(secrets_files())]
    secrets: Mapping[str, Any] = {}
    accounts: list[Account] | None = None
    url: str | None = None
    dashboard = DashboardSettings()
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
    return AppContext(accounts or _stored_accounts(store, problems), store, dashboard, problems=problems)


def _open(url: str, problems: list[Problem], *, only_if_there: bool) -> Store | None:
    """`only_if_there`: with unreadable settings nobody knows whether this is the right store to make."""
    try:
        file = sqlite_file(parse_url(url))
        if only_if_there and (file is None or not file.exists()):
            return None
        store = cached_store(url)
    except Problem as problem:
        problems.append(problem)
        return None
    if store.quarantined:
        problems.append(store.quarantined)
    if store.read_only:
        problems.append(store.read_only)
        forget_stores()
    return store


def _stored_accounts(store: Store | None, problems: list[Problem]) -> list[Account]:
    """The accounts are not readable: what is stored of them can still be shown."""
    ids: list[str] = []
    try:
        ids = store.accounts() if store else []
    except Problem as problem:
        problems.append(problem)
    return [Account(known, known) for known in ids] or [Account(DEFAULT_ACCOUNT, "No account")]


def _sample(dashboard: DashboardSettings, problems: list[Problem]) -> AppContext:
    account = sample_account(sample_sandbox())
    try:
        store = cached_sample_store(datetime.now(UTC).date())
    except Problem as problem:
        return AppContext([account], None, dashboard, True, [*problems, problem])
    return AppContext([account], store, dashboard, True, problems)


PRODUCT: Final = "SAFE Score"


@dataclass
class Page:
    """What a page draws from. Without a store or a snapshot there is no stamp, and figures say why they are empty."""

    account: Account
    store: Store | None
    dashboard: DashboardSettings
    is_sample: bool
    now: datetime
    newest: Snapshot | None
    wrong_settings: SettingsError | None = None
    """Why the account has no keys, where that is so."""
    accounts: list[Account] = field(default_factory=list)
    """All that there are, in their order."""

    @property
    def subject(self) -> tuple[object, ...]:
        """What tells this account from others where its requests are kept apart."""
        return self.subject_of(self.account)

    def subject_of(self, account: Account) -> tuple[object, ...]:
        return (account, self.is_sample)

    @property
    def zone(self) -> ZoneInfo:
        return self.dashboard.time_zone

    @property
    def stamp(self) -> Stamp | None:
        return Stamp(self.account.name, self.newest, self.zone, self.now) if self.newest else None

    def compared_stamp(self, comparison: Comparison) -> ComparedStamp:
        """The stamp of what is drawn from two snapshots."""
        return ComparedStamp(self.account.name, comparison.now, self.zone, self.now, comparison.then)

    @property
    def today(self) -> date:
        """The reporting day that is going on."""
        return reporting_day(self.now, self.zone)

    def file_name(self, subject: str) -> str:
        """`safe-score-history-contoso-2026-11-24`, without an ending."""
        return self.common_file_name(f"{subject}-{self.account.id}")

    def common_file_name(self, subject: str) -> str:
        """`safe-score-accounts-2026-11-24`, for what is not of one account only."""
        sample = "SAMPLE-DATA-" if self.is_sample else ""
        return f"{sample}safe-score-{subject}-{self.today}"

    @contextmanager
    def reading(self) -> Iterator[Store | None]:
        """For everything that reads the store while drawing: should it fail meanwhile, that is said in its place."""
        try:
            yield self.store
        except StoreError as problem:
            forget_stores()
            show_problem(problem)


def distinct_labels(accounts: list[Account]) -> dict[str, str]:
    """What each account, by its id, is called where one is chosen: its name, with its id where others have that name.
    Streamlit tells choices apart by what they are called."""
    times = Counter(one.name for one in accounts)
    return {one.id: one.name if times[one.name] == 1 else f"{one.name} ({one.id})" for one in accounts}
