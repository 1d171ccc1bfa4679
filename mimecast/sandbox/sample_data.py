"""Sample data, which the dashboard shows when no account is configured.

The demo company's history is in a store of its own. Today's snapshot is requested like any other, signed and over real
HTTP, from a sandbox server in this process.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mimecast.domain import account_id
from mimecast.domain.causes.reference_lines import MAX_REFERENCE_LINES
from mimecast.domain.people.limits import DEFAULT_GROUP_SIZE
from mimecast.domain.people.users import key_fingerprint, pseudonym_of, tally_users
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.demo_causes import (
    REFERENCE_LABEL,
    REFERENCE_SHARE,
    REFERENCE_SOURCE,
    RESTART_TEXT,
    demo_campaigns,
    implausible_answer,
    restart_day,
)
from mimecast.sandbox.demo_company import COMPANY, HISTORY_DAYS, SNAPSHOT_TIME, DemoCompany
from mimecast.sandbox.demo_people import DemoPeople
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.store.annotations.notes import delete_note, load_notes, write_restart
from mimecast.store.causes.campaigns import has_campaigns, save_campaigns
from mimecast.store.causes.implausible import insert_marks, load_open_marks, reject_answers
from mimecast.store.causes.reference_lines import (
    add_reference_line,
    delete_reference_line,
    load_reference_lines,
)
from mimecast.store.database.tables import campaigns, implausible_answers
from mimecast.store.errors import StoreFull, StoreInaccessible, StoreReadOnly
from mimecast.store.people.read import load_captures
from mimecast.store.people.write import PeopleList, delete_people, save_people_in
from mimecast.store.snapshot_rows import insert_snapshots
from mimecast.store.store import Store

PEOPLE_DAYS: Final = 400
"""Days of the past for which there are lists of users: the default retention."""

DAILY_PEOPLE_DAYS: Final = 14
"""The last of these days, which have a list each; earlier ones have one a week, to be made quickly."""

SAMPLE_KEY: Final = b"key of the sample data's pseudonyms"
"""Not a secret: the users behind the pseudonyms do not exist."""

SAMPLE_ACCOUNT: Final = account_id.SAMPLE_ACCOUNT

AUTHOR: Final = "sample data"
"""The author of the demo company's own annotations."""


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
    is_of_today = oldest is not None and oldest.taken_at.astimezone(UTC).date() == company.first_day
    if not is_of_today or not has_campaigns(store, SAMPLE_ACCOUNT):  # an earlier version stored no campaigns
        if store.read_only:
            raise store.read_only
        store.replace_sample(
            Snapshot(SAMPLE_ACCOUNT, taken_at, counts, Source.SAMPLE) for taken_at, counts in company.history()
        )
        _replace_causes(store, company)
    if not store.read_only and _people_end(store) != company.today - timedelta(days=1):
        _save_people(store, company)
    return store


def _replace_causes(store: Store, company: DemoCompany) -> None:
    """Replace the demo company's causes by those of its new history. What a reader has added stays."""
    now = datetime.combine(company.today, time(3, 0, tzinfo=UTC))
    for note in load_notes(store, SAMPLE_ACCOUNT):
        if note.author == AUTHOR:
            delete_note(store, note)
    lines = load_reference_lines(store, SAMPLE_ACCOUNT)
    for line in lines:
        if line.author == AUTHOR:
            delete_reference_line(store, line)
    answer = implausible_answer(company, SAMPLE_ACCOUNT)
    with store.writing() as connection:
        for table in (implausible_answers, campaigns):
            connection.execute(table.delete().where(table.c.account == SAMPLE_ACCOUNT))
        insert_snapshots(connection, [answer.snapshot])
        insert_marks(connection, [answer], now)
    reject_answers(store, load_open_marks(store, SAMPLE_ACCOUNT), author=AUTHOR, now=now)
    save_campaigns(store, demo_campaigns(company, SAMPLE_ACCOUNT), Source.SAMPLE)
    write_restart(
        store, SAMPLE_ACCOUNT, restart_day(company), RESTART_TEXT, author=AUTHOR, now=now, today=company.today
    )
    if sum(line.author != AUTHOR for line in lines) < MAX_REFERENCE_LINES:
        add_reference_line(
            store, SAMPLE_ACCOUNT, REFERENCE_SHARE, REFERENCE_LABEL, REFERENCE_SOURCE, author=AUTHOR, now=now
        )


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
