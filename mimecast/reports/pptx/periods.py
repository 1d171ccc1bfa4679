"""Periods of a timeline as the categories and values of native charts.

Categories are texts: Keynote and Google Slides have no date axis, and drop or misplace the points of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mimecast.domain.reporting_days import Resolution, reporting_day
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import MONTHS, format_date
from mimecast.reports.report import Report
from mimecast.text.grades import grades_in_words


def period_days(timeline: Timeline) -> list[date]:
    """Return what each period is called: the day of its last snapshot, or its first day where it has none."""
    if timeline.resolution is Resolution.DAY:
        return list(timeline.periods)
    return [max(timeline.day_at(index) or period, period) for index, period in enumerate(timeline.periods)]


def period_labels(timeline: Timeline) -> list[str]:
    """Return the category of each period: `24 Nov 2026` (a week’s last snapshot), `Nov 2026`, `Q4 2026` or `2026`."""
    match timeline.resolution:
        case Resolution.DAY | Resolution.WEEK:
            return [format_date(day) for day in period_days(timeline)]
        case Resolution.MONTH:
            return [f"{MONTHS[period.month - 1]} {period.year}" for period in timeline.periods]
        case Resolution.QUARTER:
            return [f"Q{(period.month + 2) // 3} {period.year}" for period in timeline.periods]
        case Resolution.YEAR:
            return [str(period.year) for period in timeline.periods]


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
    noted: dict[int, list[int]] = {}
    for number, note in report.annotations.notes_between(timeline.first, timeline.last):
        noted.setdefault(timeline.index_of(note.day), []).append(number)
    return noted


def note_heights(noted: Sequence[int], shares: Sequence[float | None]) -> list[float | None]:
    """Return heights on the line for the periods with notes; in a gap, those between its ends."""
    heights: list[float | None] = [None] * len(shares)
    for index in noted:
        heights[index] = bridged_share(shares, index)
    return heights


def bridged_share(shares: Sequence[float | None], index: int) -> float:
    """Return the share at an index; in a gap, that on the straight line between the nearest known ones.

    At least one share is known. Before the first and after the last, it is theirs.
    """
    known = known_values(shares)
    start, low = next((each for each in reversed(known) if each[0] <= index), known[0])
    end, high = next((each for each in known if each[0] >= index), known[-1])
    return low if start == end else low + (high - low) * (index - start) / (end - start)


def ends_in_words(timeline: Timeline) -> str:
    """Return the date and the grades of the first and the last period with a snapshot."""
    known = [snapshot for snapshot in timeline.snapshots if snapshot]
    ends = dict.fromkeys((known[0], known[-1]))
    return "; ".join(
        f"{format_date(reporting_day(end.taken_at, timeline.zone))}: {grades_in_words(end.counts)}" for end in ends
    )
