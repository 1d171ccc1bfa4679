"""The demo company's phishing campaigns, six a year, and the sandbox's pages of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from mimecast.sandbox.replies import Reply

MAX_PAGE_ROWS: Final = 500

DAYS_OF_RESULTS: Final = 14
"""Days until the totals of a campaign no longer change."""

LAUNCH_TIME: Final = time(8, 30, tzinfo=UTC)

CAMPAIGNS: Final = (
    #  day, name,                      opened, clicked, submitted, reported: percent of the users it is sent to
    (30, "Parcel on hold", 62.0, 17.5, 6.1, 4.0),
    (95, "Password expires today", 66.4, 16.2, 7.0, 5.2),
    (150, "Shared document", 58.8, 14.9, 4.8, 7.7),
    (200, "Invoice attached", 60.1, 14.1, 5.5, 9.4),
    (249, "Bonus letter from HR", 78.3, 31.0, 14.2, 6.3),
    (315, "Meeting moved", 57.5, 12.6, 3.9, 14.8),
    (380, "Multi-factor reset", 61.9, 12.0, 4.4, 17.1),
    (440, "New payroll portal", 64.0, 13.3, 5.1, 16.9),
    (500, "Delivery survey", 55.2, 10.8, 3.2, 21.5),
    (575, "Finance pilot", 50.0, 12.5, 0.0, 25.0),
    (630, "Year-end gift card", 63.7, 10.1, 3.0, 24.6),
    (700, "Voicemail received", 59.4, 8.7, 2.4, 28.3),
)
"""Campaigns by the number of days between the demo company's first day and their launch."""

PILOT: Final = "Finance pilot"
PILOT_USERS: Final = 8
"""Users of the one campaign that is too small for its totals to be kept."""

SENT_TO: Final = 0.96
"""Part of the users graded to whom a campaign is sent."""


def campaign_rows(first_day: date, today: date, users_graded: int) -> list[dict[str, Any]]:
    """Return the campaigns launched until `today` as the API has them, oldest first."""
    rows = []
    for number, (day, name, *percent) in enumerate(CAMPAIGNS, start=1):
        launched = first_day + timedelta(days=day)
        if launched > today:
            continue
        sent = PILOT_USERS if name == PILOT else round(users_graded * SENT_TO)
        progress = min(((today - launched).days + 1) / DAYS_OF_RESULTS, 1.0)
        opened, clicked, submitted, reported = (round(sent * share / 100 * progress) for share in percent)
        row = {
            "id": f"eNoSandboxCampaign{number:03d}",
            "name": name,
            "launchDate": datetime.combine(launched, LAUNCH_TIME).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "locked": progress >= 1.0,
            "numSent": sent,
            "numOpened": opened,
            "numClicked": clicked,
            "numSubmitted": submitted,
        }
        rows.append(row | ({"numReported": reported} if number > 1 else {}))
    return rows


def campaigns_page(rows: Sequence[dict[str, Any]], payload: Any) -> Reply:
    """Return the page that a request asks for; its `next` is the position of the following one."""
    meta = payload.get("meta") if isinstance(payload, dict) else None
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    options = pagination if isinstance(pagination, dict) else {}
    size, token = options.get("pageSize", MAX_PAGE_ROWS), options.get("pageToken") or "0"
    if type(size) is not int or size < 1 or not (isinstance(token, str) and token.isdecimal()):
        return Reply.assumed(400, "err_validation_pagination", "The pagination is not valid")
    start, end = int(token), int(token) + min(size, MAX_PAGE_ROWS)
    page = list(rows[start:end])
    answer: dict[str, object] = {"pageSize": len(page), "totalCount": len(rows)}
    if end < len(rows):
        answer["next"] = str(end)
    return Reply.json(200, {"meta": {"status": 200, "pagination": answer}, "data": page, "fail": []})
