"""Baseline restarts: which days are comparable, and when a restart is suggested."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mimecast.domain.causes.restarts import (
    Restart,
    RestartSuggestion,
    is_comparable,
    last_restart,
    restart_between,
    suggest_restart,
)
from tests.support.clock import TODAY

DAYS = st.integers(0, 400).map(lambda days: TODAY - timedelta(days=days))


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_day_of_a_restart_belongs_to_what_follows_it() -> None:
    restart = Restart(days_ago(10), "Data reset")
    assert restart_between([restart], days_ago(11), days_ago(10)) == restart
    assert restart_between([restart], days_ago(10), days_ago(9)) is None
    assert restart_between([restart], days_ago(30), days_ago(11)) is None
    assert last_restart([restart], days_ago(10)) == restart
    assert last_restart([restart], days_ago(11)) is None


@given(st.lists(DAYS, max_size=5), DAYS, DAYS, DAYS)
def test_days_on_one_side_of_all_restarts_are_comparable_with_each_other(
    starts: list[date], first: date, second: date, third: date
) -> None:
    restarts = [Restart(day, "") for day in starts]
    assert is_comparable(first, second, restarts) == is_comparable(second, first, restarts)
    if is_comparable(first, second, restarts) and is_comparable(second, third, restarts):
        assert is_comparable(first, third, restarts)


def test_a_change_by_more_than_a_quarter_within_a_week_suggests_a_restart_on_the_day_of_the_step() -> None:
    users = [(days_ago(9), 1200), (days_ago(6), 1190), (days_ago(5), 850), (days_ago(4), 840)]
    assert suggest_restart(users, []) == RestartSuggestion(days_ago(5), days_ago(6), 1190, 850)
    assert suggest_restart([(days_ago(5), 1200), (days_ago(4), 900)], []) is None
    assert suggest_restart([(days_ago(12), 1200), (days_ago(4), 600)], []) is None


def test_a_restart_or_a_dismissal_settles_the_week_around_it() -> None:
    users = [(days_ago(6), 1200), (days_ago(5), 800)]
    assert suggest_restart(users, [days_ago(12)]) is None
    assert suggest_restart(users, [days_ago(13)]) is not None


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=40))
def test_accepting_every_suggestion_ends_them(counts: list[int]) -> None:
    users = [(days_ago(len(counts) - index), count) for index, count in enumerate(counts)]
    settled: list[date] = []
    while suggestion := suggest_restart(users, settled):
        assert suggestion.day not in settled
        settled.append(suggestion.day)
    assert len(settled) <= len(counts)
