"""`report`: the report as a file, with no browser and no server. What a monthly cron runs."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from mimecast.cli.context import load_settings, stored_or_sample, unknown_account
from mimecast.cli.options import DONE, Commands, UsageError, account_option, reporting_options
from mimecast.cli.output import output_bytes, report
from mimecast.settings.accounts import Account

SUFFIXES: Final = (".pptx", ".html", ".xlsx")


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "report",
        parents=[account_option(), reporting_options()],
        help="write a report as slides, a web page or a workbook",
    )
    made.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="a name that ends with .pptx, .html or .xlsx"
    )
    made.add_argument("--since", type=_day, metavar="DATE", help="first day, like 2026-01-01; a year ago without it")
    made.add_argument("--until", type=_day, metavar="DATE", help="last day; today without it")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    ending = options.out.suffix.lower()
    if ending not in SUFFIXES:
        raise UsageError(
            f"{options.out} does not say what to write.", remedy="End its name with .pptx, .html or .xlsx."
        )
    settings = load_settings()
    store, accounts = stored_or_sample(settings)
    account = _chosen(options.account, accounts)

    from mimecast.domain.reporting_days import reporting_day
    from mimecast.reports.report import DEFAULT_RANGE, NothingToReport, load_days, load_report

    zone, now = settings.dashboard.time_zone, datetime.now(UTC)
    last = options.until or reporting_day(now, zone)
    first = options.since or last - DEFAULT_RANGE
    if first > last:
        raise UsageError(f"The range ends ({last}) before it begins ({first}).", remedy="Check --since and --until.")
    made = load_report(store, account.id, account.name, first=first, last=last, zone=zone, now=now)
    if made is None:
        raise NothingToReport(f"No snapshot of {account.id} was taken from {first} to {last}.")
    if ending == ".pptx":
        from mimecast.reports.pptx.slides import render_pptx

        content = render_pptx(made, template=settings.dashboard.pptx_template)
    elif ending == ".xlsx":
        from mimecast.reports.workbook import render_xlsx

        content = render_xlsx(made, load_days(store, made))
    else:
        from mimecast.reports.html_page import render_html

        content = render_html(made)
    with output_bytes(options.out) as out:
        out.write(content)
    result = {
        "file": str(options.out),
        "account": account.id,
        "since": str(made.first),
        "until": str(made.last),
        "as_of": made.stamp.newest.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    report(options, result, f"{made.headline.fact}: {made.stamp.text}. Written to {options.out}.")
    return DONE


def _chosen(wanted: str | None, accounts: list[Account]) -> Account:
    known = {account.id: account for account in accounts}
    if wanted is None and len(known) > 1:
        raise UsageError(
            f"There are several accounts: {', '.join(known)}.", remedy="Choose one of them with --account."
        )
    if wanted is not None and wanted not in known:
        raise unknown_account(wanted, list(known))
    return known[wanted] if wanted else accounts[0]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-01-31") from None
