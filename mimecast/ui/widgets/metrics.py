"""The four numbers at the top of the Overview, each with its change and a line that agrees with both; the parts of a
change; sums over accounts."""

from __future__ import annotations

import pandas as pd

from mimecast.charts.sparkline import sparkline
from mimecast.domain.comparison import ChangeParts, Comparison
from mimecast.domain.timeline import Timeline
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_points,
    format_signed,
    pluralize,
    round_points,
)
from mimecast.text.stamp import Stamp
from mimecast.ui.widgets.cards import COLOURS, Card, Tone, show_cards


def show_metrics(stamp: Stamp, comparison: Comparison | None, recent: Timeline | None) -> None:
    """`recent` covers the days from the compared one to the newest; its last value is the number shown."""
    counts = stamp.newest.counts
    users = comparison.change_in_users("users_graded") if comparison else None
    show_cards(
        [
            _share_card("At risk (D + F)", "at_risk", counts.at_risk, -1, stamp, comparison, recent),
            _share_card("Doing well (A + B)", "doing_well", counts.doing_well, +1, stamp, comparison, recent),
            _share_card("Grade F", "F", counts.f, -1, stamp, comparison, recent),
            Card(
                "Users graded",
                format_int(counts.users_graded),
                "" if users is None else format_signed(users),
                compared_to=_compared_to(comparison),
                line=_sparkline(recent.users["users_graded"] if recent else None, Tone.NEITHER),
            ),
        ]
    )


def show_change_parts(parts: ChangeParts) -> None:
    """The change in users at risk, and how much of it is headcount and how much behaviour."""
    show_cards(
        [
            Card("At risk, net change in users", format_signed(parts.whole), compared_to="headcount + behaviour"),
            Card(
                "Headcount part", format_signed(parts.headcount), compared_to="the earlier share at the later headcount"
            ),
            Card("Behaviour part", format_signed(parts.behaviour), compared_to="the share itself changed"),
        ]
    )


def totals_cards(users_graded: int, at_risk: int) -> None:
    """What several accounts add up to, called sums."""
    share = format_percent(100 * at_risk / users_graded if users_graded else None)
    show_cards(
        [
            Card("Users graded, sum", format_int(users_graded)),
            Card("At risk (D + F), sum", pluralize(at_risk, "user")),
            Card("At risk, share of that sum", share),
        ]
    )


def _share_card(
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
    way = round_points(change or 0) * good
    tone = Tone.BETTER if way > 0 else Tone.WORSE if way < 0 else Tone.NEITHER
    return Card(
        f"{label}: {pluralize(users, 'user')}",
        format_percent(stamp.newest.counts.share(users)),
        "" if change is None else format_points(change),
        tone,
        _compared_to(comparison),
        _sparkline(recent.shares[name] if recent else None, tone),
    )


def _sparkline(values: pd.Series[float] | None, tone: Tone) -> str:
    """Coloured as the change is. Empty where there is no line: a single day."""
    known = [] if values is None else values.dropna().round(2).tolist()
    return sparkline(known, COLOURS[tone]) if len(known) > 1 else ""


def _compared_to(comparison: Comparison | None) -> str:
    return f"since {format_date(comparison.then_day)}" if comparison else "no snapshot 30 days earlier"
