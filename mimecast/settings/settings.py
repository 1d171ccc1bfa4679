"""All settings together: accounts, the store and the dashboard.

Pages read Streamlit's secrets and the command line reads `read_secrets_files()`; both give the same tables:

    [mimecast]                one account, whose id is "default"; or
    [mimecast.accounts.ID]    several accounts
    [connections.snapshots]   the URL of the store
    [dashboard]               time zone, automatic refresh, slide template, allow lists

Environment variables override the accounts (`ENVIRONMENT_KEYS`) and the store (`STORE_VARIABLE`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mimecast.settings.accounts import Account, read_accounts
from mimecast.settings.dashboard import DashboardSettings, read_dashboard
from mimecast.settings.store_url import read_store_url


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings that the command line needs. Without accounts, the dashboard shows sample data."""

    accounts: tuple[Account, ...]
    store_url: str
    dashboard: DashboardSettings


def read_settings(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return all settings.

    Raises:
        SettingsError: A setting is wrong; the error names the first one.
    """
    return Settings(read_accounts(secrets, environ), read_store_url(secrets, environ), read_dashboard(secrets))
