"""All causes of an account together, as charts, reports and files show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.causes.campaigns import Campaign
from mimecast.domain.causes.implausible import Mark
from mimecast.domain.causes.reference_lines import ReferenceLine
from mimecast.domain.causes.restarts import Restart
from mimecast.domain.reporting_days import reporting_day

UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Causes:
    """What explains a turn of the trend, or makes it unusable, over a range of days.

    Attributes:
        restarts: The baseline restarts of the account, oldest first.
        marks: The implausible answers in the range, oldest first.
        reference_lines: The account's reference lines, lowest share first.
        campaigns: The campaigns that were launched in the range, by launch.
        zone: The time zone of the reporting days.
    """

    restarts: tuple[Restart, ...] = ()
    marks: tuple[Mark, ...] = ()
    reference_lines: tuple[ReferenceLine, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    zone: ZoneInfo = UTC

    def restarts_between(self, first: date, last: date) -> list[Restart]:
        """Return the restarts after the first day of a range and not after the last: those that split the range."""
        return [restart for restart in self.restarts if first < restart.day <= last]

    def lines_from(self, first: date) -> list[ReferenceLine]:
        """Return the reference lines that have not ended before the first day of a range."""
        return [line for line in self.reference_lines if line.last_day is None or first < line.last_day]

    def campaigns_by_day(self, zone: ZoneInfo) -> list[tuple[date, Campaign]]:
        """Return the campaigns with the reporting days of their launches."""
        return [(reporting_day(each.launched_at, zone), each) for each in self.campaigns if each.launched_at]


NO_CAUSES: Final = Causes()


def merge_launches(positions: Sequence[float], *, apart: float) -> list[list[int]]:
    """Group ordered positions on a time axis so that the first ones of two groups are at least `apart` apart.

    Returns the indexes of each group. However many campaigns there are, their markers stay readable.
    """
    groups: list[list[int]] = []
    for index, position in enumerate(positions):
        if groups and position - positions[groups[-1][0]] < apart:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups
