"""Changes of the share at risk in words: of two snapshots, judged by the normal range, and split by cause."""

from __future__ import annotations

from datetime import date, timedelta

from mimecast.domain.causes.restarts import Restart
from mimecast.domain.comparison import Comparison, MissingComparison, MissingReason
from mimecast.domain.normal_range import MIN_BASELINE_PERIODS, JudgedChange, Verdict
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_points,
    format_signed,
    format_signed_decimal,
    pluralize,
    round_points,
)

DAYS_PER_MONTH = 30.4
NET_CHANGES = "Net changes: totals do not show individual moves."


def size_of(change: float) -> str:
    """Return the size of a change in points without its sign: `1.2 points`."""
    return f"{abs(round_points(change)):.1f} points"


def restart_warning(comparison: Comparison) -> str:
    """Warn of a baseline restart between two snapshots: empty, or a sentence that begins with a space."""
    if comparison.restart is None:
        return ""
    return f" {restart_sentence(comparison.restart)}"


def restart_sentence(restart: Restart) -> str:
    """Say that counts before and after a baseline restart are not comparable."""
    return (
        f"Not comparable: the baseline restarted on {format_date(restart.day)} ({restart.text}), so the counts before "
        "and after that day mean different things."
    )


def shortened_sentence(restart: Restart) -> str:
    """Say that the counts before a baseline restart are not comparable."""
    return f"The baseline restarted on {format_date(restart.day)} ({restart.text}): earlier counts are not comparable."


def comparison_sentence(comparison: Comparison) -> str:
    """Say how the share at risk changed between two snapshots, with both dates, and warn of a baseline restart."""
    return f"{_compared_sentence(comparison)}{restart_warning(comparison)}"


def _compared_sentence(comparison: Comparison) -> str:
    dates = f"From {format_date(comparison.then_day)} to {format_date(comparison.now_day)}"
    then, now = comparison.shares("at_risk")
    if then is None or now is None:
        day = comparison.then_day if then is None else comparison.now_day
        return f"The share at risk on {format_date(day)} is unknown, since {_why_unknown(comparison, then is None)}."
    change = now - then
    if not round_points(change):
        return f"{dates}, the share of users at risk stayed at {format_percent(now)}."
    verb = "rose" if change > 0 else "fell"
    shares = f"from {format_percent(then)} to {format_percent(now)}"
    return f"{dates}, the share of users at risk {verb} {shares} ({format_points(change)})."


def counts_sentence(comparison: Comparison) -> str:
    """Say how many users were at risk on both days."""
    (then, now), (graded_then, graded_now) = comparison.users("at_risk"), comparison.users("users_graded")
    return (
        f"{format_int(then)} of {pluralize(graded_then, 'user')} had grade D or F; "
        f"{pluralize(comparison.days, 'day')} later, {format_int(now)} of {pluralize(graded_now, 'user')} did."
    )


def recent_change_sentence(comparison: Comparison | MissingComparison, days: int, judged: JudgedChange | None) -> str:
    """Say how the share at risk changed in about `days` days, and whether that is normal for the account.

    It follows a sentence that names the newest share and its date.
    """
    if isinstance(comparison, MissingComparison):
        return missing_sentence(comparison, days)
    change = comparison.change_in_points("at_risk")
    if change is None:
        then, _ = comparison.shares("at_risk")
        if then is not None:
            return ""
        return f"On {format_date(comparison.then_day)}, {_why_unknown(comparison, True)}, so the change is unknown."
    span = (
        f"in {pluralize(days, 'day')}"
        if comparison.days == days
        else f"since {format_date(comparison.then_day)} ({pluralize(comparison.days, 'day')})"
    )
    rounded = round_points(change)
    moved = f"{'Up' if rounded > 0 else 'Down'} {size_of(change)}" if rounded else "Unchanged"
    if comparison.restart:
        return f"{moved} {span}.{restart_warning(comparison)}"
    if judged is None:
        return f"{moved} {span}."
    if judged.verdict is Verdict.UNKNOWN:
        return f"{moved} {span}. {unknown_range_sentence(judged)}"
    return f"{moved} {span}, {verdict_phrase(judged)}."


def verdict_sentence(judged: JudgedChange) -> str:
    """Say whether a change just stated is normal for the account, or why that is unknown."""
    if judged.verdict is Verdict.UNKNOWN:
        return unknown_range_sentence(judged)
    return f"That is {verdict_phrase(judged)}."


