"""Implausible answers: the rule, the mark, and what is computed without them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mimecast.domain.causes.implausible import Implausibility, find_implausibility, find_implausible
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from tests.support.clock import NOW

COUNTS = st.builds(ScoreCounts, *[st.integers(0, 2000)] * 5, st.integers(0, 5)) | st.just(ScoreCounts())


def snapshot(users: int, *, days: float = 0) -> Snapshot:
    return Snapshot("default", NOW + timedelta(days=days), ScoreCounts(users))


def test_no_users_after_some_are_implausible_at_any_age() -> None:
    assert find_implausibility(snapshot(0, days=400), snapshot(1200)) is Implausibility.NO_USERS
    assert find_implausibility(snapshot(0), snapshot(0, days=-1)) is None
    assert find_implausibility(snapshot(0), None) is None


def test_a_change_of_users_graded_by_more_than_half_within_a_week_is_implausible() -> None:
    assert find_implausibility(snapshot(599, days=7), snapshot(1200)) is Implausibility.USERS_CHANGED
    assert find_implausibility(snapshot(1801, days=7), snapshot(1200)) is Implausibility.USERS_CHANGED
    assert find_implausibility(snapshot(600, days=7), snapshot(1200)) is None
    assert find_implausibility(snapshot(1800, days=7), snapshot(1200)) is None
    assert find_implausibility(snapshot(599, days=7.001), snapshot(1200)) is None
    assert find_implausibility(snapshot(5), snapshot(0, days=-1)) is None


def test_answers_after_an_implausible_one_are_compared_with_the_plausible_one_before_it() -> None:
    first, second, third = snapshot(500, days=1), snapshot(510, days=2), snapshot(1190, days=3)
    found = find_implausible([third, second, first], snapshot(1200))
    assert found == [(first, Implausibility.USERS_CHANGED), (second, Implausibility.USERS_CHANGED)]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 20)), max_size=30))
def test_what_is_left_has_no_implausible_step(steps: list[tuple[int, int]]) -> None:
    history, day = [], 0
    for users, days in steps:
        day += days
        history.append(snapshot(users, days=day))
    marked = {new.taken_at for new, _ in find_implausible(history, None)}
    left = [new for new in history if new.taken_at not in marked]
    assert left[:1] == history[:1]
    assert find_implausible(left, None) == []


@given(COUNTS, COUNTS, st.integers(0, 30))
def test_the_rule_depends_on_users_graded_only(before: ScoreCounts, after: ScoreCounts, days: int) -> None:
    then = Snapshot("default", NOW, before)
    now = Snapshot("default", NOW + timedelta(days=days), after)
    by_totals = find_implausibility(snapshot(after.users_graded, days=days), snapshot(before.users_graded))
    assert find_implausibility(now, then) is by_totals
