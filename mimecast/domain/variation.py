"""Usual variation: whether a change of the at-risk share is more than this account's own earlier changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean
from typing import Final

from mimecast.domain.t_distribution import t_quantile

FALLBACK_SPANS: Final = (7, 30, 90)
"""Days over which changes are judged, besides the span that is asked for."""

MIN_BASELINE_PERIODS: Final = 12
"""Earlier spans that a verdict takes: with fewer, limits say more about chance than about the account."""

CONFIDENCE: Final = 0.99
"""How often a further change of the same kind stays within the limits."""

ROUNDS_TO_ZERO: Final = 0.05
"""Points: a change below it reads `0.0 points`."""

FLOAT_NOISE: Final = 1e-9
"""Points: what is left over when two shares that are as far apart as one user are subtracted."""


class Verdict(StrEnum):
    MORE = "more than usual"
    WITHIN = "within usual variation"
    UNKNOWN = "not enough history to say"


@dataclass(frozen=True, slots=True)
class Variation:
    """A change of the at-risk share over the last `span` days (points), judged by `baseline_periods` earlier changes
    over
    the same span that do not overlap.

    Usual changes lie from `low` to `high` (points; None where there is not enough history). `requested_span` is the
    span that
    was asked for, `span` the longest with enough history, at most that; where none has enough, it is the one asked for.
    `change` is None where the share at either end is not known.
    """

    verdict: Verdict
    requested_span: int
    span: int
    change: float | None
    low: float | None
    high: float | None
    baseline_periods: int


def judge(shares: Sequence[float | None], span: int, one_user: float) -> Variation:
    """The verdict on the change from `shares[1]` to `shares[0]`, judged by the changes before it.

    `shares`: percent at risk now, `span` days earlier, twice `span` days earlier and so on; None where it is not known.
    The two changes that touch an unknown share are unknown; nothing is bridged. `one_user`: what one user weighs, in
    points.

    The limits are those of `limits_of_usual_changes`, widened where needed so that they never leave out a change that
    a single user makes, nor one that is shown as 0.0 points, on either side of zero. Because they hold zero, "more
    than usual" always means a larger movement than usual in its own direction: a trend that stops is within usual
    variation, a trend that turns may not be.
    """
    change, *before = _changes(shares) or [None]
    earlier = [one for one in before if one is not None]
    if change is None or len(earlier) < MIN_BASELINE_PERIODS:
        return Variation(Verdict.UNKNOWN, span, span, change, None, None, len(earlier))
    low, high = normal_limits(earlier)
    least = max(one_user, ROUNDS_TO_ZERO) + FLOAT_NOISE
    low, high = min(low, -least), max(high, least)
    verdict = Verdict.WITHIN if low <= change <= high else Verdict.MORE
    return Variation(verdict, span, span, change, low, high, len(earlier))


def normal_limits(earlier: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Where one further change lies with `confidence`, going by two or more earlier ones (points).

    The two-sided normal prediction interval for one future observation: mean ± t(n-1) · s · sqrt(1 + 1/n), with mean
    and standard deviation s of n earlier changes and the quantile of Student's t. Source: Hahn and Meeker, "Statistical
    Intervals: A Guide for Practitioners" (1991), chapter 4.

    The limits are on changes, not on levels: today's share is nearly yesterday's, so limits on levels would cry wolf
    at every slow drift, while changes over spans that do not overlap are close to independent. Judging a value by the
    process's own routine variation is Wheeler's idea ("Understanding Variation", 1993); the limits of his XmR chart,
    mean ± 2.66 · mean moving range, find fewer real steps here: docs/usual-variation.md has the measurements. The
    centre is the mean of the earlier changes, so a steady trend counts as usual.
    """
    count = len(earlier)
    centre = fmean(earlier)
    deviation = math.sqrt(math.fsum((change - centre) ** 2 for change in earlier) / (count - 1))
    reach = t_quantile((1 + confidence) / 2, count - 1) * deviation * math.sqrt(1 + 1 / count)
    return centre - reach, centre + reach


def _changes(shares: Sequence[float | None]) -> list[float | None]:
    """From newest first shares to newest first changes."""
    return [None if then is None or now is None else now - then for now, then in pairwise(shares)]
