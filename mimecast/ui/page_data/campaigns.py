"""What Campaigns shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast.charts.causes.campaigns import RATES, rates_chart
from mimecast.charts.chart import Chart
from mimecast.domain.causes.campaign_effects import CampaignEffect
from mimecast.domain.causes.campaigns import Campaign
from mimecast.reports.causes.campaign_rows import campaign_row
from mimecast.reports.exports.table import Row
from mimecast.store.causes.campaign_effects import load_effects
from mimecast.store.causes.campaigns import campaigns_are_made_up, load_campaigns
from mimecast.text.campaigns import effect_sentence
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import AccountPage

MAX_EFFECTS: Final = 24
"""Campaigns, the last ones, for which the share at risk around the launch is shown."""


@dataclass(frozen=True)
class CampaignsData:
    """The campaigns by launch with the share at risk around each of the last ones, newest first; chart and rows.

    `sentence` is about the newest launch whose days are over, empty without one. `rows` are those of the export.
    """

    campaigns: list[Campaign]
    effects: list[CampaignEffect]
    sentence: str
    rates: Chart | str
    rows: list[Row]


def load_campaigns_page(page: AccountPage) -> CampaignsData:
    """Load what Campaigns shows, or return it from the cache. Raises StoreError."""
    key = ("campaigns", page.account.id, page.today, page.zone.key, page.stamp.text)
    return PAGE_CACHE.get(page.store, key, lambda: _load(page))


def _load(page: AccountPage) -> CampaignsData:
    store, account = page.store, page.account.id
    campaigns = load_campaigns(store, account)
    launched = [each for each in campaigns if each.launched_at]
    effects = load_effects(store, account, launched[-MAX_EFFECTS:], page.zone, page.today)[::-1]
    is_drawn = any(each.rate(name) is not None for each in launched for name in RATES)
    is_made_up = campaigns_are_made_up(store, account)
    return CampaignsData(
        campaigns,
        effects,
        next(filter(None, map(effect_sentence, effects)), ""),
        rates_chart(launched, page.stamp, file_name=page.file_name("campaigns"))
        if is_drawn
        else "No campaign has both a launch date and totals, so there are no rates to draw.",
        [campaign_row(each, is_made_up=is_made_up) for each in campaigns],
    )
