"""Made-up company with two years of grades, generated from a seed, so that every installation shows the same history.

Its events are plausible for a real company: a steady improvement; a phishing campaign that many users fall for, and the
training after it; a clean-up of the directory, which removes leavers; a reorganisation that adds users without
training; two weeks without snapshots.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from mimecast.domain.scores import GRADES, ScoreCounts

COMPANY: Final = "Contoso (made-up)"
HISTORY_DAYS: Final = 730
"""Days from the first snapshot to today."""

FUTURE_DAYS: Final = 366
"""Days after today for which there are grades, for a sandbox that keeps running."""

SNAPSHOT_TIME: Final = time(3, 0, tzinfo=UTC)

PHISHING_DAY: Final = 250
REORGANISATION_DAY: Final = 430
RESTART_DAY: Final = 120
"""The day on which leavers were removed from the directory: counts from then on are not comparable with earlier ones.

It is 20 months ago, so that changes since then are enough for the normal range of 30 days.
"""

DAYS_WITHOUT_SNAPSHOT: Final = frozenset({190, 655, *range(540, 554)})
"""Days since the first snapshot, like all days in this module."""

GRADE_MIX: Final = (
    #  day                      A     B     C     D     F
    (0, (31.0, 27.0, 25.0, 10.6, 6.4)),
    (PHISHING_DAY, (34.8, 27.6, 22.2, 9.6, 5.8)),
    (PHISHING_DAY + 6, (32.6, 26.4, 22.4, 11.0, 7.6)),
    (PHISHING_DAY + 75, (36.6, 28.0, 20.8, 9.1, 5.5)),
    (REORGANISATION_DAY, (38.4, 28.2, 20.0, 8.6, 4.8)),
    (REORGANISATION_DAY + 5, (36.6, 27.6, 21.2, 9.4, 5.2)),
    (HISTORY_DAYS, (43.4, 28.1, 17.6, 7.5, 3.4)),
    (HISTORY_DAYS + FUTURE_DAYS, (46.0, 28.2, 16.2, 6.7, 2.9)),
)
"""Percent of users per grade on some days; between them it changes evenly."""

HEADCOUNT: Final = (
    (0, 1240.0),
    (RESTART_DAY - 1, 1252.0),
    (RESTART_DAY, 1079.0),
    (REORGANISATION_DAY, 1098.0),
    (REORGANISATION_DAY + 5, 1187.0),
    (HISTORY_DAYS, 1204.0),
    (HISTORY_DAYS + FUTURE_DAYS, 1221.0),
)
"""Users graded on some days; between them it changes evenly."""

SEED: Final = 20261124
PERSISTENCE: Final = 0.95
"""The fraction of yesterday's deviation that is left today, since the grades of a company change slowly."""

DAILY_DEVIATION: Final = 0.07
"""Standard deviation of what a day adds to the deviation: points of a grade, tens of users of the headcount."""


class DemoCompany:
    """The company's grades on every day."""

    def __init__(self, today: date, *, seed: int = SEED) -> None:
        """Generate the two years before `today`, and the year after it."""
        self.first_day = today - timedelta(days=HISTORY_DAYS)
        self.today = today
        rng = random.Random(seed)  # noqa: S311 - not a secret
        self._deviations = _deviations(rng, len(GRADES) + 1, HISTORY_DAYS + FUTURE_DAYS + 1)

    def counts_on(self, day: date) -> ScoreCounts:
        """Return the users per grade on a day. Days before the first and after the last one have its counts."""
        number = min(max((day - self.first_day).days, 0), HISTORY_DAYS + FUTURE_DAYS)
        *share_deviations, headcount_deviation = self._deviations[number]
        users = round(_interpolate(HEADCOUNT, number) + 10 * headcount_deviation)
        weights = [
            max(_interpolate(tuple((mix_day, mix[grade]) for mix_day, mix in GRADE_MIX), number) + deviation, 0.1)
            for grade, deviation in enumerate(share_deviations)
        ]
        return ScoreCounts(*_split(users, weights))

    def history(self) -> list[tuple[datetime, ScoreCounts]]:
        """Return the instant (UTC) and the counts of each snapshot before today, oldest first."""
        days = [
            self.first_day + timedelta(days=number)
            for number in range(HISTORY_DAYS)
            if number not in DAYS_WITHOUT_SNAPSHOT
        ]
        return [(datetime.combine(day, SNAPSHOT_TIME), self.counts_on(day)) for day in days]


def _deviations(rng: random.Random, series: int, days: int) -> list[tuple[float, ...]]:
    """Return slowly changing random deviations: one row for each day, one value for each series."""
    deviations = [0.0] * series
    rows = []
    for _ in range(days):
        deviations = [PERSISTENCE * deviation + rng.gauss(0, DAILY_DEVIATION) for deviation in deviations]
        rows.append(tuple(deviations))
    return rows


def _interpolate(points: tuple[tuple[int, float], ...], day: int) -> float:
    """Return the value on a day of the line through the points (day, value)."""
    for (start, low), (end, high) in pairwise(points):
        if day <= end:
            return low + (high - low) * (day - start) / (end - start)
    return points[-1][1]


def _split(users: int, weights: list[float]) -> list[int]:
    """Return whole numbers of users in proportion to the weights, which add up to `users`."""
    total = sum(weights)
    bounds = [round(users * sum(weights[: index + 1]) / total) for index in range(len(weights))]
    return [bound - previous for previous, bound in zip([0, *bounds], bounds, strict=False)]
