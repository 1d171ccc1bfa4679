"""What every page works with: the accounts, the store and the settings, and the account that is shown."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.comparison import Comparison
from mimecast.domain.people.limits import DEFAULT_GROUP_SIZE
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem
from mimecast.settings.accounts import DEFAULT_ACCOUNT, Account, ConfiguredAccounts, read_accounts
from mimecast.settings.dashboard import DashboardSettings, read_dashboard
from mimecast.settings.file_permissions import exposed_files
from mimecast.settings.notify import read_notify
from mimecast.settings.people import PEOPLE_KEYS, PeopleLevel
from mimecast.settings.placement import misplaced_settings
from mimecast.settings.secrets_files import secrets_files
from mimecast.settings.store_url import read_store_url
from mimecast.settings.validation import SettingsError
from mimecast.store.store import Store
from mimecast.text.file_names import file_stem
from mimecast.text.stamp import ComparedStamp, Stamp
from mimecast.ui.account_state import AccountState
from mimecast.ui.resources import cached_sample_store, cached_store, forget_stores, sample_sandbox
from mimecast.ui.secrets import read_secrets

EVERY_ACCOUNT: Final = ""
"""The key of a problem that concerns every account. No account has this id."""


@dataclass
class AppContext:
    """The accounts, the store and the settings, or the problems that explain why one of them is missing.

    `accounts` has at least one entry; an account whose settings are faulty has no keys, and its problem in
    `account_problems` by its id, or by `EVERY_ACCOUNT` when no account can be used. `store` is None when it cannot be
    used.
    """

    accounts: list[Account]
    store: Store | None
    dashboard: DashboardSettings
    is_sample: bool = False
    problems: list[Problem] = field(default_factory=list)
    account_problems: Mapping[str, SettingsError] = field(default_factory=dict)

    def settings_problem(self, account: Account) -> SettingsError | None:
        """Return why an account has no keys, if its settings are faulty."""
        return self.account_problems.get(account.id) or self.account_problems.get(EVERY_ACCOUNT)


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
    state: AccountState
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
        account = self.account
        return file_stem(
            subject, self.today, account_name=account.name, account_id=account.id, is_sample=self.is_sample
        )

    def common_file_name(self, subject: str) -> str:
        """Return `safe-score-accounts-2026-11-24`, for files about more than one account."""
        return file_stem(subject, self.today, is_sample=self.is_sample)


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
    """Read the settings and open the store. What can be shown is shown.

    Raises:
        UnreadableSecretsError: A secrets file cannot be read or parsed. The gate has checked that before.
    """
    secrets = read_secrets()
    dashboard = read_dashboard(secrets)
    problems: list[Problem] = [
        *exposed_files(secrets_files()),
        *dashboard.problems,
        *read_notify(secrets).problems,
        *misplaced_settings(secrets),
    ]
    configured: ConfiguredAccounts | None = None
    url: str | None = None
    account_problems: dict[str, SettingsError] = {}
    try:
        configured = read_accounts(secrets, os.environ)
    except SettingsError as problem:
        account_problems[EVERY_ACCOUNT] = problem
    if configured == ConfiguredAccounts():
        return _sample_context(dashboard, problems)
    try:
        url = read_store_url(secrets, os.environ)
    except SettingsError as problem:
        problems.append(problem)
    store = _open_store(url, problems) if url else None
    if configured:
        accounts = [*configured.accounts, *configured.faulty]
        account_problems.update(configured.problems)
    else:
        accounts = _stored_accounts(store, problems)
    problems += account_problems.values()
    distinct = list({str(problem): problem for problem in problems}.values())
    return AppContext(accounts, store, dashboard, problems=distinct, account_problems=account_problems)


def distinct_labels(accounts: list[Account] | tuple[Account, ...]) -> dict[str, str]:
    """Return what each account, by its id, is called in a choice: its name, with its id where names are equal.

    Streamlit tells options apart by their labels.
    """
    counts = Counter(account.name for account in accounts)
    return {
        account.id: account.name if counts[account.name] == 1 else f"{account.name} ({account.id})"
        for account in accounts
    }


def _open_store(url: str, problems: list[Problem]) -> Store | None:
    try:
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
    from mimecast.sandbox.sample_data import sample_account

    account = sample_account(sample_sandbox())
    faults = tuple(fault for fault in dashboard.faults if fault.key not in PEOPLE_KEYS)
    dashboard = replace(
        dashboard, people=PeopleLevel.MOVEMENT, min_group_size=DEFAULT_GROUP_SIZE, pseudonym_key=None, faults=faults
    )
    try:
        store = cached_sample_store(datetime.now(UTC).date())
    except Problem as problem:
        return AppContext([account], None, dashboard, True, [*problems, problem])
    return AppContext([account], store, dashboard, True, problems)
