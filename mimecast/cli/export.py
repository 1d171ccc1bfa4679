"""`export`: write stored snapshots as CSV, JSON lines or an Excel workbook."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mimecast.cli.context import load_settings, open_store_or_sample_data, unknown_account
from mimecast.cli.file_arguments import open_binary_output, open_text_output
from mimecast.cli.options import DONE, Commands, UsageError, account_option, is_in_range, parse_day, reporting_options
from mimecast.cli.output import print_result
from mimecast.domain.reporting_days import EARLIEST_DAY, is_plausible_day
from mimecast.formatting import format_date, format_iso_utc, pluralize

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mimecast.domain.snapshot import Snapshot
    from mimecast.store.store import Store

PEOPLE_DATA: Final = ("departments", "movement")

FORMAT_BY_SUFFIX: Final = {".json": "json", ".jsonl": "json", ".xlsx": "xlsx"}
"""Formats that a file name implies without `--format`. Every other name implies CSV."""


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "export",
        parents=[account_option(), reporting_options()],
        help="write stored snapshots as CSV, JSON lines or an Excel workbook",
    )
    parser.add_argument("--format", choices=("csv", "json", "xlsx"), help="csv, unless FILE ends with .json or .xlsx")
    parser.add_argument(
        "--data",
        choices=("snapshots", "campaigns", *PEOPLE_DATA),
        default="snapshots",
        help="what to export; snapshots by default, and no names in any of it",
    )
    parser.add_argument(
        "--since",
        type=parse_day,
        metavar="DATE",
        help="the first day of the range; of campaigns, the first day of a launch",
    )
    parser.add_argument("--until", type=parse_day, metavar="DATE", help="the last day of the range")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to this file instead of the terminal")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Write the snapshots and return the exit status. Raises Problem."""
    suffix = options.out.suffix.lower() if options.out else ""
    file_format = options.format or FORMAT_BY_SUFFIX.get(suffix, "csv")
    if file_format == "xlsx" and options.out is None:
        raise UsageError("A workbook cannot be written to the terminal.", remedy="Name a file with --out.")
    if options.since and options.until and options.until < options.since:
        raise UsageError("--until is before --since.", remedy="Exchange the two dates.")
    settings = load_settings()
    if options.since or options.until:
        settings.dashboard.require("time_zone")
    store, accounts = open_store_or_sample_data(settings)
    known_ids = [account.id for account in accounts]
    if options.account and options.account not in known_ids:
        raise unknown_account(options.account, known_ids)
    chosen_ids = [options.account] if options.account else known_ids
    if options.data == "campaigns":
        return _export_campaigns(options, settings.dashboard.time_zone, store, chosen_ids, file_format)
    if options.data in PEOPLE_DATA:
        from mimecast.cli.export_people import write_people

        return write_people(options, settings.dashboard, store, chosen_ids, file_format)
    implausible: list[Snapshot] = []
    snapshots = (
        snapshot
        for snapshot in _all_snapshots(store, chosen_ids, implausible)
        if is_in_range(options, snapshot.taken_at, settings.dashboard.time_zone)
    )
    if file_format == "xlsx":
        from mimecast.reports.workbook import write_snapshots_xlsx

        with open_binary_output(options.out) as workbook:
            count = write_snapshots_xlsx(snapshots, workbook)
    else:
        from mimecast.reports.snapshots.csv_files import write_csv, write_json

        with open_text_output(options.out) as text:
            count = (write_json if file_format == "json" else write_csv)(snapshots, text)
    if options.out:
        result = {"file": str(options.out), "snapshots": count}
        print_result(options, result, f"{pluralize(count, 'snapshot')} written to {options.out}.")
    elif not count:
        print("Nothing is stored yet.", file=sys.stderr)
    if implausible:
        taken_at = format_iso_utc(implausible[0].taken_at)
        print(
            f"{pluralize(len(implausible), 'snapshot')} outside {format_date(EARLIEST_DAY)} to tomorrow would be "
            f"refused by an import. Remove them from the store, beginning with: python -m mimecast remove {taken_at} "
            f"--account {implausible[0].account}",
            file=sys.stderr,
        )
    return DONE


def _export_campaigns(
    options: argparse.Namespace, zone: ZoneInfo, store: Store, accounts: list[str], file_format: str
) -> int:
    """Write the campaigns of the accounts that were launched in the range, and return the exit status.

    A campaign without a launch date is in no range, so it is written only where no range is given.
    """
    from mimecast.reports.causes.campaigns_export import (
        campaign_row,
        write_campaigns_csv,
        write_campaigns_json,
        write_campaigns_xlsx,
    )
    from mimecast.store.causes.campaigns import campaigns_are_made_up, load_campaigns

    rows, undated = [], 0
    is_limited = options.since is not None or options.until is not None
    for account_id in accounts:
        is_made_up = campaigns_are_made_up(store, account_id)
        for campaign in load_campaigns(store, account_id):
            if not is_limited or (campaign.launched_at and is_in_range(options, campaign.launched_at, zone)):
                rows.append(campaign_row(campaign, is_made_up=is_made_up))
            undated += is_limited and campaign.launched_at is None
    if file_format == "xlsx":
        with open_binary_output(options.out) as workbook:
            count = write_campaigns_xlsx(rows, workbook)
    else:
        with open_text_output(options.out) as text:
            count = (write_campaigns_json if file_format == "json" else write_campaigns_csv)(rows, text)
    if options.out:
        result = {"file": str(options.out), "campaigns": count}
        print_result(options, result, f"{pluralize(count, 'campaign')} written to {options.out}.")
    elif not count:
        print(
            "No campaign was launched in this range." if is_limited else "No campaign is stored yet.", file=sys.stderr
        )
    if undated:
        verb = "is" if undated == 1 else "are"
        print(
            f"{pluralize(undated, 'campaign')} without a launch date {verb} left out. An export without --since and "
            f"--until includes {'it' if undated == 1 else 'them'}.",
            file=sys.stderr,
        )
    return DONE


def _all_snapshots(store: Store, accounts: list[str], implausible: list[Snapshot]) -> Iterator[Snapshot]:
    """Yield all snapshots of the accounts, and add those to `implausible` that cannot have been taken on their day."""
    today = datetime.now(UTC).date()
    for account_id in accounts:
        for snapshot in store.all_snapshots(account_id):
            if not is_plausible_day(snapshot.taken_at.date(), today):
                implausible.append(snapshot)
            yield snapshot
