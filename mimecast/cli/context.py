"""Settings, accounts and stores as commands need them."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mimecast.cli.options import UsageError
from mimecast.cli.output import print_problem
from mimecast.files import is_same_file
from mimecast.settings.accounts import Account
from mimecast.settings.file_permissions import exposed_files
from mimecast.settings.secrets_files import read_secrets_files, secrets_files
from mimecast.settings.settings import Settings, read_settings
from mimecast.settings.validation import SettingsError

if TYPE_CHECKING:
    from mimecast.store.store import Store


def load_settings() -> Settings:
    """Return the settings, and warn on stderr about what is wrong with them and does not stop the command.

    Raises:
        SettingsError: A secrets file cannot be parsed, no account can be used, or the store's URL is wrong.
    """
    for problem in exposed_files(secrets_files()):
        print_problem(problem)
    settings = read_settings(read_secrets_files(), os.environ)
    for warning in settings.warnings:
        print_problem(warning)
    return settings


def load_settings_with_accounts(purpose: str) -> Settings:
    """Return the settings for a command that needs an account, for example to "capture".

    Raises:
        SettingsError: As `load_settings`, and when no account is set up.
    """
    settings = load_settings()
    if not settings.accounts:
        raise SettingsError(
            f"No account is set up, so there is nothing to {purpose}.",
            remedy="Copy .streamlit/secrets.toml.example to .streamlit/secrets.toml and fill it in.",
        )
    return settings


def find_account(settings: Settings, account_id: str) -> Account:
    """Return the account with this id.

    Raises:
        SettingsError: The settings of this account are faulty.
        UsageError: The settings have no such account.
    """
    for account in settings.accounts:
        if account.id == account_id:
            return account
    if account_id in settings.account_problems:
        raise settings.account_problems[account_id]
    known_ids = [account.id for account in settings.accounts]
    raise unknown_account(account_id, [*known_ids, *settings.account_problems])


def unknown_account(account_id: str, known_ids: list[str]) -> UsageError:
    """Return the error for an id that is not among the known ones."""
    return UsageError(f"There is no account {account_id!r}.", remedy=f"The accounts are: {', '.join(known_ids)}.")


def open_store(url: str) -> Store:
    """Open the store, and print its warnings on stderr, such as a quarantined file. Raises StoreError."""
    from mimecast.store.store import Store

    store = Store.open(url)
    for warning in store.warnings:
        print_problem(warning)
    return store


def open_existing_store(settings: Settings) -> Store:
    """Open the store like `open_store`, but raise StoreError when its file does not exist."""
    from mimecast.store.database.database_url import parse_url
    from mimecast.store.database.open_database import store_file_exists
    from mimecast.store.database.sqlite import sqlite_file
    from mimecast.store.errors import StoreError

    file = sqlite_file(parse_url(settings.store_url))
    if file and not store_file_exists(file):
        raise StoreError(f"Nothing is stored yet: {file} does not exist.", remedy="Take a snapshot first.")
    return open_store(settings.store_url)


def open_store_or_sample_data(settings: Settings) -> tuple[Store, list[Account]]:
    """Open the store, and return it with every account in the settings or in the store.

    Without any account, the store holds sample data, which is announced on stderr. Raises StoreError.
    """
    from mimecast.sandbox.demo_company import COMPANY
    from mimecast.sandbox.sample_data import SAMPLE_ACCOUNT, open_sample_store
    from mimecast.store.database.database_url import parse_url
    from mimecast.store.database.open_database import store_file_exists
    from mimecast.store.database.sqlite import sqlite_file

    file = sqlite_file(parse_url(settings.store_url))
    if settings.accounts or file is None or store_file_exists(file):
        store = open_store(settings.store_url)
        configured = {account.id: account for account in settings.accounts}
        stored_only = [
            Account(account_id, account_id) for account_id in store.accounts() if account_id not in configured
        ]
        if accounts := [*configured.values(), *stored_only]:
            return store, accounts
    print("SAMPLE DATA: no account is set up, so these are the numbers of a made-up company.", file=sys.stderr)
    return open_sample_store(datetime.now(UTC).date()), [Account(SAMPLE_ACCOUNT, COMPANY)]


def refuse_store_file(settings: Settings, file: Path) -> None:
    """Raise UsageError when `file` is the file of the store."""
    from mimecast.store.database.database_url import parse_url
    from mimecast.store.database.sqlite import sqlite_file

    store_file = sqlite_file(parse_url(settings.store_url))
    if store_file and is_same_file(store_file, file):
        raise UsageError(f"{file} is the store itself.", remedy="Name another file for the backup.")
