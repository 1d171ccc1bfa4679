"""A made-up company with two years of grades: seeded, so that everybody sees the same, and plausible, so that charts
of it look like charts of a real one.

What happens, in days since the story began: an improving trend all along; a phishing campaign that many fall for, and
the training after it; a re-organisation that adds users who have had no training; a fortnight with no snapshots.
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
"""Days that a sandbox may go on running after the story's end."""

TAKEN_AT: Final = time(3, 0, tzinfo=UTC)

PHISHING: Final = 250
REORGANISATION: Final = 430
NO_SNAPSHOTS: Final = frozenset({190, 655, *range(540, 554)})

MIX: Final = (
    #  day                  A     B     C     D     F   percent of users
    (0, (31.0, 27.0, 25.0, 10.6, 6.4)),
    (PHISHING, (34.8, 27.6, 22.2, 9.6, 5.8)),
    (PHISHING + 6, (32.6, 26.4, 22.4, 11.0, 7.6)),
    (PHISHING + 75, (36.6, 28.0, 20.8, 9.1, 5.5)),
    (REORGANISATION, (38.4, 28.2, 20.0, 8.6, 4.8)),
    (REORGANISATION + 5, (36.6, 27.6, 21.2, 9.4, 5.2)),
    (HISTORY_DAYS, (43.4, 28.1, 17.6, 7.5, 3.4)),
    (HISTORY_DAYS + FUTURE_DAYS, (46.0, 28.2, 16.2, 6.7, 2.9)),
)

HEADCOUNT: Final = (
    (0, 1072.0),
    (REORGANISATION, 1098.0),
    (REORGANISATION + 5, 1187.0),
    (HISTORY_DAYS, 1204.0),
    (HISTORY_DAYS + FUTURE_DAYS, 1221.0),
)

SEED: Final = 20261124
PERSISTENCE: Final = 0.95
"""How much of yesterday's deviation is left today; grades of a company change slowly."""

DAILY_DEVIATION: Final = 0.07
"""Standard deviation of a day's own share of the deviation, in points; of the headcount, in tens of users."""


class DemoCompany:
    """The company's grades on every day, with `today` as the last of the two years."""

    def __init__(self, today: date, *, seed: int = SEED) -> None:
        self.first_day = today - timedelta(days=HISTORY_DAYS)
        self.today = today
        rng = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._deviations = _deviations(rng, len(GRADES) + 1, HISTORY_DAYS + FUTURE_DAYS + 1)

    def counts_on(self, day: date) -> ScoreCounts:
        """Users per grade on a day; before the story as on its first day, long after it as on its last."""
        number = min(max((day - self.first_day).days, 0), HISTORY_DAYS + FUTURE_DAYS)
        *wobbles, joiners = self._deviations[number]
        users = round(_between(HEADCOUNT, number) + 10 * joiners)
        weights = [
            max(_between(tuple((at, mix[grade]) for at, mix in MIX), number) + wobbles[grade], 0.1)
            for grade in range(len(GRADES))
        ]
        return ScoreCounts(*_split(users, weights))

    def past(self) -> list[tuple[datetime, ScoreCounts]]:
        """Every snapshot that was taken before today, oldest first; the days of `NO_SNAPSHOTS` have none."""
        days = [self.first_day + timedelta(days=number) for number in range(HISTORY_DAYS) if number not in NO_SNAPSHOTS]
        return [(datetime.combine(day, TAKEN_AT), self.counts_on(day)) for day in days]


def _deviations(rng: random.Random, series: int, days: int) -> list[tuple[float, ...]]:
    """Slow random deviations from the story's line, one row a day."""
    row = [0.0] * series
    rows = []
    for _ in range(days):
        row = [PERSISTENCE * value + rng.gauss(0, DAILY_DEVIATION) for value in row]
        rows.append(tuple(row))
    return rows


def _between(line: tuple[tuple[int, float], ...], day: int) -> float:
    """The value of a line through the given points."""
    for (start, low), (end, high) in pairwise(line):
        if day <= end:
            return low + (high - low) * (day - start) / (end - start)
    return line[-1][1]


def _split(users: int, weights: list[float]) -> list[int]:
    """Whole users in proportion to the weights, adding up to `users`."""
    total = sum(weights)
    edges = [round(users * sum(weights[: index + 1]) / total) for index in range(len(weights))]
    return [edge - before for before, edge in zip([0, *edges], edges, strict=False)]
