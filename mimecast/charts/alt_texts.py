"""Text alternatives of charts over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from mimecast.charts.time_axis import date_at
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import format_percent
from mimecast.text.timelines import coverage

Value = TypeVar("Value", int, float)


def line_alt(
    title: str, timeline: Timeline, values: Sequence[Value | None], format_value: Callable[[Value], str]
) -> str:
    """Return a text alternative: the first, last, lowest and highest value, and the coverage."""
    present = [value for _, value in known_values(values)]
    ends = _ends(timeline, values, format_value)
    if len(present) == 1:
        return f"{title}: {ends}. {coverage(timeline)}."
    extremes = f"lowest {format_value(min(present))}, highest {format_value(max(present))}"
    return f"{title}: {ends}; {extremes}. {coverage(timeline)}."


def ends_alt(
    subject: str, timeline: Timeline, values: Sequence[Value | None], format_value: Callable[[Value], str]
) -> str:
    """Return `Users graded: 1,190 on 24 Nov 2025, 1,204 on 24 Nov 2026.`, the first and the last value."""
    return f"{subject}: {_ends(timeline, values, format_value)}."


def mix_alt(title: str, timeline: Timeline) -> str:
    """Return a text alternative: the share of each grade in the first and the last snapshot, and the coverage."""
    shares = {grade: timeline.shares(grade) for grade in timeline.shown_grades}
    known = [index for index, _ in known_values(shares["A"])]
    mixes = "; ".join(
        f"{date_at(timeline, end)}: "
        + ", ".join(f"{grade} {format_percent(each[end])}" for grade, each in shares.items())
        for end in dict.fromkeys((known[0], known[-1]))
    )
    return f"{title}. {mixes}. {coverage(timeline)}."


def _ends(timeline: Timeline, values: Sequence[Value | None], format_value: Callable[[Value], str]) -> str:
    """Return the first and the last value with their dates; a single one once."""
    known = known_values(values)
    return ", ".join(
        f"{format_value(value)} on {date_at(timeline, index)}" for index, value in dict.fromkeys((known[0], known[-1]))
    )
