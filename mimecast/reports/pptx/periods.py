"""Periods of a timeline as the categories and values of native charts.

Categories are texts: Keynote and Google Slides have no date axis, and drop or misplace the points of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from mimecast.domain.reporting_days import Resolution
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.timeline import Timeline
from mimecast.formatting import MONTHS, format_date
from mimecast.reports.report import Report
from mimecast.text.grades import grades_in_words


def period_days(timeline: Timeline) -> list[date]:
    """Return what each period is called: the day of its last snapshot, or its first day where it has none."""
    if timeline.resolution is Resolution.DAY:
        return [label.date() for label in timeline.users.index]
    taken = timeline.users["taken_at"]
    return [
        label.date() if pd.isna(at) else max(at.astimezone(timeline.zone).date(), label.date())
        for label, at in zip(timeline.users.index, taken, strict=True)
    ]


def period_labels(timeline: Timeline) -> list[str]:
    """Return the category of each period: `24 Nov 2026` (a week’s last snapshot), `Nov 2026`, `Q4 2026` or `2026`."""
    match timeline.resolution:
        case Resolution.DAY | Resolution.WEEK:
            return [format_date(day) for day in period_days(timeline)]
        case Resolution.MONTH:
            return [f"{MONTHS[label.month - 1]} {label.year}" for label in timeline.users.index]
        case Resolution.QUARTER:
            return [f"Q{label.quarter} {label.year}" for label in timeline.users.index]
        case Resolution.YEAR:
            return [str(label.year) for label in timeline.users.index]


def whole_numbers(users: pd.Series[float]) -> list[int | None]:
    """Return counts as a native chart takes them, None for a gap."""
    return [None if value != value else int(value) for value in users]


def numbers(values: pd.Series[float]) -> list[float | None]:
    """Return values as a native chart takes them, None for a gap."""
    return [None if value != value else float(value) for value in values]


def target_level(report: Report, days: Sequence[date]) -> list[float | None] | None:
    """Return the target's share from the period in which it was set to its date; None without a target to show.

    It covers the last two periods at least, since a single point is no line.
    """
    timeline, annotations = report.timeline, report.annotations
    target = annotations.target_between(timeline.first, timeline.last, timeline.zone)
    if target is None:
        return None
    set_on = target.set_at.astimezone(timeline.zone).date()
    start = min(sum(day < set_on for day in days), max(len(days) - 2, 0))
    return [target.share if index >= start and day <= target.by else None for index, day in enumerate(days)]


def normal_range(report: Report, days: Sequence[date]) -> tuple[list[float | None], list[float | None]] | None:
    """Return the lower limit and the width of the normal range in each period; None without one.

    An area falls to zero where it has no value. A period of no width at either end keeps its edges upright.
    """
    band = {day.day: day for day in report.annotations.band}
    known = [index for index, day in enumerate(days) if day in band]
    if not known:
        return None
    low: list[float | None] = [None] * len(days)
    width: list[float | None] = [None] * len(days)
    for index in known:
        day = band[days[index]]
        low[index], width[index] = day.low, day.high - day.low
    for index, neighbour in [*((index - 1, index) for index in known), *((index + 1, index) for index in known)]:
        if 0 <= index < len(days) and low[index] is None:
            low[index], width[index] = low[neighbour], 0.0
    return low, width


def noted_periods(report: Report) -> dict[int, list[int]]:
    """Return the numbers of the notes by the index of the period that contains their day."""
    timeline = report.timeline
    positions = {label: index for index, label in enumerate(timeline.users.index)}
    noted: dict[int, list[int]] = {}
    for number, note in report.annotations.notes_between(timeline.first, timeline.last):
        noted.setdefault(positions[timeline.label_of(note.day)], []).append(number)
    return noted


def note_heights(noted: Sequence[int], shares: pd.Series[float]) -> list[float | None]:
    """Return heights on the line for the periods with notes; in a gap, those between its ends."""
    bridged = shares.reset_index(drop=True).interpolate(limit_direction="both")
    heights: list[float | None] = [None] * len(shares)
    for index in noted:
        heights[index] = float(bridged[index])
    return heights


def ends_in_words(timeline: Timeline) -> str:
    """Return the date and the grades of the first and the last period with a snapshot."""
    known = timeline.users.dropna(subset=["users_graded"])
    ends = [known.iloc[0], known.iloc[-1]] if len(known) > 1 else [known.iloc[-1]]
    return "; ".join(
        f"{format_date(end['taken_at'].astimezone(timeline.zone).date())}: "
        + grades_in_words(ScoreCounts(*(int(end[grade]) for grade in (*"ABCDF", "other"))))
        for end in ends
    )
