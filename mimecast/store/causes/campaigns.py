"""Campaigns in the store: the newest totals of each, and when it was first seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from mimecast.domain.causes.campaigns import TOTALS, Campaign, by_launch
from mimecast.domain.snapshot import Source
from mimecast.store.database.tables import campaigns
from mimecast.store.database.transactions import upsert
from mimecast.store.snapshot_rows import to_seconds
from mimecast.store.store import Store


def save_campaigns(store: Store, new: Iterable[Campaign], source: Source) -> int:
    """Store campaigns in one transaction, and return how many. Totals that are older than the stored ones are ignored.

    Raises StoreReadOnly, StoreError.
    """
    rows = sorted((_to_row(campaign, source) for campaign in new), key=lambda row: (row["account"], row["campaign_id"]))

    def work(connection: Connection) -> None:
        if not rows:
            return
        statement = upsert(campaigns, connection)
        newer = {name: statement.excluded[name] for name in rows[0] if name not in _KEPT}
        is_newer = statement.excluded.captured_at >= campaigns.c.captured_at
        connection.execute(
            statement.on_conflict_do_update(index_elements=["account", "campaign_id"], set_=newer, where=is_newer),
            rows,
        )

    store.write(work)
    return len(rows)


def load_campaigns(store: Store, account: str) -> list[Campaign]:
    """Return the account's campaigns by launch, real ones only if there are any. Raises StoreError."""
    if not store.has_table(campaigns):
        return []
    query = select(campaigns).where(campaigns.c.account == account)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    real = [row for row in rows if not Source(row.source).is_made_up]
    return by_launch([_from_row(row) for row in real or rows])


def has_campaigns(store: Store, account: str) -> bool:
    """Return whether the account has a campaign. Raises StoreError."""
    if not store.has_table(campaigns):
        return False
    query = select(campaigns.c.campaign_id).where(campaigns.c.account == account).limit(1)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def campaigns_are_made_up(store: Store, account: str) -> bool:
    """Return whether `load_campaigns` returns made-up campaigns. Raises StoreError."""
    if not store.has_table(campaigns):
        return False
    query = select(campaigns.c.source).where(campaigns.c.account == account).distinct()
    with store.reading() as connection:
        sources = {Source(source) for source in connection.scalars(query)}
    return bool(sources) and all(source.is_made_up for source in sources)


_KEPT = ("account", "campaign_id", "first_seen_at")


def _to_row(campaign: Campaign, source: Source) -> dict[str, Any]:
    return {
        "account": campaign.account,
        "campaign_id": campaign.id,
        "name": campaign.name,
        "launched_at": to_seconds(campaign.launched_at) if campaign.launched_at else None,
        "captured_at": to_seconds(campaign.captured_at),
        "first_seen_at": to_seconds(campaign.first_seen_at),
        "source": source.value,
        **{name: campaign.users(name) for name in TOTALS},
    }


def _from_row(row: Row[Any]) -> Campaign:
    return Campaign(
        row.account,
        row.campaign_id,
        row.name,
        datetime.fromtimestamp(row.launched_at, UTC) if row.launched_at is not None else None,
        datetime.fromtimestamp(row.captured_at, UTC),
        datetime.fromtimestamp(row.first_seen_at, UTC),
        row.sent,
        row.opened,
        row.clicked,
        row.submitted,
        row.reported,
    )
