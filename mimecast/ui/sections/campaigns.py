"""The tables of the Campaigns page."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from mimecast.domain.causes.campaign_effects import EFFECT_DAYS, CampaignEffect
from mimecast.domain.causes.campaigns import TOTALS, Campaign
from mimecast.formatting import UNDEFINED, format_date, format_datetime, format_int, format_percent, pluralize
from mimecast.reports.causes.campaign_rows import campaigns_table
from mimecast.reports.exports.text_files import csv_file
from mimecast.text.campaigns import NO_CAUSATION, after_text, change_text, normal_text
from mimecast.ui.context import AccountPage
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.page_data.campaigns import CampaignsData
from mimecast.ui.widgets.download_links import offer_download
from mimecast.ui.widgets.grade_tables import show_table


def show_campaigns_table(campaigns: Sequence[Campaign], zone: ZoneInfo) -> None:
    """Draw the totals of each campaign with their share of the users it was sent to, newest launch first."""
    newest_first = list(reversed(campaigns))
    columns: dict[str, Sequence[str]] = {
        "Campaign": [each.name for each in newest_first],
        "Launched": [
            format_date(each.launched_at.astimezone(zone).date()) if each.launched_at else "unknown"
            for each in newest_first
        ],
        **{name.capitalize(): [_total(each, name) for each in newest_first] for name in TOTALS},
    }
    show_table(columns, alt=f"Totals of {pluralize(len(campaigns), 'campaign')}.", scrolls=True)
    as_of = max(each.captured_at for each in campaigns)
    st.caption(
        escape_markdown(
            f"Totals as of {format_datetime(as_of, zone)}; they change while a campaign runs. A dash means that "
            "Mimecast does not give the number, or that the campaign is too small to show it."
        )
    )


def show_effects_table(effects: Sequence[CampaignEffect]) -> None:
    """Draw the share at risk before and after each launch, with the normal range of the change after it."""
    columns: dict[str, Sequence[str]] = {
        "Campaign": [effect.campaign.name for effect in effects],
        "Launched": [format_date(effect.day) if effect.day else UNDEFINED for effect in effects],
        f"{EFFECT_DAYS} days before": [change_text(effect.before) for effect in effects],
        f"{EFFECT_DAYS} days after": [after_text(effect) for effect in effects],
        f"Normal range, {EFFECT_DAYS} days after": [normal_text(effect.judged) for effect in effects],
    }
    show_table(columns, alt="Share at risk before and after each launch, with a normal range.", scrolls=True)
    st.caption(escape_markdown(NO_CAUSATION))


def offer_campaigns(page: AccountPage, data: CampaignsData) -> None:
    """Draw the link that downloads the campaigns as CSV, in the columns of `export --data campaigns`."""
    rows = data.rows
    offer_download(
        "Download CSV",
        lambda: csv_file(campaigns_table(rows)),
        file_name=f"{page.file_name('campaigns')}.csv",
        mime="text/csv",
        key="campaigns_csv",
        account=page.account.id,
    )


def _total(campaign: Campaign, name: str) -> str:
    users, rate = campaign.users(name), campaign.rate(name)
    if users is None:
        return UNDEFINED
    return format_int(users) if name == "sent" or rate is None else f"{format_int(users)} ({format_percent(rate)})"
