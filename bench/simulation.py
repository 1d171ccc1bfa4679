"""Simulated histories of the at-risk share, from fixed seeds, and the dashboard's own verdicts on them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mimecast.domain.variation import Verdict, judge
from mimecast.store.variation_baseline import max_lookback

Shares = npt.NDArray[np.float64]
"""One row a history, one column a day, oldest first: percent at risk, NaN on a day without a snapshot."""

SEED: Final = 20_261_124
HISTORIES: Final = 2000
TWO_YEARS: Final = 730
FOUR_YEARS: Final = 1461
STEP: Final = 5
"""Size of a real step, in standard deviations of the change over the span."""

LEVEL: Final = 30.0
"""Percent at risk that histories begin around."""

PHI: Final = 0.97


@dataclass(frozen=True)
class Process:
    """A kind of history without any real change. `change_sd` gives the standard deviation of its change over so many
    days; the histories that `make` draws (histories, days) are in the same unit."""

    name: str
    make: Callable[[np.random.Generator, int], Shares]
    change_sd: Callable[[int], float]

    def histories(self, days: int, span: int) -> Shares:
        """Around `LEVEL`, scaled so that the change over `span` days has a standard deviation of 1 point."""
        drawn = self.make(np.random.default_rng(SEED), days)
        return LEVEL + drawn / self.change_sd(span)


def _noise(random: np.random.Generator, days: int) -> Shares:
    return random.standard_normal((HISTORIES, days))


def _walk(random: np.random.Generator, days: int) -> Shares:
    return _noise(random, days).cumsum(axis=1)


def _autocorrelated(random: np.random.Generator, days: int) -> Shares:
    made = _noise(random, days)
    made[:, 0] /= math.sqrt(1 - PHI**2)
    for day in range(1, days):
        made[:, day] += PHI * made[:, day - 1]
    return made


def _heavy_tailed_walk(random: np.random.Generator, days: int) -> Shares:
    return random.standard_t(3, (HISTORIES, days)).cumsum(axis=1)


NOISE: Final = Process("independent noise", _noise, lambda span: math.sqrt(2))
WALK: Final = Process("random walk", _walk, math.sqrt)
AUTOCORRELATED: Final = Process(
    "AR(1), 0.97", _autocorrelated, lambda span: math.sqrt(2 * (1 - PHI**span) / (1 - PHI**2))
)
HEAVY: Final = Process("random walk, heavy tails", _heavy_tailed_walk, lambda span: math.sqrt(3 * span))
PROCESSES: Final = (NOISE, WALK, AUTOCORRELATED)


def with_step(shares: Shares, span: int, size: float = STEP, ago: int = 0) -> Shares:
    """A rise by `size` points to stay, in the middle of the last `span` days, or `ago` spans before that."""
    stepped = shares.copy()
    stepped[:, -(ago * span + span // 2 + 1) :] += size
    return stepped


def with_gaps(shares: Shares, single: float, outages: int = 0, length: int = 0) -> Shares:
    """Without the snapshots of a fraction of days, and of `outages` runs of `length` days; the last day has one."""
    random = np.random.default_rng(SEED + 1)  # other numbers than the shares are made of
    holed = shares.copy()
    histories, days = shares.shape
    holed[:, :-1][random.random((histories, days - 1)) < single] = np.nan
    for row, starts in zip(holed, random.integers(0, days - 1 - length, (histories, outages)), strict=True):
        for start in starts:
            row[start : start + length] = np.nan
    return holed


def of_few_users(shares: Shares, users: int, sd_in_users: float) -> Shares:
    """Shares as `users` people can have them: 1 point becomes `sd_in_users` people, rounded to whole ones."""
    at_risk = np.rint((shares - LEVEL) * sd_in_users + users * LEVEL / 100)
    return np.clip(at_risk, 0, users) * 100 / users


def shares_back(shares: Shares, span: int) -> Shares:
    """Newest first, one column each `span` days, as the dashboard reads them: the last snapshot on or before the day,
    within the latitude."""
    days = shares.shape[1]
    columns = []
    for day in range(days - 1, -1, -span):
        column = shares[:, day].copy()
        for earlier in range(day - 1, max(day - max_lookback(span).days, 0) - 1, -1):
            column = np.where(np.isnan(column), shares[:, earlier], column)
        columns.append(column)
    return np.stack(columns, axis=1)


def known_shares(row: Shares) -> list[float | None]:
    """None for NaN, as `judge` takes them."""
    return [None if math.isnan(share) else share for share in row.tolist()]


def percent_more(shares: Shares, span: int, one_user: float = 0.0) -> float:
    """Of the histories that get a verdict, how many percent are more than usual."""
    return _tally(shares, span, one_user)[1]


@dataclass(frozen=True)
class Outcome:
    """Percent of histories that get a verdict; the earlier spans it rests on, at the median; percent of verdicts that
    are "more than usual" without a real change, and with one."""

    judged: float
    baseline_periods: int
    wrongly: float
    rightly: float


def outcome(shares: Shares, span: int) -> Outcome:
    judged, wrongly, baseline_periods = _tally(shares, span, 0.0)
    return Outcome(judged, baseline_periods, wrongly, percent_more(with_step(shares, span), span))


def _tally(shares: Shares, span: int, one_user: float) -> tuple[float, float, int]:
    judged = [judge(known_shares(row), span, one_user) for row in shares_back(shares, span)]
    given = [one for one in judged if one.verdict is not Verdict.UNKNOWN]
    more = sum(one.verdict is Verdict.MORE for one in given)
    spans = int(np.median([one.baseline_periods for one in judged]))
    return 100 * len(given) / len(judged), 100 * more / len(given) if given else math.nan, spans
