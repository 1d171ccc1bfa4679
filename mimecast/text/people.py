"""Departments, movement and time at risk in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from mimecast.domain.people.departments import SMALLER_DEPARTMENTS, DepartmentChange
from mimecast.domain.people.movement import Movement, TimeAtRisk
from mimecast.domain.people.users import NO_DEPARTMENT, NOT_GRADED
from mimecast.formatting import format_date, format_int, format_percent, format_points, join_and, pluralize
from mimecast.text.grades import GROUP_LABELS

SMALLER_DEPARTMENTS_NOTE: Final = (
    "“Smaller departments” combines all departments with fewer than {minimum} graded users. If that group is still too "
    "small or has only one department, the next larger department is added to it. The group is never compared, because "
    "it does not always contain the same departments."
)

_NO_NAMES: Final = (NO_DEPARTMENT, SMALLER_DEPARTMENTS)
"""Rows that are not departments of their own, so no sentence names them."""


def departments_headline(departments: Sequence[DepartmentChange], company_share: float) -> str:
    """Return which department has the largest share at risk, without a full stop; empty without a department."""
    named = [each for each in departments if each.department not in _NO_NAMES and each.counts.users_graded]
    if not named:
        return ""
    top = named[0]
    if (top.counts.at_risk_share or 0.0) <= company_share:
        return (
            f"No single department has a larger share at risk than the whole company ({format_percent(company_share)})"
        )
    return (
        f"{top.department} has the largest share at risk: {format_percent(top.counts.at_risk_share)} of "
        f"{pluralize(top.counts.users_graded, 'user')}, compared with {format_percent(company_share)} company-wide"
    )


def department_changes_sentence(departments: Sequence[DepartmentChange], then: date | None) -> str:
    """Return which departments changed most since a day, in both directions; empty without an earlier day."""
    changes = [
        (each.change, each.department)
        for each in departments
        if each.change is not None and each.department not in _NO_NAMES
    ]
    if not changes or then is None:
        return ""
    lowest, highest = min(changes), max(changes)
    parts = [
        f"{department} {format_points(change)}"
        for (change, department), sign in ((lowest, -1), (highest, 1))
        if sign * change >= 0.05
    ]
    if not parts:
        return f"No single department's share at risk has changed since {format_date(then)}."
    noun = "change" if len(parts) == 1 else "changes"
    return f"Largest {noun} since {format_date(then)}: {join_and(parts)}."


def totals_sentence(listed: int, graded: int, summary_graded: int) -> str:
    """Return how the list of users and the summary differ, empty where they agree."""
    difference = graded - summary_graded
    if not difference:
        return ""
    users = pluralize(abs(difference), f"{'more' if difference > 0 else 'fewer'} graded user")
    return (
        f"The list of users has {users} than the snapshot ({format_int(graded)} and {format_int(summary_graded)}): "
        "the two are requested one after the other and can differ."
    )


def movement_sentence(movement: Movement, grade: str, then: date) -> str:
    """Return where the users of a grade went: `Of 94 users graded D on 29 Oct 2026, 61 stayed at D, ...`."""
    users = movement.graded_then(grade)
    if not users:
        return f"No user was graded {grade} on {format_date(then)}."
    other = users - movement.count(grade, grade) - movement.improved(grade) - movement.worsened(grade)
    other -= movement.count(grade, NOT_GRADED)
    parts = [
        f"{format_int(movement.count(grade, grade))} stayed at {grade}",
        f"{format_int(movement.improved(grade))} improved" if movement.improved(grade) else "",
        f"{format_int(movement.worsened(grade))} got worse" if movement.worsened(grade) else "",
        f"{format_int(other)} got an undocumented grade" if other else "",
        f"{format_int(movement.count(grade, NOT_GRADED))} {_were(movement.count(grade, NOT_GRADED))} no longer graded"
        if movement.count(grade, NOT_GRADED)
        else "",
    ]
    return f"Of {pluralize(users, 'user')} graded {grade} on {format_date(then)}, {join_and([p for p in parts if p])}."


def movement_title(movement: Movement) -> str:
    """Return how many users improved and got worse, without the days, which are beside it, and without a full stop."""
    stayed = movement.graded_then() - movement.left
    return (
        f"Of {pluralize(stayed, 'user')} graded on both days, {format_int(movement.improved())} improved and "
        f"{format_int(movement.worsened())} got worse"
    )


def movement_headline(movement: Movement, then: date, now: date) -> str:
    """Return how many users improved and got worse from one day to another, without a full stop."""
    return f"{movement_title(movement)} from {format_date(then)} to {format_date(now)}"


def joiners_sentence(movement: Movement) -> str:
    """Return how many users joined and left: `22 users joined (graded on the later day only) and 17 users left ...`."""
    if not movement.joined and not movement.left:
        return "No user joined or left: all were graded on both days."
    return (
        f"{pluralize(movement.joined, 'user')} joined (graded on the later day only) and "
        f"{pluralize(movement.left, 'user')} left (graded on the earlier day only)."
    )


def time_at_risk_sentence(time: TimeAtRisk, known_since: date) -> str:
    """Return how long the users at risk have been so."""
    levels = sorted(time.at_least.items())
    if not levels:
        return f"Time at risk has been recorded since {format_date(known_since)}, less than 30 days ago."
    if not time.users:
        return "No user is at risk."
    have = "has" if levels[0][1] == 1 else "have"
    been = f" {have} been at risk without interruption"
    parts = [
        f"{format_int(users)}{'' if index else been} for {days} days or more"
        for index, (days, users) in enumerate(levels)
    ]
    return f"Of {pluralize(time.users, 'user')} at risk, {join_and(parts)}."


def grade_column(grade: str) -> str:
    """Return what a grade, or none, is called at the edge of the matrix."""
    return "Not graded" if grade == NOT_GRADED else GROUP_LABELS.get(grade, grade)


def _were(users: int) -> str:
    return "was" if users == 1 else "were"
