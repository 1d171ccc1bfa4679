"""What the figures say, in plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mimecast.history.comparison import Comparison
from mimecast.history.snapshot import Snapshot
from mimecast.history.standings import AccountStanding, State
from mimecast.history.targets import Progress, Standing
from mimecast.history.timeline import COLUMNS_IN_A_MIX, POINTS_IN_A_LINE, Resolution, Timeline, count_periods
from mimecast.history.variation import ENOUGH, Variation, Verdict
from mimecast.scores import ScoreCounts
from mimecast.wording import count_of, day, listing, number, percent, rounded_points, signed


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
    share = percent(counts.share(counts.at_risk))
    fact = f"{number(counts.at_risk)} of {count_of(counts.users_graded, 'user')} ({share}) {verb} at risk"
    return Headline(fact, f" (grade D or F). {_change(comparison, days)}")


def _change(comparison: Comparison | None, days: int) -> str:
    change = comparison.change_in_points("at_risk") if comparison else None
    if comparison is None or change is None:
        return f"There is no snapshot from about {days} days earlier to compare with."
    when = f"on {day(comparison.then_day)}, {count_of(comparison.days, 'day')} earlier"
    return (
        f"That is {amount(change, 'than')} {when}." if rounded_points(change) else f"That is the same share as {when}."
    )


def amount(change: float, than: str = "") -> str:
    """`1.2 points less than`, `0.4 points more than`."""
    direction = "more" if change > 0 else "less"
    return f"{_size(change)} {direction}{f' {than}' if than else ''}"


def _size(change: float) -> str:
    rounded = abs(rounded_points(change))
    return f"{rounded:.1f} {'point' if rounded == 1 else 'points'}"


def verdict(now: Snapshot, variation: Variation | None) -> str:
    """What `usual` says, where there is a share to say it of."""
    return usual(variation) if variation and now.counts.users_graded else ""


def usual(variation: Variation) -> str:
    """Whether a change is more than usual, in one or two sentences that follow the one that states the change."""
    if variation.low is None or variation.high is None or variation.change is None:
        return f"There is not enough history to say whether that is usual: {_lacking(variation)}."
    low, high = rounded_points(variation.low), rounded_points(variation.high)
    change = rounded_points(variation.change)
    judged = str(variation.verdict)
    if variation.verdict is Verdict.MORE and change in (low, high):
        judged = f"just {judged}"
    subject = "That is"
    if variation.span != variation.asked:
        moved = f"{'rose' if change > 0 else 'fell'} by {_size(change)}" if change else "stayed the same"
        subject = (
            f"There is too little history to judge {count_of(variation.asked, 'day')}. Over the last {variation.span} "
            f"of them the share of users at risk {moved}, which is"
        )
    return (
        f"{subject} {judged}: going by {number(variation.earlier_spans)} earlier spans of "
        f"{count_of(variation.span, 'day')}, changes from {low:+.1f} to {high:+.1f} points are usual."
    )


def _lacking(variation: Variation) -> str:
    days = count_of(variation.span, "day")
    if variation.earlier_spans >= ENOUGH:
        return f"the share of users at risk is not known at the beginning or the end of these {days}"
    there = {0: "there is none yet", 1: "there is 1"}.get(
        variation.earlier_spans, f"there are {variation.earlier_spans}"
    )
    return f"it takes {ENOUGH} earlier spans of {days}, and {there}"


def comparison_summary(comparison: Comparison | None) -> Headline:
    """How the at-risk share and the users at risk went from the earlier snapshot to the later one."""
    if comparison is None:
        return Headline("Nothing is compared", ": that needs a snapshot of each of two days.")
    dates = f"From {day(comparison.then_day)} to {day(comparison.now_day)}"
    (then, now), (graded_then, graded_now) = comparison.users("at_risk"), comparison.users("users_graded")
    rest = (
        f" (net movement over {count_of(comparison.days, 'day')}: {number(then)} of {count_of(graded_then, 'user')} "
        f"then, {number(now)} of {count_of(graded_now, 'user')} now)."
    )
    before, after = comparison.shares("at_risk")
    if before is None or after is None:
        when = "then" if before is None else "now"
        return Headline(f"{dates} no share can be compared: nobody was graded {when}", rest)
    change = after - before
    if not rounded_points(change):
        return Headline(f"{dates} the share of users at risk (grade D or F) stayed at {percent(after)}", rest)
    return Headline(
        f"{dates} the share of users at risk (grade D or F) went from {percent(before)} to {percent(after)}: "
        f"{amount(change)}",
        rest,
    )


def headcount_summary(comparison: Comparison) -> str:
    """How much of the change in users at risk is headcount; nothing where users graded moved little."""
    parts, moved = comparison.parts, comparison.headcount_change
    if parts is None or moved is None:
        return ""
    then, now = comparison.users("users_graded")
    return (
        f"Users graded {'rose' if moved > 0 else 'fell'} by {percent(abs(float(moved * 100)))}, from {number(then)} to "
        f"{number(now)}. Of the net change of {signed(parts.whole)} in users at risk, {signed(parts.headcount)} "
        f"{'is' if abs(parts.headcount) == 1 else 'are'} headcount (at the share of {day(comparison.then_day)}, "
        f"{count_of(now, 'user')} would have {number(parts.held)} at risk) and {signed(parts.behaviour)} "
        f"{'is' if abs(parts.behaviour) == 1 else 'are'} behaviour (the share itself changed)."
    )


def grades_in_words(counts: ScoreCounts) -> str:
    """`A 522 (43.4 %), B 338 (28.1 %), ...`, in the order of the grades."""
    return ", ".join(
        f"{grade} {number(counts.users(grade))} ({percent(counts.share(counts.users(grade)))})"
        for grade in counts.shown_grades
    )


def range_summary(timeline: Timeline) -> str:
    """How the at-risk share went from the first to the last snapshot of a range."""
    shares = timeline.shares["at_risk"].dropna()
    if shares.empty:
        return f"No snapshot was taken between {day(timeline.first)} and {day(timeline.last)}."
    ends = [timeline.users.loc[label, "taken_at"].astimezone(timeline.zone).date() for label in shares.index[[0, -1]]]
    if len(shares) == 1:
        return f"On {day(ends[1])}, {percent(shares.iloc[-1])} of users graded were at risk (grade D or F)."
    change = shares.iloc[-1] - shares.iloc[0]
    moved = amount(change) if rounded_points(change) else "no change"
    return (
        f"From {day(ends[0])} to {day(ends[1])} the share of users at risk (grade D or F) went "
        f"from {percent(shares.iloc[0])} to {percent(shares.iloc[-1])}: {moved}."
    )


def resolutions(timeline: Timeline, mix: Timeline, wished: Resolution | None) -> str:
    """Which resolution the charts have, and why it is not the one wished for."""
    said = f"One value a {timeline.resolution}, the last one taken in it"
    if mix.resolution is not timeline.resolution:
        said += f"; one column a {mix.resolution} in the mix, which has room for {COLUMNS_IN_A_MIX}"
    if wished and wished is not timeline.resolution:
        too_many = number(count_periods(timeline.first, timeline.last, wished))
        said += f". By {wished} there would be {too_many} points; a line has room for {POINTS_IN_A_LINE}"
    return f"{said}."


def coverage(timeline: Timeline) -> str:
    """`87 of 90 days have a snapshot`"""
    have = "has" if timeline.days == 1 else "have"
    return f"{number(timeline.days_covered)} of {count_of(timeline.days, 'day')} {have} a snapshot"


def target_sentence(progress: Progress) -> str:
    """The target and how it stands: on track, off track, reached or missed.

    The rule: on track is a share at risk on or below the straight line from the share on the day the target was set to
    the target's share on its date; reached is a share at or below the target; missed is neither by that date. The
    numbers that it rests on stand in the sentence, so that a reader can check it.
    """
    target, standing = progress.target, progress.standing
    goal = f"Target: at most {percent(target.share)} at risk by {day(target.by)}."
    if progress.day is None:
        return f"{goal} Nobody is graded yet, so it cannot be said how it stands."
    now = f"{percent(progress.share)} on {day(progress.day)}"
    if standing is Standing.UNKNOWN:
        at_risk = f"{percent(progress.share)} is at risk on {day(progress.day)}"
        return f"{goal} {at_risk}; what it was when the target was set is not known, so it has no line to be judged by."
    if standing in (Standing.REACHED, Standing.MISSED):
        return f"{goal} {standing.capitalize()}: {now}."
    begin = f"{percent(target.share_then)} on {day(progress.set_on)}"
    return f"{goal} {standing.capitalize()}: {now}, and the straight line from {begin} is at {percent(progress.due)}."


def accounts_summary(standings: Sequence[AccountStanding]) -> str:
    """How many accounts are kept up to date, and in how many the share at risk moved more than usual."""
    states = Counter(one.state for one in standings)
    fresh, are = states[State.FRESH], _are(states[State.FRESH] if len(standings) > 1 else len(standings))
    kept = f"{number(fresh)} of {count_of(len(standings), 'account')} {are} up to date"
    others = [
        f"{number(states[state])} {_are(states[state])} {state}"
        for state in (State.FAILING, State.STALE)
        if states[state]
    ]
    if states[State.EMPTY]:
        others.append(f"{number(states[State.EMPTY])} {'has' if states[State.EMPTY] == 1 else 'have'} no snapshot yet")
    more = [
        one.variation.change
        for one in standings
        if one.variation and one.variation.verdict is Verdict.MORE and one.variation.change is not None
    ]
    rose = sum(change > 0 for change in more)
    moved = [f"{word} in {number(count)}" for word, count in (("rose", rose), ("fell", len(more) - rose)) if count]
    verdict = f"The share at risk {listing(moved)}" if moved else "No share at risk moved"
    return f"{'; '.join([kept, *others])}. {verdict} by more than usual."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
