"""Alerts in words: a headline of a few words and the reason with its numbers, to be read on a phone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mimecast.domain.causes.implausible import Implausible, describe_implausible
from mimecast.domain.causes.restarts import RestartSuggestion
from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import JudgedChange
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import TargetProgress
from mimecast.formatting import (
    format_age,
    format_date,
    format_datetime,
    format_int,
    format_percent,
    format_points,
    pluralize,
    round_points,
)
from mimecast.text.changes import headcount_alert, range_of, size_of
from mimecast.text.targets import progress_sentence, short_target_sentence


def at_risk_sentence(counts: ScoreCounts) -> str:
    """Return `12.3% of users are at risk (148 of 1,204).`, or that no share is known."""
    if counts.at_risk_share is None:
        return f"{pluralize(counts.users_graded, 'user')} graded, and the share at risk is unknown."
    return f"{format_percent(counts.at_risk_share)} of users are at risk {_of_users(counts)}."


def change_alert(comparison: Comparison, judged: JudgedChange) -> tuple[str, str]:
    """Return the headline and the reason of a change of the share at risk, whose normal range is known."""
    change, (then, now) = judged.change or 0.0, comparison.shares("at_risk")
    direction = "up" if change > 0 else "down"
    moved = f"{direction} {size_of(change)} in {pluralize(judged.span, 'day')}"
    headline = f"share at risk {moved}, {'above' if change > 0 else 'below'} normal"
    reason = (
        f"{format_percent(now)} of users are at risk {_of_users(comparison.now.counts)}, {direction} from "
        f"{format_percent(then)} {_of_users(comparison.then.counts)} on {format_date(comparison.then_day)}. "
        f"Normal for this account: {range_of(judged)}, from {judged.baseline_periods} earlier changes."
    )
    return headline, " ".join(filter(None, (reason, headcount_alert(comparison))))


def no_change_alert(judged: JudgedChange) -> tuple[str, str]:
    """Return the headline and the reason of a change that is within the normal range, for the record."""
    change = round_points(judged.change or 0.0)
    return "share at risk within the normal range", f"{format_points(change)} in {pluralize(judged.span, 'day')}."


def target_alert(progress: TargetProgress, newest: Snapshot, zone: ZoneInfo) -> tuple[str, str]:
    """Return the headline and the reason of a target's status, which is known."""
    headline = short_target_sentence(progress).removesuffix(".")
    headline = headline[:1].lower() + headline[1:]
    is_newest = progress.day == reporting_day(newest.taken_at, zone)
    counts = f"{_users_at_risk(newest.counts)}." if is_newest else ""
    return headline, " ".join(filter(None, (progress_sentence(progress), counts)))


def stale_alert(newest: Snapshot | None, last_run: Run | None, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return the headline and the reason of an account that has had no snapshot for too long."""
    if newest:
        headline = f"no snapshot for {format_age(now - newest.taken_at).removesuffix(' ago')}"
        newest_text = f"The newest one was taken on {format_datetime(newest.taken_at, zone)}."
    else:
        headline, newest_text = "no snapshot yet", "No snapshot has been stored yet."
    return headline, f"{newest_text} {_run_sentence(last_run, zone)} A day without a snapshot cannot be recovered."


def fresh_alert(newest: Snapshot, zone: ZoneInfo) -> tuple[str, str]:
    """Return the headline and the reason of an account that has a recent snapshot again."""
    taken_at = format_datetime(newest.taken_at, zone)
    return "snapshots have resumed", f"The newest one was taken on {taken_at}. {at_risk_sentence(newest.counts)}"


def implausible_alert(implausible: Implausible, zone: ZoneInfo) -> tuple[str, str]:
    """Return the headline and the reason of an answer that is implausible."""
    reason = f"{describe_implausible(implausible, zone)} Mimecast's data may be incomplete or may have been reset."
    return "implausible answer from Mimecast", f"{reason} Compare it with Mimecast's console before you use it."


def restart_alert(suggestion: RestartSuggestion) -> tuple[str, str]:
    """Return the headline and the reason of a baseline restart that is suspected."""
    reason = (
        f"Users graded went from {format_int(suggestion.before)} on {format_date(suggestion.before_day)} to "
        f"{format_int(suggestion.after)} on {format_date(suggestion.day)}. If Mimecast's data was reset, or users were "
        "added or removed in bulk, earlier counts are not comparable: record a baseline restart on that day."
    )
    return "baseline restart suspected", reason


def _run_sentence(run: Run | None, zone: ZoneInfo) -> str:
    if run is None:
        return "No scheduled run has been recorded yet."
    ended = format_datetime(run.ended, zone)
    if run.outcome is RunOutcome.FAILED:
        return f"The last run, on {ended}, failed. {run.title}: {run.message}"
    return f"The last run ended on {ended}; check that the scheduler's computer is on."


def _of_users(counts: ScoreCounts) -> str:
    return f"({format_int(counts.at_risk)} of {format_int(counts.users_graded)})"


def _users_at_risk(counts: ScoreCounts) -> str:
    are = "is" if counts.at_risk == 1 else "are"
    return f"{format_int(counts.at_risk)} of {pluralize(counts.users_graded, 'user')} {are} at risk"
