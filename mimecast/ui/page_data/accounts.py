"""What Accounts shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mimecast.domain.account_status import AccountStatus, assess_accounts
from mimecast.store.account_status import load_account_records
from mimecast.store.errors import StoreError
from mimecast.text.stamp import Stamp
from mimecast.ui import resources
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import Page, distinct_labels
from mimecast.ui.download_frames.accounts import accounts_frame


@dataclass(frozen=True)
class AccountsData:
    """The status of every account in the order of the settings; `stamps` (of those with a snapshot) are by account."""

    statuses: list[AccountStatus]
    stamps: dict[str, Stamp]
    labels: dict[str, str]
    table: pd.DataFrame


def load_accounts(page: Page) -> AccountsData:
    """Load what Accounts shows. Requests nothing from Mimecast. Raises StoreError."""
    store = page.store
    if store is None:
        raise StoreError("The store cannot be used.", remedy="See the top of the page.")
    ids = [account.id for account in page.accounts]
    key = ("accounts", tuple(ids), page.today, page.zone.key)
    records = PAGE_CACHE.get(store, key, lambda: load_account_records(store, ids, page.today, page.zone))
    states = {account.id: resources.refresher().state(page.refresh_key(account)) for account in page.accounts}
    problems = {account: state.problem for account, state in states.items() if state.problem}
    statuses = assess_accounts(ids, records, problems, page.now)
    names = {account.id: account.name for account in page.accounts}
    stamps = {
        status.account: Stamp(names[status.account], status.newest, page.zone, page.now)
        for status in statuses
        if status.newest
    }
    labels = distinct_labels(page.accounts)
    return AccountsData(statuses, stamps, labels, accounts_frame(statuses, stamps, labels, page.now, page.zone))
