"""Targets in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mimecast.domain.reporting_days import midnight
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import (
    MAX_TARGET_YEARS,
    Target,
    TargetInvalid,
    TargetProgress,
    assess_target,
    at_risk_share,
    latest_target_date,
)
from mimecast.store.database.engine import upsert
from mimecast.store.database.schema import targets
from mimecast.store.store import Store


def load_target(store: Store, account: str) -> Target | None:
    """The account's target, None when it has none or it was cleared. Raises StoreError."""
    if not store.has_table(targets):
        return None
    newest = select(targets).where(targets.c.account == account).order_by(targets.c.set_at.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(newest).first()
    if row is None or row.share is None:
        return None
    set_at = datetime.fromtimestamp(row.set_at, UTC)
    return Target(row.account, row.share, row.by_day, row.author, set_at, row.share_then)


def set_target(
    store: Store, account: str, share: float, by: date, *, author: str, now: datetime, today: date
) -> Target:
    """Set the account's target, in place of an earlier one; shares count to a tenth of a percent, as they are shown.

    Raises TargetRefused, StoreError.
    """
    if not 0 <= share <= 100:
        raise TargetInvalid("A share lies between 0 and 100 %.", remedy="Write one, for example 8.0.")
    if by <= today:
        raise TargetInvalid("The date has passed.", remedy="Choose a day after today.")
    if by > latest_target_date(today):
        raise TargetInvalid("The date is too far ahead.", remedy=f"Choose one within {MAX_TARGET_YEARS} years.")
    newest = store.newest(account)
    target = Target(account, round(share, 1), by, author, _whole_seconds(now), at_risk_share(newest))
    _write(store, target.account, target.set_at, author, share=target.share, by=by, share_then=target.share_then)
    return target


def clear_target(store: Store, account: str, *, author: str, now: datetime) -> None:
    """From now on the account has no target; that too is kept with who and when. Raises StoreError."""
    _write(store, account, _whole_seconds(now), author)


def load_progress(
    store: Store, account: str, newest: Snapshot | None, zone: ZoneInfo, today: date
) -> TargetProgress | None:
    """How the account's target stands on the reporting day `today`, by its newest snapshot; None when it has no target.

    Raises StoreError.
    """
    target = load_target(store, account)
    if target is None:
        return None
    judged_by = newest if today <= target.by else _last_until(store, target, zone)
    return assess_target(target, judged_by, zone, today)


def _last_until(store: Store, target: Target, zone: ZoneInfo) -> Snapshot | None:
    """The last snapshot on or before the target's date."""
    oldest = store.oldest(target.account)
    if oldest is None:
        return None
    (last,) = store.last_in_each(target.account, [(oldest.taken_at, midnight(target.by + timedelta(days=1), zone))])
    return last


def _whole_seconds(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)


def _write(
    store: Store,
    account: str,
    set_at: datetime,
    author: str,
    *,
    share: float | None = None,
    by: date | None = None,
    share_then: float | None = None,
) -> None:
    """Of two in the same second the later one stands."""
    key: dict[str, Any] = {"account": account, "set_at": int(set_at.timestamp())}
    values = {"author": author, "share": share, "by_day": by, "share_then": share_then}
    with store.writing() as connection:
        statement = upsert(targets, connection).values(key | values)
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
