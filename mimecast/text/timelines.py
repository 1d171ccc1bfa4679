"""Coverage and resolution of a timeline in words."""

from __future__ import annotations

from datetime import date

from mimecast.domain.reporting_days import MAX_LINE_POINTS, Resolution, count_periods
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_int, format_range, pluralize

ADJECTIVES = {
    Resolution.DAY: "daily",
    Resolution.WEEK: "weekly",
    Resolution.MONTH: "monthly",
    Resolution.QUARTER: "quarterly",
    Resolution.YEAR: "yearly",
}


def coverage(timeline: Timeline) -> str:
    """Return how many days of a timeline have a snapshot."""
    return coverage_text(timeline.days_covered, timeline.days)


def coverage_text(days_covered: int, days: int) -> str:
    """Return `350 of 365 days have a snapshot`."""
    have = "has" if 1 in (days_covered, days) else "have"
    return f"{format_int(days_covered)} of {pluralize(days, 'day')} {have} a snapshot"


def coverage_sentence(timeline: Timeline) -> str:
    """Return the coverage, and that gaps are shown grey where there are any."""
    gaps = "; gaps are shown grey" if timeline.days_covered < timeline.days else ""
    return f"{coverage(timeline)}{gaps}."


def resolution_sentence(timeline: Timeline, mix: Timeline, requested: Resolution | None) -> str:
    """Say which resolution the charts have, and why it is not the requested one."""
    sentence = f"{ADJECTIVES[timeline.resolution].capitalize()} values ({timeline.zone.key})"
    if mix.resolution is not timeline.resolution:
        sentence += f"; grade mix by {mix.resolution}"
    if requested and requested is not timeline.resolution:
        points = format_int(count_periods(timeline.first, timeline.last, requested))
        sentence += (
            f". {ADJECTIVES[requested].capitalize()} values would need {points} data points; a line has room for "
            f"{MAX_LINE_POINTS}"
        )
    return f"{sentence}."


def no_snapshot_sentence(first: date, last: date) -> str:
    """Say that no snapshot was taken on the days from `first` to `last`."""
    preposition = "on" if first == last else "from"
    return f"No snapshot was taken {preposition} {format_range(first, last)}."


def empty_range_sentence(timeline: Timeline) -> str:
    """Say why a range has no share at risk: no snapshot, no users graded, or only grades that are not documented."""
    if timeline.is_empty:
        return no_snapshot_sentence(timeline.first, timeline.last)
    fact = "No user had a grade from A to F" if timeline.has_shares else "No users were graded"
    return f"{fact} in this range ({format_range(timeline.first, timeline.last)})."
