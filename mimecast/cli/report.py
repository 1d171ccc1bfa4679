"""`report`: write a report as a file, without a browser or a server, for example from a monthly cron job."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mimecast.cli.context import load_settings, open_store_or_sample_data, unknown_account
from mimecast.cli.file_arguments import open_binary_output
from mimecast.cli.options import DONE, Commands, UsageError, account_option, parse_day, reporting_options
from mimecast.cli.output import print_result
from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.reporting_days import EARLIEST_DAY, DayRange, reporting_day
from mimecast.formatting import join_or
from mimecast.reports.formats import FORMATS, render_report
from mimecast.settings.accounts import Account

if TYPE_CHECKING:
    from mimecast.reports.report import Report
    from mimecast.settings.settings import Settings
    from mimecast.store.store import Store

SUFFIXES: Final = join_or(list(FORMATS))
"""The suffixes of the formats in words."""


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "report",
        parents=[account_option(), reporting_options()],
        help="write a report as slides, a workbook, a PDF file, a picture or a web page",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help=f"a name that ends with {SUFFIXES}")
    parser.add_argument(
        "--since", type=parse_day, metavar="DATE", help="first day, like 2026-01-01; default: a year before --until"
    )
    parser.add_argument("--until", type=parse_day, metavar="DATE", help="last day; default: today")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Write the report and return the exit status. Raises Problem."""
    suffix = options.out.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(f"The format of {options.out} is unknown.", remedy=f"End the name with {SUFFIXES}.")
    settings = load_settings()
    settings.dashboard.require("time_zone", *(["pptx_template"] if suffix == ".pptx" else []))
    store, accounts = open_store_or_sample_data(settings)
    account = _chosen_account(options.account, accounts)
    report = _load_report(options, settings, store, account)
    content = render_report(report, suffix, store, template=settings.dashboard.pptx_template)
    with open_binary_output(options.out) as file:
        file.write(content)
    result = {
        "file": str(options.out),
        "account": account.id,
        "since": str(report.days.first),
        "until": str(report.days.last),
        "as_of": report.stamp.newest.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    print_result(options, result, f"{report.summary.headline}: {report.stamp.text}. Written to {options.out}.")
    _print_implausible(report, store)
    return DONE


def _print_implausible(report: Report, store: Store) -> None:
    """Print which answers of the range, newer than what the report shows, wait to be judged. Raises StoreError."""
    from mimecast.store.causes.implausible import load_open_marks
    from mimecast.text.causes import implausible_answers_sentence

    zone, newest = report.days.zone, report.stamp.newest
    marks = [
        mark
        for mark in load_open_marks(store, report.account)
        if newest.taken_at < mark.snapshot.taken_at and reporting_day(mark.snapshot.taken_at, zone) <= report.days.last
    ]
    if marks:
        print(f"{report.account}: {implausible_answers_sentence(marks, zone)}", file=sys.stderr)


def _load_report(options: argparse.Namespace, settings: Settings, store: Store, account: Account) -> Report:
    """Return the report of the range in the options.

    Raises UsageError for a range that ends before it begins, NothingToReport when the range
    has no snapshot, StoreError.
    """
    from mimecast.reports.report import DEFAULT_RANGE, NothingToReport, ReportRequest, load_report

    zone, now = settings.dashboard.time_zone, datetime.now(UTC)
    today = reporting_day(now, zone)
    last = options.until or today
    first = options.since or max(last - DEFAULT_RANGE, EARLIEST_DAY)
    if first > last:
        raise UsageError(f"The range ends ({last}) before it begins ({first}).", remedy="Check --since and --until.")
    level, is_sample = settings.dashboard.people_level, account.id == SAMPLE_ACCOUNT
    request = ReportRequest(
        account.id,
        account.name,
        DayRange(first, last, zone),
        now,
        min_group_size=settings.dashboard.min_group_size if level.is_on or is_sample else None,
        with_movement=level.has_movement or is_sample,
    )
    report = load_report(store, request)
    if report is None:
        raise NothingToReport(f"No snapshot of {account.id} was taken from {first} to {last}.")
    return report


def _chosen_account(account_id: str | None, accounts: list[Account]) -> Account:
    """Return the account of `--account`, or the only one. Raises UsageError when there is no such account."""
    known = {account.id: account for account in accounts}
    if account_id is None and len(known) > 1:
        raise UsageError(
            f"There are several accounts: {', '.join(known)}.", remedy="Choose one of them with --account."
        )
    if account_id is not None and account_id not in known:
        raise unknown_account(account_id, list(known))
    return known[account_id] if account_id else accounts[0]
