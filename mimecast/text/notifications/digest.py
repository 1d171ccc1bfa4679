"""The digest in words. Each text is complete without a column's heading, since mail programs flatten tables."""

from __future__ import annotations

from datetime import date
from typing import Final

from mimecast.domain.comparison import Comparison, MissingComparison
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.targets import TargetProgress
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_points,
    pluralize,
    round_points,
)
from mimecast.text.changes import range_of
from mimecast.text.headline import unknown_share_phrase
from mimecast.text.targets import goal_phrase, progress_sentence, status_phrase

NET_CHANGE_NOTE: Final = "Changes are net: totals do not show individual moves."


def headline_text(counts: ScoreCounts, day: date) -> str:
    """Return `12.3% of users were at risk on 30 Nov 2026 (148 of 1,204)`."""
    if counts.at_risk_share is None:
        return f"{unknown_share_phrase(counts, is_past=True)} on {format_date(day)}"
    share = format_percent(counts.at_risk_share)
    of_users = f"({format_int(counts.at_risk)} of {format_int(counts.users_graded)})"
    return f"{share} of users were at risk on {format_date(day)} {of_users}"


def headline_of_accounts(known: int, accounts: int) -> str:
    """Return `2 of 3 accounts have a snapshot in this period`."""
    return f"{known} of {pluralize(accounts, 'account')} {'has' if known == 1 else 'have'} a snapshot in this period"


def no_snapshot_text() -> str:
    """Return the headline of a period without a snapshot."""
    return "No snapshot was taken in this period"


def share_text(counts: ScoreCounts) -> str:
    """Return `12.3% (148 of 1,204 users)`."""
    of_users = f"({format_int(counts.at_risk)} of {pluralize(counts.users_graded, 'user')})"
    return f"{format_percent(counts.at_risk_share)} {of_users}"


def change_text(change: Comparison | MissingComparison | None, judged: JudgedChange | None) -> str:
    """Return `−0.8 points since 31 Oct 2026, from 13.1% (158 of 1,207 users); normal (−2.1 to +1.6 points)`."""
    points = change.change_in_points("at_risk") if isinstance(change, Comparison) else None
    if not isinstance(change, Comparison) or points is None:
        return "Change unknown: nothing to compare with"
    since, then = f"since {format_date(change.then_day)}", share_text(change.then.counts)
    text = f"{format_points(points)} {since}, from {then}" if round_points(points) else f"Unchanged {since}, at {then}"
    if change.restart:
        return f"{text}; not comparable, since the baseline restarted on {format_date(change.restart.day)}"
    if judged is None or judged.verdict is Verdict.UNKNOWN:
        return f"{text}; normal range not known yet"
    side = "normal" if judged.verdict is Verdict.WITHIN else "above normal" if points > 0 else "below normal"
    return f"{text}; {side} ({range_of(judged)})"


def target_text(progress: TargetProgress) -> str:
    """Return the target and its progress: `At most 8.0% by 1 May 2027. On track: 9.4% on 28 Nov 2026 (needed: ...)`."""
    return f"At most {goal_phrase(progress.target)}. {progress_sentence(progress)}"


def short_target_text(progress: TargetProgress | None) -> str:
    """Return `Target 8.0%: on track`, for a table of accounts; a text for none as well."""
    if progress is None:
        return "No target"
    return f"Target {format_percent(progress.target.share)}: {status_phrase(progress)}"


def note_text(day: date, text: str) -> str:
    """Return `12 Nov 2026: Phishing campaign`."""
    return f"{format_date(day)}: {text}"
