"""The table of a report's campaigns, for slides and the HTML page."""

from __future__ import annotations

from typing import Final

from mimecast.domain.causes.campaigns import Campaign
from mimecast.formatting import UNDEFINED, format_date, format_int, format_percent, pluralize
from mimecast.reports.report import Report

COLUMNS: Final = ("Campaign", "Launched", "Sent", "Clicked", "Submitted", "Reported")

MAX_ROWS: Final = 10
"""Campaigns in the table, the last ones of the range: what a slide has room for."""


def campaign_cells(report: Report) -> list[tuple[str, ...]]:
    """Return the texts of one row per campaign, newest launch first; empty without campaigns in the range."""
    launched = report.annotations.causes.campaigns_by_day(report.days.zone)
    return [
        (
            campaign.name,
            format_date(day),
            UNDEFINED if campaign.sent is None else format_int(campaign.sent),
            *(_share(campaign, name) for name in ("clicked", "submitted", "reported")),
        )
        for day, campaign in launched[: -MAX_ROWS - 1 : -1]
    ]


def campaigns_title(report: Report) -> str:
    """Return `6 phishing campaigns were launched in this period`, and how many of them are shown."""
    count = len(report.annotations.causes.campaigns)
    shown = f"; the last {MAX_ROWS} are shown" if count > MAX_ROWS else ""
    return f"{pluralize(count, 'phishing campaign')} {'was' if count == 1 else 'were'} launched in this period{shown}"


def _share(campaign: Campaign, name: str) -> str:
    users = campaign.users(name)
    if users is None:
        return UNDEFINED
    rate = campaign.rate(name)
    return format_int(users) if rate is None else f"{format_int(users)} ({format_percent(rate)})"
