"""Sample data, which the dashboard shows when no account is configured.

The demo company's history is in a store of its own. Today's snapshot is requested like any other, signed and over real
HTTP, from a sandbox server in this process.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date
from pathlib import Path
from typing import Final

from mimecast.domain import account_id
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.demo_company import COMPANY, DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.store.errors import StoreFull, StoreInaccessible, StoreReadOnly
from mimecast.store.store import Store

SAMPLE_ACCOUNT: Final = account_id.SAMPLE_ACCOUNT


def sample_account(sandbox: Sandbox) -> Account:
    """Return an account with the sandbox's address and keys."""
    return Account(SAMPLE_ACCOUNT, COMPANY, sandbox.base_url, sandbox.keys)


def open_sample_store(today: date) -> Store:
    """Return the store with the demo company's history, rebuilt unless the history in it ends yesterday.

    It is in `data/sample.db`, or in a temporary folder if the project's folder cannot be written or is full.

    Raises:
        StoreError: The store cannot be read or written.
    """
    file = PROJECT / "data" / "sample.db"
    try:
        return _open(today, file)
    except (StoreReadOnly, StoreInaccessible, StoreFull):
        return _open(today, Path(tempfile.mkdtemp(prefix="safe-score-")) / file.name)


def _open(today: date, file: Path) -> Store:
    store = Store.open(f"sqlite:///{file}")
    company = DemoCompany(today)
    oldest = store.oldest(SAMPLE_ACCOUNT)
    if oldest is None or oldest.taken_at.astimezone(UTC).date() != company.first_day:
        if store.read_only:
            raise store.read_only
        store.replace_sample(
            Snapshot(SAMPLE_ACCOUNT, taken_at, counts, Source.SAMPLE) for taken_at, counts in company.history()
        )
    return store
