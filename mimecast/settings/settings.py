"""All settings together: accounts, the store and the dashboard.

Pages read Streamlit's secrets and the command line reads `read_secrets_files()`; both give the same tables:

    [mimecast]                one account, whose id is "default"; or
    [mimecast.accounts.ID]    several accounts
    [connections.snapshots]   the URL of the store
    [dashboard]               time zone, automatic refresh, slide template, allow lists
    [notify]                  receivers of alerts and digests, heartbeat

Environment variables override the accounts (`ENVIRONMENT_KEYS`) and the store (`STORE_VARIABLE`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mimecast.settings.accounts import Account, read_accounts
from mimecast.settings.dashboard import DashboardSettings, read_dashboard
from mimecast.settings.notify import NotifySettings, read_notify
from mimecast.settings.placement import misplaced_settings
from mimecast.settings.store_url import read_store_url
from mimecast.settings.validation import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings that the command line needs. Without accounts, the dashboard shows sample data.

    Attributes:
        accounts: The accounts that can be used.
        account_problems: Why each other configured account cannot be used, by its id.
        store_url: The URL of the store.
        dashboard: The settings of [dashboard].
        misplaced: The problems of settings in the wrong place, which have no effect there.
        notify: The settings of [notify].
    """

    accounts: tuple[Account, ...]
    store_url: str
    dashboard: DashboardSettings
    account_problems: Mapping[str, SettingsError] = field(default_factory=dict)
    misplaced: tuple[SettingsError, ...] = ()
    notify: NotifySettings = field(default_factory=NotifySettings)

    @property
    def warnings(self) -> tuple[SettingsError, ...]:
        """Problems that a capture does not need to be corrected."""
        return (*self.dashboard.problems, *self.notify.problems, *self.misplaced)


def read_settings(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return all settings, with the faults of [dashboard], of [notify] and of single accounts among several.

    Raises:
        SettingsError: The only account is faulty, or none of several can be used, or the store's URL is.
    """
    configured = read_accounts(secrets, environ)
    return Settings(
        configured.accounts,
        read_store_url(secrets, environ),
        read_dashboard(secrets),
        configured.problems,
        tuple(misplaced_settings(secrets)),
        read_notify(secrets),
    )
