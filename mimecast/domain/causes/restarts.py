"""Baseline restarts: days from which counts are not comparable with earlier ones, and the suggestion of one.

A restart is a kind of note. It is written by a reader, for example after a data reset, a clean-up of the directory or a
reorganisation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

MAX_WEEKLY_CHANGE: Final = Fraction(1, 4)
"""Beyond this relative change of users graded within `SUGGESTION_SPAN`, a restart is suggested."""

SUGGESTION_SPAN: Final = timedelta(days=7)

SUGGESTION_LOOKBACK: Final = timedelta(days=90)
"""How far back changes of users graded lead to a suggestion."""


@dataclass(frozen=True, slots=True)
class Restart:
    """A baseline restart: counts from the reporting day `day` on are not comparable with earlier ones."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class RestartSuggestion:
    """A restart that is suggested for `day`: users graded changed from `before` on `before_day` to `after` that day."""

    day: date
    before_day: date
    before: int
    after: int


def restart_between(restarts: Iterable[Restart], then_day: date, now_day: date) -> Restart | None:
    """Return the last restart that separates an earlier reporting day from a later one, or None.

    The day of a restart belongs to what follows it.
    """
    between = [restart for restart in restarts if then_day < restart.day <= now_day]
    return max(between, key=lambda restart: restart.day, default=None)


def last_restart(restarts: Iterable[Restart], day: date) -> Restart | None:
    """Return the last restart on or before a reporting day, or None."""
    return restart_between(restarts, date.min, day)


def is_comparable(earlier: date, day: date, restarts: Iterable[Restart]) -> bool:
    """Return whether counts of two reporting days are on the same side of every restart."""
    return restart_between(restarts, min(earlier, day), max(earlier, day)) is None


def suggest_restart(users_by_day: Sequence[tuple[date, int]], settled: Collection[date]) -> RestartSuggestion | None:
    """Return the newest restart to suggest, or None.

    One is suggested where users graded changed by more than a quarter within a week, for the day of the largest step in
    that week. `users_by_day` has the users graded on days with a snapshot, oldest first. `settled` are the days of
    restarts and of dismissed suggestions; nothing is suggested within a week of them.
    """
    for position in range(len(users_by_day) - 1, 0, -1):
        day, users = users_by_day[position]
        for first in range(position - 1, -1, -1):
            earlier_day, earlier = users_by_day[first]
            if day - earlier_day > SUGGESTION_SPAN:
                break
            if not earlier or abs(Fraction(users - earlier, earlier)) <= MAX_WEEKLY_CHANGE:
                continue
            steps = pairwise(users_by_day[first : position + 1])
            (before_day, before), (step_day, after) = max(steps, key=lambda step: abs(step[1][1] - step[0][1]))
            if all(abs(step_day - other) > SUGGESTION_SPAN for other in settled):
                return RestartSuggestion(step_day, before_day, before, after)
            break
    return None
