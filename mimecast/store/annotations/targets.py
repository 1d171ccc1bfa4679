"""Targets in the store. Every target ever set is kept; the newest of an account counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mimecast.domain.reporting_days import midnight
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import Target, TargetProgress, assess_target, check_target
from mimecast.store.database.tables import targets
from mimecast.store.database.transactions import upsert
from mimecast.store.store import Store


def load_target(store: Store, account: str, before: datetime | None = None) -> Target | None:
    """Return the account's target, or the one that was in force just before an instant.

    None when there was none or it had been cleared. Raises StoreError.
    """
    if not store.has_table(targets):
        return None
    newest = select(targets).where(targets.c.account == account).order_by(targets.c.set_at.desc()).limit(1)
    if before:
        newest = newest.where(targets.c.set_at < int(before.timestamp()))
    with store.reading() as connection:
        row = connection.execute(newest).first()
    if row is None or row.share is None:
        return None
    set_at = datetime.fromtimestamp(row.set_at, UTC)
    return Target(row.account, row.share, row.by_day, row.author, set_at, row.share_then)


def set_target(
    store: Store, account: str, share: float, by: date, *, author: str, now: datetime, today: date
) -> Target:
    """Set the account's target in place of an earlier one. Shares count to a tenth of a percent, as they are shown.

    Raises TargetInvalid, StoreError.
    """
    check_target(share, by, today)
    newest = store.newest(account)
    share_then = newest.counts.at_risk_share if newest else None
    target = Target(account, round(share, 1), by, author, _whole_seconds(now), share_then)
    _write(store, account, target.set_at, author=author, share=target.share, by_day=by, share_then=share_then)
    return target


def clear_target(store: Store, account: str, *, author: str, now: datetime) -> None:
    """Leave the account without a target from now on; who cleared it and when is kept. Raises StoreError."""
    _write(store, account, _whole_seconds(now), author=author, share=None, by_day=None, share_then=None)


def load_progress(
    store: Store, account: str, newest: Snapshot | None, zone: ZoneInfo, today: date
) -> TargetProgress | None:
    """Assess the target that is in force at the end of the reporting day `today`; None without one.

    `newest` is the account's newest snapshot on that day. Raises StoreError.
    """
    target = load_target(store, account, midnight(today + timedelta(days=1), zone))
    if target is None:
        return None
    snapshot = newest if today <= target.by else _last_until(store, target, zone)
    return assess_target(target, snapshot, zone, today)


def _last_until(store: Store, target: Target, zone: ZoneInfo) -> Snapshot | None:
    """Return the last snapshot on or before the target's date."""
    oldest = store.oldest(target.account)
    if oldest is None:
        return None
    (last,) = store.last_in_each(target.account, [(oldest.taken_at, midnight(target.by + timedelta(days=1), zone))])
    return last


def _whole_seconds(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)


def _write(store: Store, account: str, set_at: datetime, **values: Any) -> None:
    """Write a target. Of two in the same second, the later one counts."""
    key: dict[str, Any] = {"account": account, "set_at": int(set_at.timestamp())}
    with store.writing() as connection:
        statement = upsert(targets, connection).values(key | values)
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
