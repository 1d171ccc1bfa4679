"""Campaigns as `export --data campaigns` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.causes.campaigns import TOTALS, Campaign
from mimecast.formatting import format_iso_utc
from mimecast.reports.exports.table import ExportTable, Row

COLUMNS: Final = ("account", "captured_at", "id", "name", "launched_at", *TOTALS)

DEFINITIONS: Final = (
    ("sent", "Users to whom the campaign was sent. Empty cells: not known, or the campaign is too small."),
    ("opened to reported", "How many of these users opened the message, clicked, submitted data or reported it."),
)


def campaign_row(campaign: Campaign, *, is_made_up: bool = False) -> Row:
    """Return the values of a campaign by column, None where one is unknown. Made-up ones have the account `sample`."""
    return {
        "account": SAMPLE_ACCOUNT if is_made_up else campaign.account,
        "captured_at": format_iso_utc(campaign.captured_at),
        "id": campaign.id,
        "name": campaign.name,
        "launched_at": format_iso_utc(campaign.launched_at) if campaign.launched_at else None,
        **{name: campaign.users(name) for name in TOTALS},
    }


def campaigns_table(rows: Iterable[Row]) -> ExportTable:
    """Return rows of `campaign_row` as `export --data campaigns` writes them."""
    return ExportTable("Campaigns", COLUMNS, ("captured_at", "launched_at"), rows, DEFINITIONS)
