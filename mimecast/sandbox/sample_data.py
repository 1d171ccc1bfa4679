"""Sample data, which the dashboard shows when no account is configured.

The demo company's history is in a store of its own. Today's snapshot is requested like any other, signed and over real
HTTP, from a sandbox server in this process.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mimecast.domain import account_id
from mimecast.domain.people.departments import DEFAULT_GROUP_SIZE
from mimecast.domain.people.users import key_fingerprint, pseudonym_of, tally_users
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.demo_company import COMPANY, HISTORY_DAYS, SNAPSHOT_TIME, DemoCompany
from mimecast.sandbox.demo_people import DemoPeople
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.store.errors import StoreFull, StoreInaccessible, StoreReadOnly
from mimecast.store.people.read import load_captures
from mimecast.store.people.write import PeopleList, delete_people, save_people_in
from mimecast.store.store import Store

PEOPLE_DAYS: Final = 400
"""Days of the past for which there are lists of users: the default retention."""

DAILY_PEOPLE_DAYS: Final = 14
"""The last of these days, which have a list each; earlier ones have one a week, to be made quickly."""

SAMPLE_KEY: Final = b"key of the sample data's pseudonyms"
"""Not a secret: the users behind the pseudonyms do not exist."""

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
    if not store.read_only and _people_end(store) != company.today - timedelta(days=1):
        _save_people(store, company)
    return store


def _people_end(store: Store) -> date | None:
    """Return the day of the newest list of users of the past; today's, if there is one, is left out."""
    captures = load_captures(store, SAMPLE_ACCOUNT)
    return captures[-1].taken_at.date() if captures else None


def _save_people(store: Store, company: DemoCompany) -> None:
    """Store the demo company's lists of users of the days with a snapshot, as the level `movement` does."""
    days = {(taken_at.date() - company.first_day).days: counts for taken_at, counts in company.history()}
    recent = HISTORY_DAYS - DAILY_PEOPLE_DAYS
    listed = {day for day in days if day >= recent or (day >= HISTORY_DAYS - PEOPLE_DAYS and not (recent - day) % 7)}
    identify = cache(lambda address: pseudonym_of(SAMPLE_KEY, address))
    with store.writing() as connection:
        delete_people(connection, SAMPLE_ACCOUNT)
        for day, users in DemoPeople(company).history(listed):
            number = (day - company.first_day).days
            tally = tally_users(users, identify)
            people = PeopleList.from_tally(
                tally,
                account=SAMPLE_ACCOUNT,
                taken_at=datetime.combine(day, SNAPSHOT_TIME),
                summary_graded=days[number].users_graded,
                with_intervals=True,
                source=Source.SAMPLE,
            )
            save_people_in(
                connection,
                people,
                min_group_size=DEFAULT_GROUP_SIZE,
                retention=timedelta(days=PEOPLE_DAYS),
                fingerprint=key_fingerprint(SAMPLE_KEY),
            )
