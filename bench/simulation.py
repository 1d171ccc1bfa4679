"""Simulated histories of the share at risk, from fixed seeds, and the dashboard's verdicts on them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mimecast.domain.normal_range import Verdict, judge, max_lookback

Shares = npt.NDArray[np.float64]
"""Shares at risk in percent: one row per history, one column per day, oldest first. NaN is a day without a snapshot."""

SEED: Final = 20_261_124
HISTORIES: Final = 2000
TWO_YEARS: Final = 730
FOUR_YEARS: Final = 1461

STEP: Final = 5
"""Size of a real step, in standard deviations of the change over the span."""

LEVEL: Final = 30.0
"""Percent at risk around which histories start."""

RESTART_SIZE: Final = 10
"""Points by which the share before a baseline restart differs from what it would be by today's counting."""

IMPLAUSIBLE_SIZE: Final = 20
"""Points by which an implausible answer is off."""

PHI: Final = 0.97
"""Part of the distance from the long-term level that an autocorrelated history keeps from one day to the next."""


@dataclass(frozen=True)
class Process:
    """A random process without any real change.

    `draw(rng, days)` returns `HISTORIES` histories, and `change_sd(span)` the standard deviation of their change over
    that many days, in the same unit.
    """

    name: str
    draw: Callable[[np.random.Generator, int], Shares]
    change_sd: Callable[[int], float]

    def histories(self, days: int, span: int) -> Shares:
        """Return histories around `LEVEL` whose change over `span` days has a standard deviation of 1 point."""
        return LEVEL + self.draw(np.random.default_rng(SEED), days) / self.change_sd(span)


def _draw_noise(rng: np.random.Generator, days: int) -> Shares:
    return rng.standard_normal((HISTORIES, days))


def _draw_walk(rng: np.random.Generator, days: int) -> Shares:
    return _draw_noise(rng, days).cumsum(axis=1)


def _draw_autocorrelated(rng: np.random.Generator, days: int) -> Shares:
    values = _draw_noise(rng, days)
    values[:, 0] /= math.sqrt(1 - PHI**2)
    for day in range(1, days):
        values[:, day] += PHI * values[:, day - 1]
    return values


def _draw_heavy_tailed_walk(rng: np.random.Generator, days: int) -> Shares:
    return rng.standard_t(3, (HISTORIES, days)).cumsum(axis=1)


NOISE: Final = Process("independent noise", _draw_noise, lambda span: math.sqrt(2))
WALK: Final = Process("random walk", _draw_walk, math.sqrt)
AUTOCORRELATED: Final = Process(
    "AR(1), 0.97", _draw_autocorrelated, lambda span: math.sqrt(2 * (1 - PHI**span) / (1 - PHI**2))
)
HEAVY_TAILED: Final = Process("random walk, heavy tails", _draw_heavy_tailed_walk, lambda span: math.sqrt(3 * span))
PROCESSES: Final = (NOISE, WALK, AUTOCORRELATED)


