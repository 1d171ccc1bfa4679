"""The headline: how many users are at risk, and since when that is fewer or more."""

from __future__ import annotations

from datetime import date

from mimecast.domain.comparison import Comparison
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_date, format_int, format_percent, pluralize, round_points
from mimecast.text.changes import since_phrase


def headline(newest: Snapshot, since: Comparison | None, past_day: date | None = None) -> str:
    """Return one sentence without its full stop: `10.6% of users are at risk, down from 14.1% a year ago`.

    `since` compares the snapshot with an earlier one. `past_day` is the reporting day of the snapshot where the
    sentence is about a past period: it then carries that date and uses the past tense.
    """
    counts = newest.counts
    on = f" on {format_date(past_day)}" if past_day else ""
    if counts.at_risk_share is None:
        return f"{unknown_share_phrase(counts, is_past=past_day is not None)}{on}"
    are = "were" if past_day else "are"
    fact = f"{format_percent(counts.at_risk_share)} of users {are} at risk{on}"
    change = since.change_in_points("at_risk") if since else None
    if since is None or change is None:
        return fact
    then, _ = since.shares("at_risk")
    when = since_phrase(since.then_day, since.now_day)
    if past_day:
        when = when.replace("a year ago", "a year earlier")
    if not round_points(change):
        return f"{fact}, the same as {when}"
    return f"{fact}, {'up' if change > 0 else 'down'} from {format_percent(then)} {when}"


def unknown_share_phrase(counts: ScoreCounts, *, is_past: bool = False) -> str:
    """Say why there is no share at risk, without a full stop."""
    if not counts.users_graded:
        return f"No users {'were' if is_past else 'are'} graded"
    return f"No user {'had' if is_past else 'has'} a grade from A to F"


def counts_sentence(newest: Snapshot, *, is_past: bool = False) -> str:
    """Return `128 of 1,204 users (grade D or F).`, or what is known where the share at risk is not."""
    counts = newest.counts
    if not counts.users_graded:
        return "Grades appear once users engage with training."
    if counts.at_risk_share is None:
        named = f" ({', '.join(newest.other_letters)})" if newest.other_letters else ""
        is_one = counts.users_graded == 1
        subject = "The only graded user" if is_one else f"All {format_int(counts.users_graded)} users"
        have = "had" if is_past else "has" if is_one else "have"
        return (
            f"{subject} {have} {'a grade' if is_one else 'grades'} that Mimecast does not document{named}, so the "
            "share at risk is unknown."
        )
    return f"{format_int(counts.at_risk)} of {pluralize(counts.users_graded, 'user')} (grade D or F)."
