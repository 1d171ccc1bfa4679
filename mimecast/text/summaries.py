"""What the figures say, in plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mimecast.domain.account_status import AccountStatus, Freshness
from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import MAX_LINE_POINTS, MAX_MIX_COLUMNS, Resolution, count_periods
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import TargetProgress, TargetStatus
from mimecast.domain.timeline import Timeline
from mimecast.domain.variation import MIN_BASELINE_PERIODS, Variation, Verdict
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_signed,
    join_and,
    pluralize,
    round_points,
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The one sentence that the dashboard must answer with: `fact` is what to remember, `rest` completes it."""

    fact: str
    rest: str

    def __str__(self) -> str:
        return self.fact + self.rest


def headline(newest: Snapshot, comparison: Comparison | None, days: int) -> Headline:
    """How many are at risk now, and how that compares with about `days` earlier."""
    counts = newest.counts
    if not counts.users_graded:
        return Headline(
            "Nobody is graded yet", ", so there is no share of users at risk. Grades appear once users engage."
        )
    verb = "is" if counts.at_risk == 1 else "are"
    share = format_percent(counts.share(counts.at_risk))
    fact = f"{format_int(counts.at_risk)} of {pluralize(counts.users_graded, 'user')} ({share}) {verb} at risk"
    return Headline(fact, f" (grade D or F). {_change(comparison, days)}")


def _change(comparison: Comparison | None, days: int) -> str:
    change = comparison.change_in_points("at_risk") if comparison else None
    if comparison is None or change is None:
        return f"There is no snapshot from about {days} days earlier to compare with."
    when = f"on {format_date(comparison.then_day)}, {pluralize(comparison.days, 'day')} earlier"
    return (
        f"That is {change_phrase(change, 'than')} {when}."
        if round_points(change)
        else f"That is the same share as {when}."
    )


def change_phrase(change: float, than: str = "") -> str:
    """`1.2 points less than`, `0.4 points more than`."""
    direction = "more" if change > 0 else "less"
    return f"{_size(change)} {direction}{f' {than}' if than else ''}"


def _size(change: float) -> str:
    rounded = abs(round_points(change))
    return f"{rounded:.1f} {'point' if rounded == 1 else 'points'}"


def verdict(now: Snapshot, variation: Variation | None) -> str:
    """What `usual` says, where there is a share to say it of."""
    return describe_variation(variation) if variation and now.counts.users_graded else ""


def describe_variation(variation: Variation) -> str:
    """Whether a change is more than usual, in one or two sentences that follow the one that states the change."""
    if variation.low is None or variation.high is None or variation.change is None:
        return f"There is not enough history to say whether that is usual: {_missing_history(variation)}."
    low, high = round_points(variation.low), round_points(variation.high)
    change = round_points(variation.change)
    judged = str(variation.verdict)
    if variation.verdict is Verdict.MORE and change in (low, high):
        judged = f"just {judged}"
    subject = "That is"
    if variation.span != variation.requested_span:
        moved = f"{'rose' if change > 0 else 'fell'} by {_size(change)}" if change else "stayed the same"
        subject = (
            f"There is too little history to judge {pluralize(variation.requested_span, 'day')}. Over the last "
            f"{variation.span} "
            f"of them the share of users at risk {moved}, which is"
        )
    return (
        f"{subject} {judged}: going by {format_int(variation.baseline_periods)} earlier spans of "
        f"{pluralize(variation.span, 'day')}, changes from {low:+.1f} to {high:+.1f} points are usual."
    )


def _missing_history(variation: Variation) -> str:
    days = pluralize(variation.span, "day")
    if variation.baseline_periods >= MIN_BASELINE_PERIODS:
        return f"the share of users at risk is not known at the beginning or the end of these {days}"
    there = {0: "there is none yet", 1: "there is 1"}.get(
        variation.baseline_periods, f"there are {variation.baseline_periods}"
    )
    return f"it takes {MIN_BASELINE_PERIODS} earlier spans of {days}, and {there}"


def comparison_summary(comparison: Comparison | None) -> Headline:
    """How the at-risk share and the users at risk went from the earlier snapshot to the later one."""
    if comparison is None:
        return Headline("Nothing is compared", ": that needs a snapshot of each of two days.")
    dates = f"From {format_date(comparison.then_day)} to {format_date(comparison.now_day)}"
    (then, now), (graded_then, graded_now) = comparison.users("at_risk"), comparison.users("users_graded")
    rest = (
        f" (net movement over {pluralize(comparison.days, 'day')}: {format_int(then)} of "
        f"{pluralize(graded_then, 'user')} "
        f"then, {format_int(now)} of {pluralize(graded_now, 'user')} now)."
    )
    before, after = comparison.shares("at_risk")
    if before is None or after is None:
        when = "then" if before is None else "now"
        return Headline(f"{dates} no share can be compared: nobody was graded {when}", rest)
    change = after - before
    if not round_points(change):
        return Headline(f"{dates} the share of users at risk (grade D or F) stayed at {format_percent(after)}", rest)
    return Headline(
        f"{dates} the share of users at risk (grade D or F) went from {format_percent(before)} to "
        f"{format_percent(after)}: "
        f"{change_phrase(change)}",
        rest,
    )


