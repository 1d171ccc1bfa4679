"""The share at risk around a campaign's launch, which says what happened and not what the campaign caused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from mimecast.domain.causes.campaigns import Campaign
from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import JudgedChange

EFFECT_DAYS: Final = 30
"""Days before and after a launch over which the share at risk is looked at."""


@dataclass(frozen=True, slots=True)
class CampaignEffect:
    """A campaign, and how the share at risk changed in the days before and after its launch.

    Attributes:
        campaign: The campaign.
        day: The reporting day of its launch; None where that is unknown.
        before: The snapshot of that day compared with the one `EFFECT_DAYS` earlier; None where one is missing.
        after: The snapshot `EFFECT_DAYS` later compared with that of the day; None where one is missing.
        judged: The verdict on `after`; None without it.
        is_running: Whether the days after the launch are not over yet.
    """

    campaign: Campaign
    day: date | None = None
    before: Comparison | None = None
    after: Comparison | None = None
    judged: JudgedChange | None = None
    is_running: bool = False
