"""The demo company's causes: campaigns, a reference line, a baseline restart and an implausible answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from mimecast.api.campaigns import parse_row
from mimecast.domain.causes.campaigns import Campaign, without_small_totals
from mimecast.domain.causes.implausible import Implausibility, Implausible
from mimecast.domain.people.limits import DEFAULT_GROUP_SIZE
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.campaigns import campaign_rows
from mimecast.sandbox.demo_company import RESTART_DAY, DemoCompany

RESTART_TEXT: Final = "Leavers removed from the directory"

REFERENCE_SHARE: Final = 12.0
REFERENCE_LABEL: Final = "Industry average"
REFERENCE_SOURCE: Final = "made up for this sample"

IMPLAUSIBLE_DAY: Final = 610
"""Days since the first snapshot."""

IMPLAUSIBLE_TIME: Final = time(9, 0, tzinfo=UTC)


def todays_campaigns(company: DemoCompany, today: date) -> Sequence[dict[str, Any]]:
    """Return the rows of the campaigns that the company has launched until a day."""
    return campaign_rows(company.first_day, today, company.counts_on(today).users_graded)


def demo_campaigns(company: DemoCompany, account: str) -> list[Campaign]:
    """Return the campaigns as they are stored, as of the day until which the company's history goes."""
    now = datetime.combine(company.today, time(3, 0, tzinfo=UTC))
    rows = [parse_row(row) for row in todays_campaigns(company, company.today)]
    return [
        without_small_totals(
            Campaign(account, row.id, row.name, row.launched_at, now, row.launched_at or now, **row.totals),
            DEFAULT_GROUP_SIZE,
        )
        for row in rows
        if row
    ]


def restart_day(company: DemoCompany) -> date:
    """Return the day from which the company's counts are not comparable with earlier ones."""
    return company.first_day + timedelta(days=RESTART_DAY)


def implausible_answer(company: DemoCompany, account: str) -> Implausible:
    """Return an answer without users, some hours after the day's good one."""
    day = company.first_day + timedelta(days=IMPLAUSIBLE_DAY)
    good_at = datetime.combine(day, time(3, 0, tzinfo=UTC))
    answer = Snapshot(account, datetime.combine(day, IMPLAUSIBLE_TIME), ScoreCounts(), Source.SAMPLE)
    return Implausible(answer, Implausibility.NO_USERS, good_at, company.counts_on(day).users_graded)
