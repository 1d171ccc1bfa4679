"""Campaigns and the share at risk around them in words, without a claim that one caused the other."""

from __future__ import annotations

from typing import Final

from mimecast.domain.causes.campaign_effects import EFFECT_DAYS, CampaignEffect
from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.formatting import UNDEFINED, format_date, format_percent, format_points
from mimecast.text.changes import range_of, verdict_phrase

NO_CAUSATION: Final = (
    "The table shows how the share at risk changed around each launch, not why. Training, joiners and leavers, other "
    "campaigns and Mimecast's own calculation also change it."
)


def change_text(comparison: Comparison | None) -> str:
    """Return `11.0% to 11.9% (+0.9 points)`, or a dash where a share is unknown or the two are not comparable."""
    if comparison is None:
        return UNDEFINED
    then, now = comparison.shares("at_risk")
    change = comparison.change_in_points("at_risk")
    if change is None:
        return UNDEFINED
    if comparison.restart:
        return f"{format_percent(then)} to {format_percent(now)}, across a baseline restart: not comparable"
    return f"{format_percent(then)} to {format_percent(now)} ({format_points(change)})"


def after_text(effect: CampaignEffect) -> str:
    """Return the change after the launch, or when it will be known."""
    if effect.is_running:
        return f"Launched less than {EFFECT_DAYS} days ago"
    return change_text(effect.after)


def normal_text(judged: JudgedChange | None) -> str:
    """Return where a change lies and the normal range over as many days: `Within −2.1 to +1.6 points`."""
    if judged is None or judged.verdict is Verdict.UNKNOWN:
        return UNDEFINED
    side = "Within" if judged.verdict is Verdict.WITHIN else "Above" if (judged.change or 0) > 0 else "Below"
    return f"{side} {range_of(judged)}"


def effect_sentence(effect: CampaignEffect) -> str:
    """Say how the share at risk moved around the newest campaign whose 30 days are over."""
    if effect.day is None or effect.after is None or effect.after.change_in_points("at_risk") is None:
        return ""
    then, now = effect.after.shares("at_risk")
    change = format_points(effect.after.change_in_points("at_risk"))
    moved = f"went from {format_percent(then)} to {format_percent(now)} ({change})"
    verdict = (
        f", {verdict_phrase(effect.judged)}" if effect.judged and effect.judged.verdict is not Verdict.UNKNOWN else ""
    )
    name, day = effect.campaign.name, format_date(effect.day)
    return f"In the {EFFECT_DAYS} days after the launch of “{name}” on {day}, the share at risk {moved}{verdict}."