def verdict_phrase(judged: JudgedChange) -> str:
    """Return `a normal change for this account (normal: −2.1 to +1.6 points)`, or how the change departs from it.

    The change has a verdict.
    """
    normal = f"(normal: {range_of(judged)})"
    if judged.verdict is Verdict.WITHIN or judged.change is None:
        what = "a normal change" if round_points(judged.change or 0.0) else "normal"
        return f"{what} for this account {normal}"
    limit = judged.high if judged.change > 0 else judged.low
    just = "just " if limit is not None and round_points(limit) == round_points(judged.change) else ""
    side = "above" if judged.change > 0 else "below"
    return f"{just}{side} the normal range for this account {normal}"


def range_of(judged: JudgedChange) -> str:
    """Return `−2.1 to +1.6 points`. The normal range is known."""
    return f"{format_signed_decimal(judged.low or 0.0)} to {format_signed_decimal(judged.high or 0.0)} points"


def unknown_range_sentence(judged: JudgedChange) -> str:
    """Say why a change has no verdict, and from when on it can have one."""
    if judged.known_from:
        months = round(judged.span * (MIN_BASELINE_PERIODS + 1) / DAYS_PER_MONTH)
        history = pluralize(months, "month") if months else pluralize(judged.span * (MIN_BASELINE_PERIODS + 1), "day")
        since = f" since the baseline restart on {format_date(judged.restart_day)}" if judged.restart_day else ""
        return f"The normal range is known after {history} of history{since} (from {format_date(judged.known_from)})."
    if judged.change is None and judged.baseline_periods >= MIN_BASELINE_PERIODS:
        return f"The change cannot be judged: the share at risk {pluralize(judged.span, 'day')} earlier is unknown."
    known = judged.baseline_periods
    return (
        f"The normal range is unknown: it needs {MIN_BASELINE_PERIODS} earlier {judged.span}-day changes, and because "
        f"of gaps {f'only {format_int(known)}' if known else 'none'} {'is' if known < 2 else 'are'} known."
    )


def missing_sentence(missing: MissingComparison, days: int) -> str:
    """Say why there is nothing to compare with, and when there will be."""
    if missing.reason is MissingReason.TOO_YOUNG:
        return (
            f"First comparison over {pluralize(days, 'day')}: {format_date(missing.first_day + timedelta(days=days))}."
        )
    return (
        f"No snapshot was taken on {format_date(missing.requested)} or in the 7 days before, so the change in "
        f"{pluralize(days, 'day')} is unknown."
    )


def headcount_sentence(comparison: Comparison) -> str:
    """Say how much of the change in users at risk is headcount; empty where users graded changed little."""
    parts, relative_change = comparison.parts, comparison.headcount_change
    if parts is None or relative_change is None:
        return ""
    then, now = comparison.users("users_graded")
    verb = "rose" if relative_change > 0 else "fell"
    added = "added" if parts.headcount >= 0 else "removed"
    moved = "a higher share added" if parts.behaviour > 0 else "a lower share removed"
    share = f"{moved} {format_int(abs(parts.behaviour))}" if parts.behaviour else "the share did not change"
    cause = "growth" if relative_change > 0 else "the smaller headcount"
    return (
        f"Users graded {verb} by {format_percent(abs(float(relative_change * 100)))}, from {format_int(then)} to "
        f"{format_int(now)}. {_net_change(parts.whole)}: {cause} alone would have {added} "
        f"{format_int(abs(parts.headcount))}; {share}."
    )


def headcount_alert(comparison: Comparison) -> str:
    """Say that users graded changed by more than 5%; empty where they did not."""
    relative_change = comparison.headcount_change
    if comparison.parts is None or relative_change is None:
        return ""
    then, now = comparison.users("users_graded")
    verb = "rose" if relative_change > 0 else "fell"
    percent = format_percent(abs(float(relative_change * 100)))
    days = f"from {format_date(comparison.then_day)} to {format_date(comparison.now_day)}"
    return (
        f"Users graded {verb} by {percent} {days} "
        f"({format_int(then)} to {format_int(now)}), so part of the change is headcount."
    )


def since_phrase(then_day: date, now_day: date) -> str:
    """Return `a year ago` for a day about a year before another, or `on 3 Mar 2026`."""
    days = (now_day - then_day).days
    return "a year ago" if 365 <= days <= 372 else f"on {format_date(then_day)}"


def _net_change(users: int) -> str:
    if not users:
        return "As many users are at risk as before"
    kind = "more" if users > 0 else "fewer"
    return f"{pluralize(abs(users), f'{kind} user')} at risk"


def _why_unknown(comparison: Comparison, is_then: bool) -> str:
    counts = comparison.then.counts if is_then else comparison.now.counts
    return "no users were graded" if not counts.users_graded else "no user had a grade from A to F"


def signed_users(users: int) -> str:
    """Return a net change in users with its noun: `+14 users`."""
    return f"{format_signed(users)} {'user' if abs(users) == 1 else 'users'}"
