"""The normal range: the interval in which a change of this account's at-risk share normally lies.

It comes from the account's own earlier changes over spans of the same length that do not overlap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import fmean
from typing import Final

from mimecast.domain.comparison import MAX_LOOKBACK
from mimecast.domain.t_distribution import t_quantile

MIN_BASELINE_PERIODS: Final = 12
"""Earlier changes that a verdict needs: with fewer, the limits say more about chance than about the account."""

CONFIDENCE: Final = 0.99
"""Probability with which one further change of the same kind stays within the limits."""

ROUNDS_TO_ZERO: Final = 0.05
"""Points. A smaller change is shown as `0.0 points`."""

FLOAT_NOISE: Final = 1e-9
"""Points that are left over when two shares that differ by one user are subtracted."""


class Verdict(StrEnum):
    """Whether a change lies outside the normal range."""

    OUTSIDE = "outside the normal range"
    WITHIN = "within the normal range"
    UNKNOWN = "cannot be judged"


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """A change of the at-risk share over the last `span` days, in points, with the normal range it is judged by.

    The normal range is `low` to `high` (points), from `baseline_periods` earlier changes; both are None where there are
    too few. `change` is None where the share at either end is unknown. `known_from` is the first reporting day on which
    the history is long enough for a verdict, where that is the reason for not having one; `restart_day` is then the
    day of the baseline restart since which it counts, None without one.
    """

    verdict: Verdict
    span: int
    change: float | None
    low: float | None
    high: float | None
    baseline_periods: int
    known_from: date | None = None
    restart_day: date | None = None

    @property
    def is_unusually_worse(self) -> bool:
        """Whether the share at risk rose by more than the normal range allows."""
        return self.verdict is Verdict.OUTSIDE and (self.change or 0) > 0


@dataclass(frozen=True, slots=True)
class RangeOfDay:
    """The normal range of the at-risk share on a reporting day, in percent of users graded."""

    day: date
    low: float
    high: float


def judge(shares: Sequence[float | None], span: int, one_user: float) -> JudgedChange:
    """Judge the change from `shares[1]` to `shares[0]` by the changes before it.

    `shares` are percent at risk now, `span` days earlier, twice `span` days earlier and so on, None where unknown. The
    two changes that touch an unknown share are unknown; nothing is bridged. `one_user` is the weight of one user, in
    points.

    The limits are those of `normal_limits`, widened where needed so that they never exclude a change that a single
    user makes, nor one that is shown as 0.0 points. Because they include zero, a change outside the normal range is
    always a larger movement than normal in its own direction: a trend that stops is within the range, a trend that
    turns may not be.
    """
    change, *earlier_or_unknown = _changes(shares) or [None]
    earlier = [each for each in earlier_or_unknown if each is not None]
    if change is None or len(earlier) < MIN_BASELINE_PERIODS:
        return JudgedChange(Verdict.UNKNOWN, span, change, None, None, len(earlier))
    low, high = normal_limits(earlier)
    least = max(one_user, ROUNDS_TO_ZERO) + FLOAT_NOISE
    low, high = min(low, -least), max(high, least)
    verdict = Verdict.WITHIN if low <= change <= high else Verdict.OUTSIDE
    return JudgedChange(verdict, span, change, low, high, len(earlier))


def normal_limits(earlier: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the limits (points) of one further change with `confidence`, from two or more earlier changes.

    This is the two-sided normal prediction interval for one future observation: mean ± t(n-1) · s · sqrt(1 + 1/n), with
    the mean and standard deviation s of n earlier changes and the quantile of Student's t. Source: Hahn and Meeker,
    "Statistical Intervals: A Guide for Practitioners" (1991), chapter 4.

    The limits are on changes, not on levels: today's share is nearly yesterday's, so limits on levels would raise an
    alarm at every slow drift, while changes over spans that do not overlap are close to independent. Judging a value by
    the process's own routine variation is Wheeler's idea ("Understanding Variation", 1993); the limits of his XmR
    chart, mean ± 2.66 · mean moving range, find fewer real steps here (`python -m bench.normal_range`). The centre is
    the mean of the earlier changes, so a steady trend counts as normal.
    """
    count = len(earlier)
    centre = fmean(earlier)
    deviation = math.sqrt(math.fsum((change - centre) ** 2 for change in earlier) / (count - 1))
    reach = t_quantile((1 + confidence) / 2, count - 1) * deviation * math.sqrt(1 + 1 / count)
    return centre - reach, centre + reach


def first_judged_day(oldest: date, span: int) -> date:
    """Return the first reporting day on which a history that begins on `oldest` is long enough for a verdict."""
    return oldest + timedelta(days=span * (MIN_BASELINE_PERIODS + 1))


def max_lookback(span: int) -> timedelta:
    """Return how much earlier than a multiple of `span` days a snapshot may be to represent that day.

    It is that of every comparison, but less than half a span, so that each snapshot represents one day only, and two
    that are one span apart are never more than one and a half spans apart. For 7 days that makes 3.
    """
    return min(MAX_LOOKBACK, timedelta(days=(span - 1) // 2))


def band(judged: JudgedChange, earlier_shares: Mapping[date, float | None]) -> tuple[RangeOfDay, ...]:
    """Return the normal range of the share on each of the last days, oldest first.

    Limits are on changes, so the range of a day is the share one span earlier plus the limits, cut to 0 and 100.
    `earlier_shares` maps each day to the share one span before it, None where that is unknown: such a day has no range.
    Empty when the limits are unknown.
    """
    if judged.low is None or judged.high is None:
        return ()
    low, high = judged.low, judged.high
    return tuple(
        RangeOfDay(day, max(share + low, 0.0), min(share + high, 100.0))
        for day, share in sorted(earlier_shares.items())
        if share is not None
    )


def _changes(shares: Sequence[float | None]) -> list[float | None]:
    """Turn shares, newest first, into changes, newest first."""
    return [None if then is None or now is None else now - then for now, then in pairwise(shares)]
