"""Sheets of the workbook about the causes of a report: what they are called, their columns and their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from mimecast.domain.causes.campaigns import TOTALS, Campaign
from mimecast.formatting import zone_name
from mimecast.reports.report import Report

DAY: Final = "d mmm yyyy"
INSTANT: Final = "d mmm yyyy hh:mm"
USERS: Final = "#,##0"
SHARE: Final = "0.0%"
TEXT: Final = "General"

RATES: Final = ("opened", "clicked", "submitted", "reported")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, each column's title, width in characters and number format, and its rows."""

    name: str
    columns: tuple[tuple[str, float, str], ...]
    rows: Sequence[Sequence[Any]]


def cause_sheets(report: Report) -> list[Sheet]:
    """Return the sheets that the report has something to put in."""
    causes, zone = report.annotations.causes, report.days.zone
    name = zone_name(zone)
    sheets = [
        Sheet(
            "Reference lines",
            (("Label", 30, TEXT), ("Share at risk", 14, SHARE), ("Source", 60, TEXT), ("Last day", 14, DAY)),
            [(line.label, line.share / 100, line.source, line.last_day) for line in causes.reference_lines],
        ),
        Sheet(
            "Baseline restarts",
            (("Day", 14, DAY), ("What happened", 110, TEXT)),
            [(restart.day, restart.text) for restart in causes.restarts],
        ),
        Sheet(
            "Campaigns",
            (
                (f"Launched ({name})", 20, INSTANT),
                ("Campaign", 40, TEXT),
                *((total.capitalize(), 11, USERS) for total in TOTALS),
                *((f"{rate.capitalize()}, share of sent", 13, SHARE) for rate in RATES),
                (f"Totals as of ({name})", 20, INSTANT),
            ),
            [_campaign_row(campaign, zone) for campaign in causes.campaigns],
        ),
        Sheet(
            "Left out",
            (
                (f"Answer taken at ({name})", 30, INSTANT),
                ("Users graded", 14, USERS),
                ("Users graded before", 20, USERS),
                ("Reader's decision", 20, TEXT),
            ),
            [
                (
                    _local(mark.snapshot.taken_at, zone),
                    mark.snapshot.counts.users_graded,
                    mark.implausible.reference_users,
                    "not yet" if mark.is_open else "wrong",
                )
                for mark in causes.marks
            ],
        ),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _campaign_row(campaign: Campaign, zone: ZoneInfo) -> list[Any]:
    rates = [campaign.rate(name) for name in RATES]
    return [
        _local(campaign.launched_at, zone) if campaign.launched_at else None,
        campaign.name,
        *(campaign.users(name) for name in TOTALS),
        *(None if rate is None else rate / 100 for rate in rates),
        _local(campaign.captured_at, zone),
    ]


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant as Excel stores it: without a time zone, which the column's title names."""
    return instant.astimezone(zone).replace(tzinfo=None)
