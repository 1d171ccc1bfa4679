"""The shares an account had one span, two spans, three spans ... before a snapshot, and the verdict they give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.comparison import MAX_LOOKBACK
from mimecast.domain.reporting_days import midnight, reporting_day
from mimecast.domain.scores import share
from mimecast.domain.snapshot import RiskLevel, Snapshot
from mimecast.domain.variation import FALLBACK_SPANS, Variation, Verdict, judge
from mimecast.store.store import Store

MAX_BASELINE_PERIODS: Final = 120
"""More would hardly narrow the limits (t falls from 2.62 to 2.58), and would be about a company of long ago."""

MAX_BASELINE_DAYS: Final = 3653
"""Ten years."""


def load_variation(store: Store, now: Snapshot, zone: ZoneInfo, requested_span: int = 30) -> Variation:
    """How usual the change of the at-risk share is over the `requested_span` days (1 or more) before `now`.

    Where that span has too little history, or no share at its beginning, the longest of `SPANS` that is shorter and has
    enough is judged instead. Each span is one query that seeks at most `MOST_EARLIER_SPANS` + 1 snapshots.
    Raises StoreError; ValueError for less than a day.
    """
    return load_variations(store, [now], zone, requested_span)[now.account]


def load_variations(
    store: Store, newest: Sequence[Snapshot], zone: ZoneInfo, requested_span: int = 30
) -> dict[str, Variation]:
    """The same for many accounts, of each its newest snapshot: one query a span for all whose newest snapshots are of
    the same reporting day."""
    if requested_span < 1:
        raise ValueError("a change is judged over one day or more")
    wanted = _load(store, newest, zone, requested_span)
    judged = dict(wanted)
    for span in sorted((span for span in FALLBACK_SPANS if span < requested_span), reverse=True):
        unknown = [now for now in newest if judged[now.account].verdict is Verdict.UNKNOWN]
        if not unknown:
            break
        judged |= _load(store, unknown, zone, span)
    return {
        account: wanted[account] if one.verdict is Verdict.UNKNOWN else replace(one, requested_span=requested_span)
        for account, one in judged.items()
    }


def max_lookback(span: int) -> timedelta:
    """How much earlier than a multiple of `span` days a snapshot may be and still stand for that day.

    As for every comparison, but less than half a span: then each snapshot stands for one day only, and two that are
    one span apart are never more than one and a half spans apart. For 7 days that makes 3.
    """
    return min(MAX_LOOKBACK, timedelta(days=(span - 1) // 2))


def _load(store: Store, newest: Sequence[Snapshot], zone: ZoneInfo, span: int) -> dict[str, Variation]:
    spans = min(MAX_BASELINE_PERIODS + 1, max(1, MAX_BASELINE_DAYS // span))
    back = load_baseline(store, newest, zone, span, spans)
    return {now.account: _judged(now, back[now.account], span) for now in newest}


def load_baseline(
    store: Store, newest: Sequence[Snapshot], zone: ZoneInfo, span: int, spans: int
) -> dict[str, list[RiskLevel | None]]:
    """For each account, by its newest snapshot: its levels one span of days before that, two spans and so on."""
    by_day: defaultdict[date, list[str]] = defaultdict(list)
    for now in newest:
        by_day[reporting_day(now.taken_at, zone)].append(now.account)
    found: dict[str, list[RiskLevel | None]] = {}
    for today, accounts in by_day.items():
        days = [today - timedelta(days=span * index) for index in range(1, spans + 1)]
        windows = [(midnight(day - max_lookback(span), zone), midnight(day + timedelta(days=1), zone)) for day in days]
        found |= store.risk_levels_in_each(accounts, windows)
    return found


def _judged(now: Snapshot, back: list[RiskLevel | None], span: int) -> Variation:
    """`back` holds the levels one span before `now`, two spans before it and so on."""
    shares = [
        now.counts.share(now.counts.at_risk),
        *(share(one.at_risk, one.users_graded) if one else None for one in back),
    ]
    graded = [now.counts.users_graded, *(one.users_graded for one in back[:1] if one)]
    return judge(shares, span, share(1, min(filter(None, graded), default=0)) or 0.0)
