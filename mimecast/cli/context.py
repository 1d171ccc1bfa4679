"""Settings, accounts and stores as commands need them."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mimecast.settings.accounts import Account
from mimecast.settings.file_permissions import readable_by_others
from mimecast.settings.secrets_files import read_secrets_files, secrets_files
from mimecast.settings.settings import Settings, read_settings
from mimecast.settings.validation import SettingsError

if TYPE_CHECKING:
    from mimecast.store.store import Store

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = object
from mimecast.cli.options import UsageError
from mimecast.cli.output import complain


def load_settings() -> Settings:
    """The settings, with a word about a file of theirs that others can read. Raises SettingsError."""
    for problem in readable_by_others(secrets_files()):
        complain(problem)
    return read_settings(read_secrets_files(), os.environ)


def load_settings_with_accounts(purpose: str) -> Settings:
    """The settings, for a verb that needs an account. Raises SettingsError, also when there is none."""
    settings = load_settings()
    if not settings.accounts:
        raise SettingsError(
            f"No account is set up, so there is nothing to {purpose}.",
            remedy="Copy .streamlit/secrets.toml.example to .streamlit/secrets.toml and fill it in.",
        )
    return settings


def stored_or_sample(settings: Settings) -> tuple[Store, list[Account]]:
    """The store and every account in it or in the settings; sample data, said on stderr, where there is nothing.

    Raises StoreError.
    """
    from mimecast.sandbox.demo_company import COMPANY
    from mimecast.sandbox.sample_data import SAMPLE_ACCOUNT, open_sample_store
    from mimecast.store.database.engine import parse_url, sqlite_file

    file = sqlite_file(parse_url(settings.store_url))
    if settings.accounts or file is None or file.exists():
        store = open_store(settings.store_url)
        known = {account.id: account for account in settings.accounts}
        accounts = [*known.values(), *(Account(one, one) for one in store.accounts() if one not in known)]
        if accounts:
            return store, accounts
    print("SAMPLE DATA: no account is set up, so these are the figures of a made-up company.", file=sys.stderr)
    return open_sample_store(datetime.now(UTC).date()), [Account(SAMPLE_ACCOUNT, COMPANY)]


def find_account(settings: Settings, account_id: str) -> Account:
    for account in settings.accounts:
        if account.id == account_id:
            return account
    raise unknown_account(account_id, [account.id for account in settings.accounts])


def open_store(url: str) -> Store:
    """The store, with a word about whatever was found damaged in it. Raises StoreError."""
    from mimecast.store.store import Store

    store = Store.open(url)
    if store.quarantined:
        complain(store.quarantined)
    return store


def unknown_account(account_id: str, known: list[str]) -> UsageError:
    return UsageError(f"There is no account {account_id!r}.", remedy=f"Known here: {', '.join(known)}.")


def open_existing_store(settings: Settings) -> Store:
    """The store, for a verb that needs something stored. Raises StoreError, also when its file is missing."""
    from mimecast.store.database.engine import parse_url, sqlite_file
    from mimecast.store.errors import StoreError
    from mimecast.store.store import Store

    file = sqlite_file(parse_url(settings.store_url))
    if file and not file.exists():
        raise StoreError(f"Nothing is stored yet: {file} is not there.", remedy="Take a snapshot first.")
    return Store.open(settings.store_url)


def refuse_store_file(settings: Settings, file: Path) -> None:
    """Raises UsageError when `file` is the one the store is in."""
    from mimecast.store.database.engine import parse_url, sqlite_file

    own = sqlite_file(parse_url(settings.store_url))
    if own and own.exists() and file.exists() and own.samefile(file):
        raise UsageError(f"{file} is the store itself.", remedy="Name a backup, which is another file.")
