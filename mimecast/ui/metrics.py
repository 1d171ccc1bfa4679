"""The four numbers at the top of the Overview, each with its change and a line that agrees with both; the parts of a
change; sums over accounts."""

from __future__ import annotations

import pandas as pd

from mimecast.figures.sparkline import sparkline
from mimecast.figures.stamp import Stamp
from mimecast.history.comparison import Comparison, Parts
from mimecast.history.timeline import Timeline
from mimecast.ui.cards import COLOURS, Card, Tone, cards
from mimecast.wording import count_of, day, number, percent, points, rounded_points, signed


def metrics(stamp: Stamp, comparison: Comparison | None, recent: Timeline | None) -> None:
    """`recent` covers the days from the compared one to the newest; its last value is the number shown."""
    counts = stamp.newest.counts
    users = comparison.change_in_users("users_graded") if comparison else None
    cards(
        [
            _share("At risk (D + F)", "at_risk", counts.at_risk, -1, stamp, comparison, recent),
            _share("Doing well (A + B)", "doing_well", counts.doing_well, +1, stamp, comparison, recent),
            _share("Grade F", "F", counts.f, -1, stamp, comparison, recent),
            Card(
                "Users graded",
                number(counts.users_graded),
                "" if users is None else signed(users),
                against=_against(comparison),
                line=_line(recent.users["users_graded"] if recent else None, Tone.NEITHER),
            ),
        ]
    )


def parts_of_the_change(parts: Parts) -> None:
    """The change in users at risk, and how much of it is headcount and how much behaviour."""
    cards(
        [
            Card("At risk, net change in users", signed(parts.whole), against="headcount + behaviour"),
            Card("Headcount part", signed(parts.headcount), against="the earlier share at the later headcount"),
            Card("Behaviour part", signed(parts.behaviour), against="the share itself changed"),
        ]
    )


def sums(users_graded: int, at_risk: int) -> None:
    """What several accounts add up to, called sums."""
    share = percent(100 * at_risk / users_graded if users_graded else None)
    cards(
        [
            Card("Users graded, sum", number(users_graded)),
            Card("At risk (D + F), sum", count_of(at_risk, "user")),
            Card("At risk, share of that sum", share),
        ]
    )


def _share(
    label: str,
    name: str,
    users: int,
    good: int,
    stamp: Stamp,
    comparison: Comparison | None,
    recent: Timeline | None,
) -> Card:
    """`good` is the sign of a change for the better."""
    change = comparison.change_in_points(name) if comparison else None
    way = rounded_points(change or 0) * good
    tone = Tone.BETTER if way > 0 else Tone.WORSE if way < 0 else Tone.NEITHER
    return Card(
        f"{label}: {count_of(users, 'user')}",
        percent(stamp.newest.counts.share(users)),
        "" if change is None else points(change),
        tone,
        _against(comparison),
        _line(recent.shares[name] if recent else None, tone),
    )


def _line(values: pd.Series[float] | None, tone: Tone) -> str:
    """Coloured as the change is. Empty where there is no line: a single day."""
    known = [] if values is None else values.dropna().round(2).tolist()
    return sparkline(known, COLOURS[tone]) if len(known) > 1 else ""


def _against(comparison: Comparison | None) -> str:
    return f"since {day(comparison.then_day)}" if comparison else "no snapshot 30 days earlier"
