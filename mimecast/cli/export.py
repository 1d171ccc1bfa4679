"""`export`: write stored snapshots as CSV, JSON lines or an Excel workbook."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from mimecast.cli.context import load_settings, stored_or_sample, unknown_account
from mimecast.cli.options import DONE, Commands, UsageError, account_option, reporting_options
from mimecast.cli.output import output_bytes, output_file, report
from mimecast.formatting import pluralize

FORMAT_BY_SUFFIX: Final = {".json": "json", ".jsonl": "json", ".xlsx": "xlsx"}
"""By the ending of the file; csv for every other."""


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "export",
        parents=[account_option(), reporting_options()],
        help="write stored snapshots as CSV, JSON lines or an Excel workbook",
    )
    made.add_argument("--format", choices=("csv", "json", "xlsx"), help="csv, unless FILE ends with .json or .xlsx")
    made.add_argument("--out", type=Path, metavar="FILE", help="write to this file instead of the terminal")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    form = options.format or (FORMAT_BY_SUFFIX.get(options.out.suffix.lower(), "csv") if options.out else "csv")
    if form == "xlsx" and options.out is None:
        raise UsageError("A workbook cannot be written to the terminal.", remedy="Name a file with --out.")
    store, accounts = stored_or_sample(load_settings())
    known = [account.id for account in accounts]
    if options.account and options.account not in known:
        raise unknown_account(options.account, known)
    chosen = [options.account] if options.account else known
    rows = (snapshot for account in chosen for snapshot in store.all_snapshots(account))
    if form == "xlsx":
        from mimecast.reports.workbook import write_snapshots_xlsx

        with output_bytes(options.out) as workbook:
            written = write_snapshots_xlsx(rows, workbook)
    else:
        from mimecast.reports.snapshot_csv import write_csv, write_json

        with output_file(options.out) as out:
            written = (write_json if form == "json" else write_csv)(rows, out)
    if options.out:
        result = {"file": str(options.out), "snapshots": written}
        report(options, result, f"{pluralize(written, 'snapshot')} written to {options.out}.")
    elif not written:
        print("Nothing is stored yet.", file=sys.stderr)
    return DONE
