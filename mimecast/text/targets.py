"""The target in words."""

from __future__ import annotations

from mimecast.domain.targets import Target, TargetProgress, TargetStatus
from mimecast.formatting import MONTHS, format_date, format_percent


def goal_phrase(target: Target) -> str:
    """Return `8.0% by 1 May 2027`."""
    return f"{format_percent(target.share)} by {format_date(target.by)}"


def short_goal_phrase(target: Target) -> str:
    """Return `8% by May 2027`."""
    share = f"{target.share:g}%"
    return f"{share} by {MONTHS[target.by.month - 1]} {target.by.year}"


def short_target_sentence(progress: TargetProgress) -> str:
    """Return the target and its status, as in `Target 8% by May 2027: on track`."""
    return f"Target {short_goal_phrase(progress.target)}: {status_phrase(progress)}."


def target_sentence(progress: TargetProgress) -> str:
    """Return `Target: at most 8.0% at risk by 1 May 2027.` and the progress with the numbers it rests on."""
    return f"Target: at most {goal_phrase(progress.target)}. {progress_sentence(progress)}"


def status_phrase(progress: TargetProgress) -> str:
    """Return the status, or why there is none."""
    if progress.status is not TargetStatus.UNKNOWN:
        return progress.status.value
    return "progress unknown" if progress.day is None else "no starting share to judge by"


def progress_sentence(progress: TargetProgress) -> str:
    """Return the progress with its numbers, as in `On track: 9.4% on 28 Nov 2026, needed by then 9.6%`."""
    target, status = progress.target, progress.status
    if progress.day is None:
        return "No share at risk is known, so progress cannot be assessed."
    share = f"{format_percent(progress.share)} on {format_date(progress.day)}"
    if status is TargetStatus.UNKNOWN:
        return f"{share}. The share at risk was unknown when the target was set, so progress cannot be assessed."
    if status in (TargetStatus.REACHED, TargetStatus.MISSED):
        return f"{status.value.capitalize()}: {share}."
    if progress.day <= progress.set_on:
        return f"Set {format_date(progress.set_on)} at {format_percent(target.share_then)}."
    return f"{status.value.capitalize()}: {share}, needed by then {format_percent(progress.due)}."
