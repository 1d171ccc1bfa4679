"""Rows of cards: the key numbers of the Overview, the parts of a change, and totals over accounts."""

from __future__ import annotations

from mimecast.domain.comparison import ChangeParts, Comparison
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.formatting import (
    format_date,
    format_int,
    format_percent,
    format_points,
    format_signed,
    pluralize,
    round_points,
)
from mimecast.text.grades import label_of
from mimecast.text.stamp import Stamp
from mimecast.ui.widgets.card_html import Card, Tone, show_cards

BETTER_SIGNS = {"at_risk": -1, "doing_well": 1, "F": -1}
"""Sign of a change for the better, by the names of `ScoreCounts.users`."""


def show_key_numbers(stamp: Stamp, comparison: Comparison | None, judged: JudgedChange | None) -> None:
    """Draw at risk, doing well, grade F and users graded, each with its change since the earlier snapshot.

    Colour is a judgement: only a change of the share at risk outside the normal range has one.
    """
    counts = stamp.newest.counts
    users = comparison.change_in_users("users_graded") if comparison else None
    show_cards(
        [
            *(_share_card(name, stamp, comparison, judged) for name in BETTER_SIGNS),
            Card(
                "Users graded",
                format_int(counts.users_graded),
                "" if users is None else format_signed(users),
                compared_to=_compared_to(comparison),
            ),
        ]
    )


def show_change_parts(parts: ChangeParts) -> None:
    """Draw the net change in users at risk, and its headcount and behaviour parts."""
    show_cards(
        [
            Card("Net change in users at risk", format_signed(parts.whole), compared_to="headcount + behaviour"),
            Card("Headcount", format_signed(parts.headcount), compared_to="more or fewer users graded"),
            Card("Behaviour", format_signed(parts.behaviour), compared_to="a different share"),
        ]
    )


def show_totals(users_graded: int, at_risk: int) -> None:
    """Draw what the accounts add up to."""
    share = format_percent(100 * at_risk / users_graded if users_graded else None)
    show_cards(
        [
            Card("Users graded, all accounts", format_int(users_graded)),
            Card("Users at risk (D + F), all accounts", pluralize(at_risk, "user")),
            Card("At risk, all accounts", share),
        ]
    )


def _share_card(name: str, stamp: Stamp, comparison: Comparison | None, judged: JudgedChange | None) -> Card:
    counts = stamp.newest.counts
    change = comparison.change_in_points(name) if comparison else None
    is_unusual = name == "at_risk" and judged is not None and judged.verdict is Verdict.OUTSIDE
    direction = round_points(change or 0) * BETTER_SIGNS[name] if is_unusual else 0
    label = f"Grade {name}" if len(name) == 1 else label_of(name)
    return Card(
        f"{label}: {pluralize(counts.users(name), 'user')}",
        format_percent(counts.share_of(name)),
        "" if change is None else format_points(change),
        Tone.BETTER if direction > 0 else Tone.WORSE if direction < 0 else Tone.NEITHER,
        _compared_to(comparison),
        is_key=name == "at_risk",
    )


def _compared_to(comparison: Comparison | None) -> str:
    return f"since {format_date(comparison.then_day)}" if comparison else "nothing to compare with"
