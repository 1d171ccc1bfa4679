"""The target in words."""

from __future__ import annotations

from datetime import date

from mimecast.domain.targets import Target, TargetProgress, TargetStatus
from mimecast.formatting import MONTHS, format_date, format_percent


def goal_phrase(target: Target) -> str:
    """Return `8.0% by 1 May 2027`."""
    return f"{format_percent(target.share)} by {format_date(target.by)}"


def short_goal_phrase(target: Target) -> str:
    """Return `8% by May 2027`."""
    share = f"{target.share:g}%"
    return f"{share} by {MONTHS[target.by.month - 1]} {target.by.year}"


def short_target_sentence(progress: TargetProgress, past_day: date | None = None) -> str:
    """Return the target and its status, for example `Target 8% by May 2027: on track`, as a sentence.

    About a past period it is `As of 31 Mar 2026, the target of 8% by May 2027 was on track`.
    """
    goal, status = short_goal_phrase(progress.target), status_phrase(progress)
    if past_day is None:
        return f"Target {goal}: {status}."
    if progress.status is TargetStatus.UNKNOWN:
        return f"On {format_date(past_day)}, the target was {goal} ({status})."
    return f"As of {format_date(past_day)}, the target of {goal} was {status}."


def target_sentence(progress: TargetProgress, past_day: date | None = None) -> str:
    """Return `Target: at most 8.0% at risk by 1 May 2027.` and the progress with the numbers it rests on."""
    return f"Target: at most {goal_phrase(progress.target)}. {progress_sentence(progress, past_day)}"


def status_phrase(progress: TargetProgress) -> str:
    """Return the status, or why there is none."""
    if progress.status is not TargetStatus.UNKNOWN:
        return progress.status.value
    return "progress unknown" if progress.day is None else "no starting share to judge by"


def progress_sentence(progress: TargetProgress, past_day: date | None = None) -> str:
    """Return the progress with its numbers: `On track: 9.4% on 28 Nov 2026 (needed: at most 9.6%)`.

    `past_day` is the day that the sentence is about where it is about a past period.
    """
    target, status = progress.target, progress.status
    if progress.day is None:
        known = f"was known on {format_date(past_day)}" if past_day else "is known"
        return f"No share at risk {known}, so progress cannot be assessed."
    share = f"{format_percent(progress.share)} on {format_date(progress.day)}"
    if status is TargetStatus.UNKNOWN:
        return f"{share}. The share at risk was unknown when the target was set, so progress cannot be assessed."
    if status in (TargetStatus.REACHED, TargetStatus.MISSED):
        return f"{status.value.capitalize()}: {share}."
    if progress.day <= progress.set_on:
        return f"Set on {format_date(progress.set_on)}, when the share was {format_percent(target.share_then)}."
    return f"{status.value.capitalize()}: {share} (needed: at most {format_percent(progress.due)})."
