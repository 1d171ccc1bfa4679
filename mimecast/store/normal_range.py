"""Loads the earlier changes that the normal range of an account rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.causes.restarts import is_comparable, last_restart
from mimecast.domain.comparison import lookback_bounds
from mimecast.domain.normal_range import (
    JudgedChange,
    RangeOfDay,
    Verdict,
    band,
    first_judged_day,
    judge,
    max_lookback,
)
from mimecast.domain.reporting_days import midnight, reporting_day
from mimecast.domain.scores import share
from mimecast.domain.snapshot import RiskLevel, Snapshot
from mimecast.store.causes.restarts import load_restarts, load_restarts_of
from mimecast.store.snapshot_rows import to_seconds
from mimecast.store.store import Store

DEFAULT_SPAN: Final = 30
"""Days over which a change is judged unless another span is requested."""

MAX_BASELINE_PERIODS: Final = 120
"""More would hardly narrow the limits (t falls from 2.62 to 2.58), and would describe a company of long ago."""

MAX_BASELINE_DAYS: Final = 3653
"""Ten years."""


def load_judged_change(store: Store, newest: Snapshot, zone: ZoneInfo, span: int = DEFAULT_SPAN) -> JudgedChange:
    """Judge the change of the at-risk share over the `span` days (1 or more) before a snapshot.

    It is one query that seeks at most `MAX_BASELINE_PERIODS` + 1 snapshots, and one for the oldest snapshot where there
    is no verdict. Raises StoreError, and ValueError for less than a day.
    """
    return load_judged_changes(store, [newest], zone, span)[newest.account]


def load_judged_changes(
    store: Store, newest: Sequence[Snapshot], zone: ZoneInfo, span: int = DEFAULT_SPAN
) -> dict[str, JudgedChange]:
    """Judge the change of many accounts, each up to its newest snapshot; return the results by account.

    It takes one query per reporting day of the newest snapshots. Raises as `load_judged_change` does.
    """
    if span < 1:
        raise ValueError("a change is judged over one day or more")
    periods = min(MAX_BASELINE_PERIODS + 1, max(1, MAX_BASELINE_DAYS // span))
    baseline = load_baseline(store, newest, zone, span, periods)
    judged = {snapshot.account: _judge(snapshot, baseline[snapshot.account], span) for snapshot in newest}
    restarts = load_restarts_of(store, [snapshot.account for snapshot in newest])
    unknown = [snapshot for snapshot in newest if judged[snapshot.account].verdict is Verdict.UNKNOWN]
    oldest = store.oldest_of([snapshot.account for snapshot in unknown])
    for snapshot in unknown:
        begin, day = reporting_day(oldest[snapshot.account].taken_at, zone), reporting_day(snapshot.taken_at, zone)
        restart = last_restart(restarts[snapshot.account], day)
        restart_day = restart.day if restart and restart.day > begin else None
        known_from = first_judged_day(restart_day or begin, span)
        if known_from > day:
            judged[snapshot.account] = replace(judged[snapshot.account], known_from=known_from, restart_day=restart_day)
    return judged


def load_baseline(
    store: Store, newest: Sequence[Snapshot], zone: ZoneInfo, span: int, periods: int
) -> dict[str, list[RiskLevel | None]]:
    """Return, by account, the levels one span of days before its newest snapshot, two spans and so on.

    A level from before the account's last baseline restart is not comparable and therefore None. Raises StoreError.
    """
    restarts = load_restarts_of(store, [snapshot.account for snapshot in newest])
    accounts_by_day: defaultdict[date, list[str]] = defaultdict(list)
    for snapshot in newest:
        accounts_by_day[reporting_day(snapshot.taken_at, zone)].append(snapshot.account)
    levels: dict[str, list[RiskLevel | None]] = {}
    for today, accounts in accounts_by_day.items():
        days = [today - timedelta(days=span * index) for index in range(1, periods + 1)]
        windows = [lookback_bounds(day, zone, max_lookback(span)) for day in days]
        for account, account_levels in store.risk_levels_in_each(accounts, windows).items():
            restart = last_restart(restarts[account], today)
            start = to_seconds(midnight(restart.day, zone)) if restart else 0
            levels[account] = [level if level and level.taken_at >= start else None for level in account_levels]
    return levels


def load_band(store: Store, newest: Snapshot, zone: ZoneInfo, judged: JudgedChange | None) -> tuple[RangeOfDay, ...]:
    """Return the normal range of the at-risk share on each day of the judged span, oldest first.

    Empty when there are no limits. Raises StoreError.
    """
    if judged is None or judged.low is None:
        return ()
    last = reporting_day(newest.taken_at, zone)
    days = [last - timedelta(days=back) for back in range(judged.span, -1, -1)]
    windows = [lookback_bounds(day - timedelta(days=judged.span), zone, max_lookback(judged.span)) for day in days]
    levels = store.risk_levels_in_each([newest.account], windows)[newest.account]
    restarts = load_restarts(store, newest.account)
    earlier = {
        day: level.at_risk_share if level and is_comparable(_day_of(level, zone), day, restarts) else None
        for day, level in zip(days, levels, strict=True)
    }
    return band(judged, earlier)


def _day_of(level: RiskLevel, zone: ZoneInfo) -> date:
    return reporting_day(datetime.fromtimestamp(level.taken_at, UTC), zone)


def _judge(newest: Snapshot, baseline: list[RiskLevel | None], span: int) -> JudgedChange:
    """Judge by the levels one span before the newest snapshot, two spans before it and so on."""
    shares = [newest.counts.at_risk_share, *(level.at_risk_share if level else None for level in baseline)]
    graded = [newest.counts.users_graded, *(level.users_graded for level in baseline[:1] if level)]
    return judge(shares, span, share(1, min(filter(None, graded), default=0)) or 0.0)
