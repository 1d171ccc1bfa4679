"""Titles of slides: one sentence each, without its full stop, that says what the slide shows."""

from __future__ import annotations

from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import Timeline, known_values
from mimecast.formatting import format_date, format_int, format_percent, pluralize, round_points
from mimecast.text.changes import size_of
from mimecast.text.headline import counts_sentence


def trend_title(timeline: Timeline, since: Comparison | None) -> str:
    """Say how the share at risk changed over a range. `since` compares its ends."""
    change = since.change_in_points("at_risk") if since else None
    if since is None or change is None:
        return f"The trend of the share at risk begins on {format_date(timeline.first)}"
    dates = f"from {format_date(since.then_day)} to {format_date(since.now_day)}"
    if not round_points(change):
        return f"The share at risk stayed at {format_percent(since.shares('at_risk')[1])} {dates}"
    return f"The share at risk {_moved(change)} {dates}"


def change_title(comparison: Comparison | None, newest: Snapshot, judged: JudgedChange | None, *, is_past: bool) -> str:
    """Say how the share at risk changed recently, and whether that is normal; how many are at risk without a change."""
    change = comparison.change_in_points("at_risk") if comparison else None
    counts = newest.counts
    if counts.at_risk_share is None:
        return counts_sentence(newest, is_past=is_past).removesuffix(".")
    if comparison is None or change is None:
        verb = ("was" if is_past else "is") if counts.at_risk == 1 else ("were" if is_past else "are")
        return f"{format_int(counts.at_risk)} of {pluralize(counts.users_graded, 'user')} {verb} at risk (grade D or F)"
    span = f"in {pluralize(comparison.days, 'day')}"
    moved = _moved(change) if round_points(change) else "did not change"
    return f"The share at risk {moved} {span}{_verdict(judged)}"


def mix_title(timeline: Timeline) -> str:
    """Say how the share of users who do well changed over a range, by its first and its last period with users."""
    shares = [share for _, share in known_values(timeline.shares("doing_well"))]
    if not shares:
        return "No user has a grade from A to F"
    first, last = shares[0], shares[-1]
    if len(shares) == 1 or not round_points(last - first):
        return f"{format_percent(last)} of users have grade A or B"
    verb = "rose" if last > first else "fell"
    return f"The share of users with grade A or B {verb} from {format_percent(first)} to {format_percent(last)}"


def notes_title(count: int, page: int = 1, pages: int = 1) -> str:
    """Say how many notes the report has, and which part of them a slide shows."""
    part = f" ({page} of {pages})" if pages > 1 else ""
    return f"{pluralize(count, 'note')} {'says' if count == 1 else 'say'} what happened in this period{part}"


def sources_title(timeline: Timeline, *, is_sample: bool) -> str:
    """Say whose numbers these are, and how complete."""
    source = "sample data" if is_sample else "Mimecast's"
    days = f"{format_int(timeline.days_covered)} of {pluralize(timeline.days, 'day')}"
    return f"The numbers are {source}, from {days}"


def _moved(change: float) -> str:
    return f"{'rose' if change > 0 else 'fell'} by {size_of(change)}"


def _verdict(judged: JudgedChange | None) -> str:
    if judged is None:
        return ""
    match judged.verdict:
        case Verdict.WITHIN:
            return ", a normal change" if round_points(judged.change or 0.0) else " (normal)"
        case Verdict.OUTSIDE:
            return ", more than is normal"
        case _:
            return ""
