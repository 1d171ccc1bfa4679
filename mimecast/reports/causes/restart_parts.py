"""The share at risk of the workbook's chart in parts, one on each side of every baseline restart.

Excel cannot break a line between two neighbouring days, so each part is a column and a line of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_date
from mimecast.reports.causes.trend_levels import TrendLevel
from mimecast.reports.report import Report

Days: TypeAlias = Sequence[tuple[date, Snapshot | None]]


RESTART_HEIGHT: Final = 1.12
"""Height of the line at a restart, in multiples of the highest value."""


@dataclass(frozen=True, slots=True)
class RestartPart:
    """The days from `first` to `last`, both included, between two restarts or one and the end of the range.

    `restart` is the day of the restart with which it begins; None for the first part. `known_days` have a share.
    """

    first: date
    last: date
    restart: date | None
    known_days: tuple[date, ...]

    @property
    def name(self) -> str:
        """`At risk, share, from 3 Sep 2026`."""
        days = f"from {format_date(self.first)}" if self.restart else f"until {format_date(self.last)}"
        return f"At risk, share, {days}"

    def includes(self, day: date) -> bool:
        """Return whether a day belongs to the part."""
        return self.first <= day <= self.last


def restart_parts(report: Report, days: Days) -> list[RestartPart]:
    """Return the parts that have a share at risk, oldest first; empty where fewer than two of them have one."""
    known = [day for day, snapshot in days if snapshot and snapshot.counts.at_risk_share is not None]
    if not known:
        return []
    restarts = report.annotations.causes.restarts_between(days[0][0], days[-1][0])
    starts = sorted({days[0][0], *(restart.day for restart in restarts)})
    restarted = {restart.day for restart in restarts}
    parts = [
        RestartPart(
            first,
            end - timedelta(days=1),
            first if first in restarted else None,
            tuple(day for day in known if first <= day < end),
        )
        for first, end in pairwise([*starts, days[-1][0] + timedelta(days=1)])
    ]
    parts = [part for part in parts if part.known_days]
    return parts if len(parts) > 1 else []


def restart_height(days: Days, levels: Sequence[TrendLevel]) -> float:
    """Return the height of the lines at restarts as a fraction: above every share and level, where a label has room."""
    shares = [snapshot.counts.at_risk_share or 0.0 for _, snapshot in days if snapshot]
    return max([*shares, *(level.share for level in levels)], default=0.0) * RESTART_HEIGHT / 100
