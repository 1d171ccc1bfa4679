"""The target: an at-risk share to reach by a date, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mimecast.history.database import insert_into
from mimecast.history.schema import targets
from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Store
from mimecast.history.timeline import midnight, reporting_day
from mimecast.problems import Problem

YEARS_AHEAD: Final = 5


class TargetRefused(Problem):
    """A target that makes no sense. Nothing was changed."""

    title = "The target was not set"


class Standing(StrEnum):
    REACHED = "reached"
    MISSED = "missed"
    ON_TRACK = "on track"
    OFF_TRACK = "off track"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Target:
    """`share` is a percentage of users graded that should be at risk at most, from the reporting day `by` on;
    `author` who set it, as far as known; `set_at` when (UTC); `share_then` the share at risk when it was set, None
    where it was not known."""

    account: str
    share: float
    by: date
    author: str
    set_at: datetime
    share_then: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How a target stands, judged by the share at risk (percent) of the snapshot of `day`.

    `due` is where the straight line from the share when the target was set to the target stands on that day, where
    there is such a line; `set_on` the reporting day on which the line begins.
    """

    target: Target
    standing: Standing
    set_on: date
    day: date | None
    share: float | None
    due: float | None


def read_target(store: Store, account: str) -> Target | None:
    """The account's target, None when it has none or it was cleared. Raises StoreError."""
    if not store.has(targets):
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
        raise TargetRefused("A share lies between 0 and 100 %.", remedy="Write one, for example 8.0.")
    if by <= today:
        raise TargetRefused("The date has passed.", remedy="Choose a day after today.")
    if by > latest(today):
        raise TargetRefused("The date is too far ahead.", remedy=f"Choose one within {YEARS_AHEAD} years.")
    newest = store.newest(account)
    target = Target(account, round(share, 1), by, author, _whole(now), _share_of(newest))
    _write(store, target.account, target.set_at, author, share=target.share, by=by, share_then=target.share_then)
    return target


def clear_target(store: Store, account: str, *, author: str, now: datetime) -> None:
    """From now on the account has no target; that too is kept with who and when. Raises StoreError."""
    _write(store, account, _whole(now), author)


def read_progress(store: Store, account: str, newest: Snapshot | None, zone: ZoneInfo, today: date) -> Progress | None:
    """How the account's target stands on the reporting day `today`, by its newest snapshot; None when it has no target.

    Raises StoreError.
    """
    target = read_target(store, account)
    if target is None:
        return None
    judged_by = newest if today <= target.by else _last_until(store, target, zone)
    return progress(target, judged_by, zone, today)


def progress(target: Target, judged_by: Snapshot | None, zone: ZoneInfo, today: date) -> Progress:
    """How a target stands by the given snapshot: the newest one or, once the date has passed, the last until then.

    The rule: *reached* when the share at risk is at most the target, as both are shown, to a tenth of a percent. Else,
    once the date has passed, *missed*. Before that, *on track* when the share is on or below the straight line from
    the share when the target was set to the target's share on its date, and *off track* above it.
    """
    set_on = reporting_day(target.set_at, zone)
    share = _share_of(judged_by)
    if judged_by is None or share is None:
        return Progress(target, Standing.UNKNOWN, set_on, None, None, None)
    day = reporting_day(judged_by.taken_at, zone)
    due = share_due(target, set_on, day)
    if round(share, 1) <= target.share:
        standing = Standing.REACHED
    elif today > target.by:
        standing = Standing.MISSED
    elif due is None:
        standing = Standing.UNKNOWN
    else:
        standing = Standing.ON_TRACK if round(share, 1) <= round(due, 1) else Standing.OFF_TRACK
    return Progress(target, standing, set_on, day, share, due)


def share_due(target: Target, set_on: date, day: date) -> float | None:
    """Where the straight line to the target stands on a day, level before and after it; None without a beginning."""
    if target.share_then is None:
        return None
    part = min(max((day - set_on) / (target.by - set_on), 0.0), 1.0) if target.by > set_on else 1.0
    return target.share_then + (target.share - target.share_then) * part


def latest(today: date) -> date:
    """The last date that a target set today can have."""
    year = today.year + YEARS_AHEAD
    return date(year, 3, 1) - timedelta(days=1) if (today.month, today.day) == (2, 29) else today.replace(year=year)


def _last_until(store: Store, target: Target, zone: ZoneInfo) -> Snapshot | None:
    """The last snapshot on or before the target's date."""
    oldest = store.oldest(target.account)
    if oldest is None:
        return None
    (last,) = store.last_in_each(target.account, [(oldest.taken_at, midnight(target.by + timedelta(days=1), zone))])
    return last


def _share_of(snapshot: Snapshot | None) -> float | None:
    return snapshot.counts.share(snapshot.counts.at_risk) if snapshot else None


def _whole(now: datetime) -> datetime:
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
        statement = insert_into(targets, connection).values(key | values)
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
