"""What every page works with: the accounts, the store and the settings, and the account that is shown."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
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
from mimecast.store.database.open_database import store_file_exists
from mimecast.store.store import Store
from mimecast.text.stamp import ComparedStamp, Stamp
from mimecast.ui.resources import cached_sample_store, cached_store, forget_stores, sample_sandbox
from mimecast.ui.secrets import read_secrets

PRODUCT: Final = "SAFE Score"


@dataclass
class AppContext:
    """The accounts, the store and the settings, or the problems that explain why one of them is missing.

    `accounts` has at least one entry, without keys where the settings cannot be read. `store` is None when it cannot be
    used.
    """

    accounts: list[Account]
    store: Store | None
    dashboard: DashboardSettings
    is_sample: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """The page that is drawn, and the account that it shows."""

    account: Account
    accounts: tuple[Account, ...]
    dashboard: DashboardSettings
    is_sample: bool
    now: datetime
    store: Store | None
    newest: Snapshot | None
    settings_problem: SettingsError | None = None
    """Why the account has no keys, where that is the case."""

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the reporting days."""
        return self.dashboard.time_zone

    @property
    def today(self) -> date:
        """The current reporting day."""
        return reporting_day(self.now, self.zone)

    def refresh_key(self, account: Account | None = None) -> tuple[object, ...]:
        """Return the key under which the refresher keeps an account, by default the one shown."""
        return (account or self.account, self.is_sample)

    def file_name(self, subject: str) -> str:
        """Return `safe-score-history-contoso-2026-11-24`, without a suffix."""
        return self.common_file_name(f"{subject}-{self.account.id}")

    def common_file_name(self, subject: str) -> str:
        """Return `safe-score-accounts-2026-11-24`, for files about more than one account."""
        sample = "SAMPLE-DATA-" if self.is_sample else ""
        return f"{sample}safe-score-{subject}-{self.today}"


@dataclass(frozen=True)
class AccountPage(Page):
    """A page about an account that has a snapshot, in a store that can be read."""

    store: Store
    newest: Snapshot

    @property
    def stamp(self) -> Stamp:
        """The stamp of everything drawn up to the newest snapshot."""
        return Stamp(self.account.name, self.newest, self.zone, self.now)

    def compared_stamp(self, comparison: Comparison) -> ComparedStamp:
        """Return the stamp of what is drawn from two snapshots."""
        return ComparedStamp(self.account.name, comparison.now, self.zone, self.now, comparison.then)


def load_context() -> AppContext:
    """Read the settings and open the store. Never raises a Problem: what can be shown is shown."""
    problems: list[Problem] = [*readable_by_others(secrets_files())]
    secrets: Mapping[str, Any] = {}
    accounts: list[Account] | None = None
    url: str | None = None
    dashboard = DashboardSettings()
    is_readable = False
    try:
        secrets = read_secrets()
        is_readable = True
        accounts = list(read_accounts(secrets, os.environ))
    except SettingsError as problem:
        problems.append(problem)
    try:
        dashboard = read_dashboard(secrets)
    except SettingsError as problem:
        problems.append(problem)
    if accounts == []:
        return _sample_context(dashboard, problems)
    try:
        url = read_store_url(secrets, os.environ)
    except SettingsError as problem:
        problems.append(problem)
    store = _open_store(url, problems, only_existing=not is_readable) if url else None
    return AppContext(accounts or _stored_accounts(store, problems), store, dashboard, problems=problems)


def distinct_labels(accounts: list[Account] | tuple[Account, ...]) -> dict[str, str]:
    """Return what each account, by its id, is called in a choice: its name, with its id where names are equal.

    Streamlit tells options apart by their labels.
    """
    counts = Counter(account.name for account in accounts)
    return {
        account.id: account.name if counts[account.name] == 1 else f"{account.name} ({account.id})"
        for account in accounts
    }


def _open_store(url: str, problems: list[Problem], *, only_existing: bool) -> Store | None:
    """Open the store. With unreadable settings, nothing says that this is the right one to create (`only_existing`)."""
    try:
        file = sqlite_file(parse_url(url))
        if only_existing and (file is None or not store_file_exists(file)):
            return None
        store = cached_store(url)
    except Problem as problem:
        problems.append(problem)
        return None
    problems += store.warnings
    if store.read_only:
        problems.append(store.read_only)
        forget_stores()
    return store


def _stored_accounts(store: Store | None, problems: list[Problem]) -> list[Account]:
    """Return accounts for what is stored, where the configured ones cannot be read."""
    ids: list[str] = []
    try:
        ids = store.accounts() if store else []
    except Problem as problem:
        problems.append(problem)
    return [Account(account_id, account_id) for account_id in ids] or [Account(DEFAULT_ACCOUNT, "No account")]


def _sample_context(dashboard: DashboardSettings, problems: list[Problem]) -> AppContext:
    account = sample_account(sample_sandbox())
    try:
        store = cached_sample_store(datetime.now(UTC).date())
    except Problem as problem:
        return AppContext([account], None, dashboard, True, [*problems, problem])
    return AppContext([account], store, dashboard, True, problems)
