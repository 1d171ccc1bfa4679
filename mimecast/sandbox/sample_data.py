"""Sample data: what the dashboard shows when no account is configured.

The made-up company's past is put into a store of its own; today's snapshot is asked for like any other, really signed
and over real HTTP, from a sandbox server in this process.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date
from pathlib import Path
from typing import Final

from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.demo_company import COMPANY, DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.store.errors import StoreFull, StoreReadOnly
from mimecast.store.store import Store

SAMPLE_ACCOUNT: Final = "sample"


def sample_account(sandbox: Sandbox) -> Account:
    """The account whose Mimecast is the given sandbox."""
    return Account(SAMPLE_ACCOUNT, COMPANY, sandbox.base_url, sandbox.keys)


def open_sample_store(today: date) -> Store:
    """The store with the story's past, rebuilt when the story in it ends before `today`.

    It is kept in `data/sample.db`, or in a temporary folder where the project's cannot be written or is full. Raises
    StoreError.
    """
    file = PROJECT / "data" / "sample.db"
    try:
        return _open(today, file)
    except (StoreReadOnly, StoreFull):
        return _open(today, Path(tempfile.mkdtemp(prefix="safe-score-")) / file.name)


def _open(today: date, file: Path) -> Store:
    store = Store.open(f"sqlite:///{file}")
    story = DemoCompany(today)
    oldest = store.oldest(SAMPLE_ACCOUNT)
    if oldest is None or oldest.taken_at.astimezone(UTC).date() != story.first_day:
        if store.read_only:
            raise store.read_only
        store.replace_sample(
            Snapshot(SAMPLE_ACCOUNT, taken_at, counts, Source.SAMPLE) for taken_at, counts in story.past()
        )
    return store
