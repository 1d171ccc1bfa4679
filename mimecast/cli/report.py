"""`report`: write a report as a file, without a browser or a server, for example from a monthly cron job."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mimecast.cli.context import load_settings, open_store_or_sample_data, unknown_account
from mimecast.cli.file_arguments import open_binary_output
from mimecast.cli.options import DONE, Commands, UsageError, account_option, parse_day, reporting_options
from mimecast.cli.output import print_result
from mimecast.domain.account_id import SAMPLE_ACCOUNT
from mimecast.domain.reporting_days import EARLIEST_DAY, DayRange, reporting_day
from mimecast.settings.accounts import Account

if TYPE_CHECKING:
    from mimecast.reports.report import Report
    from mimecast.settings.settings import Settings
    from mimecast.store.store import Store

SUFFIXES: Final = (".pptx", ".html", ".xlsx")


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "report",
        parents=[account_option(), reporting_options()],
        help="write a report as slides, a web page or a workbook",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="a name that ends with .pptx, .html or .xlsx"
    )
    parser.add_argument(
        "--since", type=parse_day, metavar="DATE", help="first day, like 2026-01-01; a year ago without it"
    )
    parser.add_argument("--until", type=parse_day, metavar="DATE", help="last day; today without it")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Write the report and return the exit status. Raises Problem."""
    suffix = options.out.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{options.out} does not say what to write.", remedy="End its name with .pptx, .html or .xlsx."
        )
    settings = load_settings()
    settings.dashboard.require("time_zone", *(["pptx_template"] if suffix == ".pptx" else []))
    store, accounts = open_store_or_sample_data(settings)
    account = _chosen_account(options.account, accounts)
    report = _load_report(options, settings, store, account)
    content = _render(report, suffix, settings, store)
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
    return DONE


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


def _render(report: Report, suffix: str, settings: Settings, store: Store) -> bytes:
    """Return the content of the file. Each format loads only its own library, which takes time to import."""
    if suffix == ".pptx":
        from mimecast.reports.pptx.slides import render_pptx

        return render_pptx(report, template=settings.dashboard.pptx_template)
    if suffix == ".xlsx":
        from mimecast.reports.workbook import render_xlsx
        from mimecast.store.timelines import load_days

        return render_xlsx(report, load_days(store, report.account, report.days))
    from mimecast.reports.html_page import render_html

    return render_html(report)


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