def with_step(shares: Shares, span: int, size: float = STEP, spans_ago: int = 0) -> Shares:
    """Return the histories with a lasting rise of `size` points in the middle of the last `span` days.

    `spans_ago` moves the rise that many spans into the past.
    """
    stepped = shares.copy()
    stepped[:, -(spans_ago * span + span // 2 + 1) :] += size
    return stepped


def with_gaps(shares: Shares, missing: float, outages: int = 0, outage_days: int = 0) -> Shares:
    """Return the histories without a fraction of their days and without some outages; the last day is kept.

    Args:
        shares: The histories.
        missing: Fraction of single days that are missing.
        outages: How many runs of `outage_days` days are missing as well, in each history.
        outage_days: Length of an outage.
    """
    rng = np.random.default_rng(SEED + 1)  # independent of the shares
    gappy = shares.copy()
    histories, days = shares.shape
    gappy[:, :-1][rng.random((histories, days - 1)) < missing] = np.nan
    for history, starts in zip(gappy, rng.integers(0, days - 1 - outage_days, (histories, outages)), strict=True):
        for start in starts:
            history[start : start + outage_days] = np.nan
    return gappy


def with_restart(shares: Shares, days_ago: int, *, is_noted: bool) -> Shares:
    """Return the histories with counts that mean something else before a day: `RESTART_SIZE` points more.

    Where the baseline restart `is_noted`, the dashboard compares nothing with those days, as if they were missing.
    """
    restarted = shares.copy()
    restarted[:, :-days_ago] = np.nan if is_noted else restarted[:, :-days_ago] + RESTART_SIZE
    return restarted


def with_implausible_days(shares: Shares, part: float, *, is_excluded: bool) -> Shares:
    """Return the histories with implausible answers on a part of the days, at random; the last day is kept.

    An answer of half the users has a share that is `IMPLAUSIBLE_SIZE` points off. Where they are excluded, the day has
    no snapshot.
    """
    rng = np.random.default_rng(SEED + 2)  # independent of the shares
    days = shares.copy()
    is_implausible = rng.random(days[:, :-1].shape) < part
    off = np.nan if is_excluded else IMPLAUSIBLE_SIZE
    days[:, :-1][is_implausible] += off
    return days


def of_few_users(shares: Shares, users: int, users_per_point: float) -> Shares:
    """Return the shares that `users` users can have.

    A deviation of 1 point from `LEVEL` becomes `users_per_point` users, and users are whole numbers.
    """
    at_risk = np.rint((shares - LEVEL) * users_per_point + users * LEVEL / 100)
    return np.clip(at_risk, 0, users) * 100 / users


def shares_back(shares: Shares, span: int) -> Shares:
    """Return the shares now, `span` days ago, twice `span` days ago and so on, as the dashboard reads them.

    A day without a snapshot has the share of the last one before it, within `max_lookback`.
    """
    columns = []
    for day in range(shares.shape[1] - 1, -1, -span):
        column = shares[:, day].copy()
        for earlier in range(day - 1, max(day - max_lookback(span).days, 0) - 1, -1):
            column = np.where(np.isnan(column), shares[:, earlier], column)
        columns.append(column)
    return np.stack(columns, axis=1)


def known_shares(history: Shares) -> list[float | None]:
    """Return one history as `judge` takes it, with None for NaN."""
    return [None if math.isnan(share) else share for share in history.tolist()]


@dataclass(frozen=True)
class Rates:
    """How often the dashboard gives a verdict on histories, and which.

    `judged` is the percentage of histories with a verdict, `outside` the percentage of these that are outside the
    normal range, and `baseline_periods` the median number of earlier changes behind a verdict.
    """

    judged: float
    outside: float
    baseline_periods: int


@dataclass(frozen=True)
class Accuracy:
    """Verdicts on the same histories without a real change and with one, in percent of the verdicts given.

    `judged` and `baseline_periods` are those without a real change.
    """

    judged: float
    baseline_periods: int
    false_alarms: float
    detections: float


def measure_rates(shares: Shares, span: int, one_user: float = 0.0) -> Rates:
    """Judge the last change over `span` days of every history. `one_user` is what one user makes up, in points."""
    changes = [judge(known_shares(history), span, one_user) for history in shares_back(shares, span)]
    verdicts = [change.verdict for change in changes if change.verdict is not Verdict.UNKNOWN]
    return Rates(
        judged=100 * len(verdicts) / len(changes),
        outside=100 * verdicts.count(Verdict.OUTSIDE) / len(verdicts) if verdicts else math.nan,
        baseline_periods=int(np.median([change.baseline_periods for change in changes])),
    )


def measure_accuracy(shares: Shares, span: int) -> Accuracy:
    """Judge every simulated history, unchanged and with a step of `STEP` points in the last span."""
    unchanged = measure_rates(shares, span)
    stepped = measure_rates(with_step(shares, span), span)
    return Accuracy(unchanged.judged, unchanged.baseline_periods, unchanged.outside, stepped.outside)
