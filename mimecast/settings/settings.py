"""Secrets and environment, checked, and turned into accounts, a store and the dashboard's settings.

Who reads what: pages hand in Streamlit's secrets, the command line hands in `read_secrets_files()`; both give the same
tables. What is wrong is named by key and place, never by value.

    [mimecast]                one account, whose id is "default"; or
    [mimecast.accounts.ID]    several
    [connections.snapshots]   url of the store
    [dashboard]               time_zone, refresh_after, pptx_template, allowed_emails, allowed_domains

The variables of `ENVIRONMENT` stand for one account and win over the accounts of the file; `SNAPSHOTS_URL` wins over
the store of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mimecast.settings.accounts import (
    Account,
    read_accounts,
)
from mimecast.settings.dashboard import (
    DashboardSettings,
    read_dashboard,
)
from mimecast.settings.store_url import read_store_url


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything configured. No accounts means sample data."""

    accounts: tuple[Account, ...]
    store_url: str
    dashboard: DashboardSettings


def read_settings(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError on the first setting that is wrong."""
    return Settings(read_accounts(secrets, environ), read_store_url(secrets, environ), read_dashboard(secrets))
