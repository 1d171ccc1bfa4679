"""Loads the share at risk around the launches of campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from mimecast.domain.causes.campaign_effects import EFFECT_DAYS, CampaignEffect
from mimecast.domain.causes.campaigns import Campaign
from mimecast.domain.comparison import compare
from mimecast.domain.reporting_days import reporting_day
from mimecast.store.causes.restarts import load_restarts
from mimecast.store.comparisons import snapshots_on_or_before
from mimecast.store.normal_range import load_judged_change
from mimecast.store.store import Store


def load_effects(
    store: Store, account: str, campaigns: Sequence[Campaign], zone: ZoneInfo, today: date
) -> list[CampaignEffect]:
    """Return each campaign with the share at risk before and after its launch, in the given order.

    It takes one query for all campaigns, and the queries of a verdict for each. Raises StoreError.
    """
    span = timedelta(days=EFFECT_DAYS)
    launched = [reporting_day(each.launched_at, zone) if each.launched_at else None for each in campaigns]
    days = [day + shift for day in launched if day for shift in (-span, timedelta(0), span)]
    snapshots = dict(zip(days, snapshots_on_or_before(store, account, days, zone), strict=True))
    restarts = load_restarts(store, account)
    effects = []
    for campaign, day in zip(campaigns, launched, strict=True):
        if day is None:
            effects.append(CampaignEffect(campaign))
            continue
        earlier, at_launch = snapshots[day - span], snapshots[day]
        later = snapshots[day + span] if day + span <= today else None
        before = compare(earlier, at_launch, zone, restarts) if at_launch else None
        after = compare(at_launch, later, zone, restarts) if later else None
        judged = load_judged_change(store, after.now, zone, EFFECT_DAYS) if after else None
        effects.append(CampaignEffect(campaign, day, before, after, judged, day + span > today))
    return effects
