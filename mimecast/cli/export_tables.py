"""The tables of `export`, one for each value of `--data`. None of them names a user."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mimecast.cli.options import is_in_range
from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.reporting_days import EARLIEST_DAY, is_plausible_day
from mimecast.formatting import format_date, format_iso_utc, pluralize
from mimecast.settings.dashboard import DashboardSettings

if TYPE_CHECKING:
    from mimecast.domain.snapshot import Snapshot
    from mimecast.reports.exports.table import ExportTable, Row
    from mimecast.store.store import Store

PEOPLE_DATA: Final = ("departments", "movement")
DATA: Final = ("snapshots", "campaigns", *PEOPLE_DATA)
"""The values of `--data`."""


@dataclass
class ExportRequest:
    """The data of some accounts in the range of the options, read row by row.

    `misdated` and `undated_campaigns` are complete once all rows were read.
    """

    options: argparse.Namespace
    dashboard: DashboardSettings
    store: Store
    accounts: Sequence[str]
    misdated: list[Snapshot] = field(default_factory=list)
    undated_campaigns: int = 0

    @property
    def has_range(self) -> bool:
        """Whether `--since` or `--until` is given."""
        return self.options.since is not None or self.options.until is not None

    def includes(self, instant: datetime) -> bool:
        """Return whether the reporting day of an instant is in the range."""
        return is_in_range(self.options, instant, self.dashboard.time_zone)

    def table(self) -> ExportTable:
        """Return the table that `--data` selects. Raises SettingsError where a key that it needs is faulty."""
        if self.has_range:
            self.dashboard.require("time_zone")
        match self.options.data:
            case "campaigns":
                return self._campaigns()
            case "departments" | "movement" as data:
                if problem := self.dashboard.people_problem:
                    raise problem
                return self._departments() if data == "departments" else self._movement()
        return self._snapshots()

    def problems(self) -> Iterator[str]:
        """Yield what a reader of the written rows should know."""
        if self.misdated:
            first = self.misdated[0]
            remove = "Remove it" if len(self.misdated) == 1 else "Remove them, starting with the first"
            yield (
                f"An import would refuse {pluralize(len(self.misdated), 'snapshot')} dated before "
                f"{format_date(EARLIEST_DAY)} or after tomorrow. {remove}: python -m mimecast remove "
                f"{format_iso_utc(first.taken_at)} --account {first.account}"
            )
        if self.undated_campaigns:
            is_one = self.undated_campaigns == 1
            yield (
                f"{pluralize(self.undated_campaigns, 'campaign')} without a launch date {'is' if is_one else 'are'} "
                f"left out. An export without --since and --until includes {'it' if is_one else 'them'}."
            )

    def _snapshots(self) -> ExportTable:
        from mimecast.reports.snapshots.rows import snapshots_table

        return snapshots_table(self._snapshots_in_range())

    def _snapshots_in_range(self) -> Iterator[Snapshot]:
        """Yield the snapshots, and keep those that cannot have been taken on their day, in the range or not."""
        today = datetime.now(UTC).date()
        for account in self.accounts:
            for snapshot in self.store.all_snapshots(account):
                if not is_plausible_day(snapshot.taken_at.date(), today):
                    self.misdated.append(snapshot)
                if self.includes(snapshot.taken_at):
                    yield snapshot

    def _campaigns(self) -> ExportTable:
        from mimecast.reports.causes.campaign_rows import campaigns_table

        return campaigns_table(self._campaign_rows())

    def _campaign_rows(self) -> Iterator[Row]:
        """Yield the campaigns that were launched in the range.

        A campaign without a launch date is in no range, so it is included only where no range is given.
        """
        from mimecast.reports.causes.campaign_rows import campaign_row
        from mimecast.store.causes.campaigns import campaigns_are_made_up, load_campaigns

        for account in self.accounts:
            is_made_up = campaigns_are_made_up(self.store, account)
            for campaign in load_campaigns(self.store, account):
                if not self.has_range or (campaign.launched_at and self.includes(campaign.launched_at)):
                    yield campaign_row(campaign, is_made_up=is_made_up)
                elif campaign.launched_at is None:
                    self.undated_campaigns += 1

    def _departments(self) -> ExportTable:
        from mimecast.reports.people.rows import department_rows, departments_table
        from mimecast.store.people.read import load_department_weeks

        return departments_table(
            row
            for account in self.accounts
            if self._shows(account, needs_movement=False)
            for row in department_rows(
                account,
                [
                    week
                    for week in load_department_weeks(self.store, account, self.dashboard.min_group_size)
                    if self.includes(week.taken_at)
                ],
            )
        )

    def _movement(self) -> ExportTable:
        from mimecast.reports.people.rows import movement_table

        return movement_table(
            row
            for account in self.accounts
            if self._shows(account, needs_movement=True)
            for row in self._movement_rows(account)
        )

    def _movement_rows(self, account: str) -> Iterator[Row]:
        """Yield the movement from each list in the range to the last one of the next ISO week."""
        from mimecast.reports.people.rows import movement_rows
        from mimecast.store.people.read import load_captures, load_movement
        from mimecast.store.people.write import monday_of

        captures = [
            capture
            for capture in load_captures(self.store, account)
            if capture.has_intervals
            and capture.graded >= self.dashboard.min_group_size
            and self.includes(capture.taken_at)
        ]
        last_of_week = {monday_of(capture.taken_at): capture for capture in captures}
        instants = [capture.taken_at for capture in last_of_week.values()]
        for then, now in pairwise(instants):
            yield from movement_rows(account, load_movement(self.store, account, then, now))

    def _shows(self, account: str, *, needs_movement: bool) -> bool:
        """Return whether the level shows the data; sample data, which has no settings, always is."""
        level = self.dashboard.people_level
        return account == SAMPLE_ACCOUNT or (level.has_movement if needs_movement else level.is_on)