def headcount_summary(comparison: Comparison) -> str:
    """How much of the change in users at risk is headcount; nothing where users graded moved little."""
    parts, moved = comparison.parts, comparison.headcount_change
    if parts is None or moved is None:
        return ""
    then, now = comparison.users("users_graded")
    return (
        f"Users graded {'rose' if moved > 0 else 'fell'} by {format_percent(abs(float(moved * 100)))}, from "
        f"{format_int(then)} to "
        f"{format_int(now)}. Of the net change of {format_signed(parts.whole)} in users at risk, "
        f"{format_signed(parts.headcount)} "
        f"{'is' if abs(parts.headcount) == 1 else 'are'} headcount (at the share of "
        f"{format_date(comparison.then_day)}, "
        f"{pluralize(now, 'user')} would have {format_int(parts.at_earlier_share)} at risk) and "
        f"{format_signed(parts.behaviour)} "
        f"{'is' if abs(parts.behaviour) == 1 else 'are'} behaviour (the share itself changed)."
    )


def grades_in_words(counts: ScoreCounts) -> str:
    """`A 522 (43.4 %), B 338 (28.1 %), ...`, in the order of the grades."""
    return ", ".join(
        f"{grade} {format_int(counts.users(grade))} ({format_percent(counts.share(counts.users(grade)))})"
        for grade in counts.shown_grades
    )


def range_summary(timeline: Timeline) -> str:
    """How the at-risk share went from the first to the last snapshot of a range."""
    shares = timeline.shares["at_risk"].dropna()
    if shares.empty:
        return f"No snapshot was taken between {format_date(timeline.first)} and {format_date(timeline.last)}."
    ends = [timeline.users.loc[label, "taken_at"].astimezone(timeline.zone).date() for label in shares.index[[0, -1]]]
    if len(shares) == 1:
        return (
            f"On {format_date(ends[1])}, {format_percent(shares.iloc[-1])} of users graded were at risk (grade D or F)."
        )
    change = shares.iloc[-1] - shares.iloc[0]
    moved = change_phrase(change) if round_points(change) else "no change"
    return (
        f"From {format_date(ends[0])} to {format_date(ends[1])} the share of users at risk (grade D or F) went "
        f"from {format_percent(shares.iloc[0])} to {format_percent(shares.iloc[-1])}: {moved}."
    )


def describe_resolution(timeline: Timeline, mix: Timeline, wished: Resolution | None) -> str:
    """Which resolution the charts have, and why it is not the one wished for."""
    said = f"One value a {timeline.resolution}, the last one taken in it"
    if mix.resolution is not timeline.resolution:
        said += f"; one column a {mix.resolution} in the mix, which has room for {MAX_MIX_COLUMNS}"
    if wished and wished is not timeline.resolution:
        too_many = format_int(count_periods(timeline.first, timeline.last, wished))
        said += f". By {wished} there would be {too_many} points; a line has room for {MAX_LINE_POINTS}"
    return f"{said}."


def coverage(timeline: Timeline) -> str:
    """`87 of 90 days have a snapshot`"""
    have = "has" if timeline.days == 1 else "have"
    return f"{format_int(timeline.days_covered)} of {pluralize(timeline.days, 'day')} {have} a snapshot"


def target_sentence(progress: TargetProgress) -> str:
    """The target and how it stands: on track, off track, reached or missed.

    The rule: on track is a share at risk on or below the straight line from the share on the day the target was set to
    the target's share on its date; reached is a share at or below the target; missed is neither by that date. The
    numbers that it rests on stand in the sentence, so that a reader can check it.
    """
    target, standing = progress.target, progress.status
    goal = f"Target: at most {format_percent(target.share)} at risk by {format_date(target.by)}."
    if progress.day is None:
        return f"{goal} Nobody is graded yet, so it cannot be said how it stands."
    now = f"{format_percent(progress.share)} on {format_date(progress.day)}"
    if standing is TargetStatus.UNKNOWN:
        at_risk = f"{format_percent(progress.share)} is at risk on {format_date(progress.day)}"
        return f"{goal} {at_risk}; what it was when the target was set is not known, so it has no line to be judged by."
    if standing in (TargetStatus.REACHED, TargetStatus.MISSED):
        return f"{goal} {standing.capitalize()}: {now}."
    begin = f"{format_percent(target.share_then)} on {format_date(progress.set_on)}"
    return (
        f"{goal} {standing.capitalize()}: {now}, and the straight line from {begin} is at "
        f"{format_percent(progress.due)}."
    )


def accounts_summary(standings: Sequence[AccountStatus]) -> str:
    """How many accounts are kept up to date, and in how many the share at risk moved more than usual."""
    states = Counter(one.freshness for one in standings)
    fresh, are = states[Freshness.FRESH], _are(states[Freshness.FRESH] if len(standings) > 1 else len(standings))
    kept = f"{format_int(fresh)} of {pluralize(len(standings), 'account')} {are} up to date"
    others = [
        f"{format_int(states[state])} {_are(states[state])} {state}"
        for state in (Freshness.FAILING, Freshness.STALE)
        if states[state]
    ]
    if states[Freshness.EMPTY]:
        others.append(
            f"{format_int(states[Freshness.EMPTY])} {'has' if states[Freshness.EMPTY] == 1 else 'have'} no snapshot yet"
        )
    more = [
        one.variation.change
        for one in standings
        if one.variation and one.variation.verdict is Verdict.MORE and one.variation.change is not None
    ]
    rose = sum(change > 0 for change in more)
    moved = [f"{word} in {format_int(count)}" for word, count in (("rose", rose), ("fell", len(more) - rose)) if count]
    verdict = f"The share at risk {join_and(moved)}" if moved else "No share at risk moved"
    return f"{'; '.join([kept, *others])}. {verdict} by more than usual."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
