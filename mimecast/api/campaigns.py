"""Phishing campaigns of the API: `POST phishing/campaign/get-campaign`, on all pages.

Evidence: Mimecast's endpoint catalogue and working clients. Rows have `id`, `name`, `launchDate` and the totals
`numSent`, `numOpened`, `numClicked`, `numSubmitted` and sometimes `numReported`; any of them may be absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mimecast.api.client import Client
from mimecast.api.errors import PermissionMissing
from mimecast.api.paging import pages
from mimecast.domain.causes.campaigns import MAX_TOTAL, TOTALS
from mimecast.domain.reporting_days import EARLIEST_DAY
from mimecast.formatting import pluralize, single_line

PHISHING_CAMPAIGNS: Final = "/api/awareness-training/phishing/campaign/get-campaign"

MAX_ID_CHARS: Final = 512
MAX_NAME_CHARS: Final = 200


class CampaignPermissionMissing(PermissionMissing):
    """The role may read score counts, but not campaigns."""

    title = "A permission for campaigns is missing"
    remedy = (
        "Give the application's role (API 1.0: its user's role) both Awareness Training | Dashboard | Read and "
        "Awareness Training | Phishing Campaign | Read: Mimecast's sources disagree on which of them are needed. To "
        "do without campaigns, set campaigns = false in [dashboard]."
    )


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as a response describes it. `totals` are by the names in `TOTALS`, None where missing."""

    id: str
    name: str
    launched_at: datetime | None
    totals: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class CampaignsResult:
    """The campaigns on all pages.

    Attributes:
        rows: One row for each campaign; of a repeated id, the last one.
        is_from_sandbox: Whether our own sandbox sent them.
        warnings: A sentence about each thing that was not expected.
    """

    rows: tuple[CampaignRow, ...]
    is_from_sandbox: bool = False
    warnings: tuple[str, ...] = ()


def fetch_campaigns(client: Client) -> CampaignsResult:
    """Return the account's phishing campaigns.

    Raises:
        CampaignPermissionMissing: The role lacks a permission.
        MimecastError: A page could not be requested or read.
    """
    rows: dict[str, CampaignRow] = {}
    is_from_sandbox, unusable = False, 0
    try:
        for page in pages(client, PHISHING_CAMPAIGNS):
            is_from_sandbox = is_from_sandbox or page.is_from_sandbox
            for entry in _entries(page.rows):
                row = parse_row(entry)
                if row is None:
                    unusable += 1
                else:
                    rows[row.id] = row
    except PermissionMissing as error:
        refused = CampaignPermissionMissing(
            error.message, request_id=error.request_id, status=error.status, code=error.code
        )
        refused.server_time = error.server_time
        raise refused from None
    warnings = (f"{pluralize(unusable, 'campaign')} without an id had to be ignored.",) if unusable else ()
    return CampaignsResult(tuple(rows.values()), is_from_sandbox, warnings)


def _entries(rows: list[Any]) -> Iterator[Any]:
    """Yield the campaigns in `data`: a flat list, or lists named `campaigns`, which a sibling endpoint has."""
    for row in rows:
        nested = row.get("campaigns") if isinstance(row, dict) else None
        if isinstance(nested, list) and "id" not in row:
            yield from nested
        else:
            yield row


def parse_row(row: Any) -> CampaignRow | None:
    """Return the campaign in an entry of a response, or None where it has no id."""
    if not isinstance(row, dict) or not isinstance(row.get("id"), str | int) or isinstance(row.get("id"), bool):
        return None
    campaign_id = single_line(str(row["id"]), MAX_ID_CHARS)
    if not campaign_id:
        return None
    name = row.get("name")
    shown = single_line(name, MAX_NAME_CHARS) if isinstance(name, str) else ""
    totals = {total: _parse_total(row.get(f"num{total.capitalize()}")) for total in TOTALS}
    return CampaignRow(campaign_id, shown or "Campaign without a name", _parse_instant(row.get("launchDate")), totals)


def _parse_total(value: object) -> int | None:
    """Return a number of users, also one that is sent as text; None where there is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= len(str(MAX_TOTAL)):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= MAX_TOTAL else None


def _parse_instant(value: object) -> datetime | None:
    """Return an instant like `2026-01-11T23:32:00+0000` in UTC, or None; one without an offset counts as UTC."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value.strip())
        in_utc = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc.replace(microsecond=0) if in_utc.date() >= EARLIEST_DAY else None
