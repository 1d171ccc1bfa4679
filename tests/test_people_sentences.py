"""Sentences about departments and the time that users have been at risk."""

from __future__ import annotations

from datetime import date

import pytest

from mimecast.domain.people.departments import DepartmentChange
from mimecast.domain.people.movement import TimeAtRisk
from mimecast.domain.scores import ScoreCounts
from mimecast.text.people import department_changes_sentence, time_at_risk_sentence
from tests.support.clock import NOW

THEN = date(2026, 10, 25)


def changed(department: str, at_risk_then: int, at_risk_now: int) -> DepartmentChange:
    then, now = ScoreCounts(100 - at_risk_then, 0, 0, at_risk_then), ScoreCounts(100 - at_risk_now, 0, 0, at_risk_now)
    return DepartmentChange(department, now, then)


@pytest.mark.parametrize(
    ("departments", "sentence"),
    [
        (
            [("Sales", 10, 13), ("Legal", 5, 1)],
            "Largest changes since 25 Oct 2026: Legal −4.0 points and Sales +3.0 points.",
        ),
        ([("Sales", 10, 13), ("Legal", 5, 6)], "Largest change since 25 Oct 2026: Sales +3.0 points."),
        ([("Sales", 10, 10)], "No single department's share at risk has changed since 25 Oct 2026."),
        ([], ""),
    ],
    ids=["up and down", "all up", "unchanged", "none"],
)
def test_the_largest_rise_and_the_largest_fall_are_named(
    departments: list[tuple[str, int, int]], sentence: str
) -> None:
    assert department_changes_sentence([changed(*each) for each in departments], THEN) == sentence


@pytest.mark.parametrize(
    ("users", "at_least", "sentence"),
    [
        (
            94,
            {30: 40, 90: 20, 180: 10},
            "Of 94 users at risk, 40 have been at risk without interruption for 30 days or more, 20 for 90 days or "
            "more and 10 for 180 days or more.",
        ),
        (2, {30: 1}, "Of 2 users at risk, 1 has been at risk without interruption for 30 days or more."),
        (0, {30: 0}, "No user is at risk."),
        (5, {}, "Time at risk has been recorded since 25 Oct 2026, less than 30 days ago."),
    ],
)
def test_the_time_at_risk_is_stated_for_any_number_of_users(
    users: int, at_least: dict[int, int], sentence: str
) -> None:
    assert time_at_risk_sentence(TimeAtRisk(users, at_least, NOW), THEN) == sentence
